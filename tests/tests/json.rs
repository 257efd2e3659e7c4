//! The object in docs/json.md is what the program beside it gives.

use std::fs;
use std::ops::ControlFlow;

use carousel::{Output, Session};
use carousel_tests::{fences, near, root};
use serde_json::Value;

#[test]
fn the_score_of_the_document_is_a_real_one() {
    let markdown =
        fs::read_to_string(root().join("docs/json.md")).expect("a document is text");
    let (_, rest) = markdown.split_once("```json\n").expect("it shows an object");
    let (shown, _) = rest.split_once("```").expect("a fence has its end");
    let shown: Value = serde_json::from_str(shown).expect("the object is JSON");
    let fence = fences(&markdown).into_iter().next().expect("it shows a program");
    let mut given = None;
    let mut session = Session::in_folder(root());
    let result = session.run_named("docs/json.md", &fence.program, &mut |output| {
        if let Output::Score(_) = output {
            given = output.to_json();
        }
        ControlFlow::Continue(())
    });
    assert!(result.is_ok(), "{result:?}");
    let given = given.expect("the program scores a model");
    assert!(near(&shown.to_string(), &given.to_string()), "it gives {given}");
}

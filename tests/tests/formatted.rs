//! The examples are written as the formatter writes them.

use carousel_lang::{Sources, parse, print};
use carousel_tests::{files_ending, root};

#[test]
fn the_formatter_leaves_the_examples_as_they_are() {
    let examples = files_ending(&root().join("examples"), ".lstm");
    assert!(!examples.is_empty());
    for path in examples {
        let text = std::fs::read_to_string(&path).expect("an example is text");
        let (program, messages) = parse(Sources::default().add("example", text.clone()));
        assert!(messages.is_empty(), "{}: {messages:?}", path.display());
        assert_eq!(print(&program), text, "{}", path.display());
    }
}

//! Whether a text can run as it stands, or goes on in its next line.

use carousel_lang::reading::is_open;
use carousel_lang::{Sources, parse};
use serde_json::{Value, json};

use crate::cell::Cell;
use crate::wire::Request;

/// Blanks before the equations of a cell, as the formatter writes them.
const INDENT: &str = "  ";

/// The content of an `is_complete_reply`.
pub(super) fn answer(request: &Request) -> Value {
    let code = request.text("code").unwrap_or("");
    match Cell::of(code) {
        Cell::Rust { code, .. } => json!({ "status": of_rust(code), "indent": "" }),
        Cell::Language => of_language(code),
    }
}

fn of_language(code: &str) -> Value {
    let mut sources = Sources::default();
    let source = sources.add("<typed>", code);
    if is_open(source) {
        return json!({ "status": "incomplete", "indent": INDENT });
    }
    let (_, errors) = parse(source);
    json!({ "status": if errors.is_empty() { "complete" } else { "invalid" } })
}

/// Rust whose brackets are all closed is taken to be whole: the compiler says the rest.
/// Brackets in texts and comments are counted too, which an empty line overrules.
fn of_rust(code: &str) -> &'static str {
    let depth = code.chars().fold(0_i64, |depth, character| match character {
        '(' | '[' | '{' => depth + 1,
        ')' | ']' | '}' => depth - 1,
        _ => depth,
    });
    if depth > 0 && !code.ends_with("\n\n") { "incomplete" } else { "complete" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_goes_on_says_so() {
        for (code, status) in [
            ("lstm 4 -> dense 1", "complete"),
            ("", "complete"),
            ("lstm 4 ->", "incomplete"),
            ("cell mine\n  h = x", "incomplete"),
            ("compare naive,", "incomplete"),
            ("-> dense 1 ->> 2", "invalid"),
        ] {
            assert_eq!(of_language(code)["status"], status, "{code:?}");
        }
        assert_eq!(of_rust("fn f() {"), "incomplete");
        assert_eq!(of_rust("fn f() {\n\n"), "complete");
        assert_eq!(of_rust("let x = (1);"), "complete");
    }
}

//! What can stand at the cursor.

use carousel::Session;
use serde_json::{Value, json};

use crate::cell::Cell;
use crate::desk::Desk;
use crate::places::{byte_of, point_of};
use crate::wire::Request;

/// One thing that can stand there.
struct Match {
    text: String,
    kind: String,
    help: String,
}

/// The content of a `complete_reply`.
pub(super) fn answer(desk: &Desk, request: &Request) -> Value {
    let code = request.text("code").unwrap_or("");
    let end = i64::try_from(code.chars().count()).unwrap_or(i64::MAX);
    let cursor = request.number("cursor_pos", end).clamp(0, end);
    let cursor = usize::try_from(cursor).unwrap_or(0);
    let byte = byte_of(code, cursor);
    let (range, matches) = match Cell::of(code) {
        Cell::Rust { code: rust, from } if byte >= from => {
            let (range, matches) = in_rust(desk, rust, byte - from);
            (range.start + from..range.end + from, matches)
        }
        Cell::Rust { .. } => (byte..byte, Vec::new()),
        Cell::Language => in_language(&mut desk.onlooker(), code, byte),
    };
    let (start, end) = (point_of(code, range.start), point_of(code, range.end));
    let texts: Vec<&str> = matches.iter().map(|found| found.text.as_str()).collect();
    let typed = |found: &Match| {
        json!({
            "text": found.text, "type": found.kind, "signature": found.help,
            "start": start, "end": end,
        })
    };
    let types: Vec<Value> = matches.iter().map(typed).collect();
    json!({
        "status": "ok", "matches": texts, "cursor_start": start, "cursor_end": end,
        "metadata": { "_jupyter_types_experimental": types },
    })
}

type Found = (std::ops::Range<usize>, Vec<Match>);

fn in_language(session: &mut Session, code: &str, byte: usize) -> Found {
    let completion = session.complete(code, byte);
    let matches = completion.candidates.into_iter().map(|candidate| Match {
        text: candidate.text,
        kind: candidate.kind.to_owned(),
        help: candidate.help,
    });
    (completion.range, matches.collect())
}

#[cfg(feature = "rust-cells")]
fn in_rust(desk: &Desk, code: &str, byte: usize) -> Found {
    let Some((range, found)) = desk.completer.completions(code, byte) else {
        return (byte..byte, Vec::new());
    };
    let matches =
        found.into_iter().map(|(text, kind)| Match { text, kind, help: String::new() });
    (range, matches.collect())
}

#[cfg(not(feature = "rust-cells"))]
fn in_rust(_: &Desk, _: &str, byte: usize) -> Found {
    (byte..byte, Vec::new())
}

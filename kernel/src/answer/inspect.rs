//! What the word at the cursor means.

use carousel::{Output, Session};
use serde_json::{Value, json};

use crate::cell::Cell;
use crate::places::byte_of;
use crate::show::Mime;
use crate::wire::Request;

/// The content of an `inspect_reply`: the word's help with its defaults, and the shapes at
/// that place.
pub(super) fn answer(session: &mut Session, request: &Request) -> Value {
    let code = request.text("code").unwrap_or("");
    let cursor = request.number("cursor_pos", i64::MAX).max(0);
    let byte = byte_of(code, usize::try_from(cursor).unwrap_or(usize::MAX));
    let found = match Cell::of(code) {
        Cell::Language => session.explain(code, byte),
        Cell::Rust { .. } => None,
    };
    let Some(explanation) = found else {
        return json!({ "status": "ok", "found": false, "data": {}, "metadata": {} });
    };
    let Mime { data, metadata } =
        Mime::of_output(&Output::Text(explanation.text)).unwrap_or_default();
    json!({ "status": "ok", "found": true, "metadata": metadata, "data": data })
}

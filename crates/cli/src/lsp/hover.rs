//! What a word means, and what models and data would be, beside their lines.

use lsp_types::{
    Hover, HoverContents, HoverParams, InlayHint, InlayHintLabel, InlayHintParams,
    MarkupContent, MarkupKind,
};

use super::Refusal;
use super::documents::Documents;

/// The page of the word at a place, with what flows through it if it is a layer.
///
/// # Errors
/// Where the text is not open.
pub(super) fn hover(
    documents: &mut Documents,
    params: HoverParams,
) -> Result<Option<Hover>, Refusal> {
    let (document, byte) = documents.at(&params.text_document_position_params)?;
    let Some(found) = document.session.explain(&document.text, byte) else {
        return Ok(None);
    };
    let contents = MarkupContent { kind: MarkupKind::PlainText, value: found.text };
    let range = document.lines.range(&document.text, found.span.range());
    Ok(Some(Hover { contents: HoverContents::Markup(contents), range: Some(range) }))
}

/// What each statement of some lines makes, at its end.
///
/// # Errors
/// Where the text is not open.
pub(super) fn ghosts(
    documents: &mut Documents,
    params: InlayHintParams,
) -> Result<Vec<InlayHint>, Refusal> {
    let document = documents.get(&params.text_document)?;
    let hint = |ghost: &carousel::Ghost| InlayHint {
        position: document.lines.position(&document.text, ghost.span.range().end),
        label: InlayHintLabel::String(ghost.text.clone()),
        kind: None,
        text_edits: None,
        tooltip: None,
        padding_left: Some(true),
        padding_right: None,
        data: None,
    };
    let asked = |hint: &InlayHint| {
        params.range.start <= hint.position && hint.position <= params.range.end
    };
    Ok(document.analysis.ghosts.iter().map(hint).filter(asked).collect())
}

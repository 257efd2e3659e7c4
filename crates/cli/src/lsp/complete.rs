//! What can stand at a place.

use carousel::Candidate;
use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionParams, CompletionTextEdit, TextEdit,
};

use super::Refusal;
use super::documents::Documents;

/// Words, names, files and columns, the likeliest first.
///
/// # Errors
/// Where the text is not open.
pub(super) fn complete(
    documents: &mut Documents,
    params: CompletionParams,
) -> Result<Vec<CompletionItem>, Refusal> {
    let (document, byte) = documents.at(&params.text_document_position)?;
    let found = document.session.complete(&document.text, byte);
    let range = document.lines.range(&document.text, found.range.clone());
    // `lstm 4 ->` and `airline |` take a space before what follows.
    let joint = document.text[..found.range.start].ends_with(['>', '|', '=', ',']);
    let item = |(number, candidate): (usize, Candidate)| CompletionItem {
        kind: Some(kind(candidate.kind)),
        detail: Some(candidate.kind.to_owned()),
        documentation: Some(lsp_types::Documentation::String(candidate.help)),
        // Editors sort by letters where they are not told.
        sort_text: Some(format!("{number:05}")),
        filter_text: Some(candidate.text.clone()),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit {
            range,
            new_text: if joint {
                format!(" {}", candidate.text)
            } else {
                candidate.text.clone()
            },
        })),
        label: candidate.text,
        ..CompletionItem::default()
    };
    Ok(found.candidates.into_iter().enumerate().map(item).collect())
}

fn kind(kind: &str) -> CompletionItemKind {
    match kind {
        "verb" | "preposition" | "word" => CompletionItemKind::KEYWORD,
        "source" => CompletionItemKind::MODULE,
        "data step" | "function" => CompletionItemKind::FUNCTION,
        "layer" | "baseline" | "cell" => CompletionItemKind::CLASS,
        "model" | "data" => CompletionItemKind::VARIABLE,
        "file" => CompletionItemKind::FILE,
        "folder" => CompletionItemKind::FOLDER,
        "column" => CompletionItemKind::FIELD,
        "value" | "activation" | "optimiser" => CompletionItemKind::ENUM_MEMBER,
        _ => CompletionItemKind::PROPERTY,
    }
}

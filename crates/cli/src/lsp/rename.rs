//! Names: where one is bound, where it is used, and another one in its place.

use carousel_lang::reading::{Class, highlights};
use carousel_lang::{Sources, Span, parse};
use lsp_types::{
    GotoDefinitionParams, GotoDefinitionResponse, Location, PrepareRenameResponse,
    ReferenceParams, RenameParams, TextDocumentPositionParams, TextEdit, WorkspaceEdit,
};

use super::Refusal;
use super::diagnostics::changes;
use super::documents::{Document, Documents};
use super::names::{NameKind, Named, binding, name_at};

/// The name at a place, if it can be renamed.
///
/// # Errors
/// Where the text is not open.
pub(super) fn prepare(
    documents: &mut Documents,
    params: TextDocumentPositionParams,
) -> Result<Option<PrepareRenameResponse>, Refusal> {
    let (document, byte) = documents.at(&params)?;
    let Some(named) = name_at(&document.source(), byte) else { return Ok(None) };
    let touches = |span: &Span| span.range().start <= byte && byte <= span.range().end;
    let place = named.places.iter().copied().find(touches);
    let range = place.and_then(|span| document.range(span));
    let placeholder = named.word;
    Ok(range
        .map(|range| PrepareRenameResponse::RangeWithPlaceholder { range, placeholder }))
}

/// A name's places with another name in them.
///
/// # Errors
/// Where there is no name, or the new one cannot take its place.
pub(super) fn rename(
    documents: &mut Documents,
    params: RenameParams,
) -> Result<WorkspaceEdit, Refusal> {
    let (document, byte) = documents.at(&params.text_document_position)?;
    let Some(named) = name_at(&document.source(), byte) else {
        return Err(Refusal("only what this text names can be renamed".to_owned()));
    };
    let new = params.new_name.trim();
    allowed(document, &named, new)?;
    let edit = |span: &Span| {
        let range = document.range(*span)?;
        Some(TextEdit { range, new_text: new.to_owned() })
    };
    Ok(changes(document, named.places.iter().filter_map(edit).collect()))
}

/// Whether a word can be the name.
fn allowed(document: &Document, named: &Named, new: &str) -> Result<(), Refusal> {
    let mut sources = Sources::default();
    let words = highlights(sources.add("<name>", new));
    let is_word = |class| {
        !matches!(class, Class::Number | Class::Text | Class::Comment | Class::Joint)
    };
    let whole = |span: Span| span.range() == (0..new.len());
    if !matches!(&words[..], [word] if is_word(word.class) && whole(word.span)) {
        let why =
            "a name is one word of letters, digits and `_`, and begins with a letter";
        return Err(Refusal(match new {
            "" => why.to_owned(),
            _ => format!("`{new}` cannot be a name: {why}"),
        }));
    }
    let line = match named.kind {
        NameKind::Thing => format!("{new} = lstm 1"),
        NameKind::Cell | NameKind::Letter => format!("cell {new}\n  h = x\nend"),
    };
    let (program, errors) = parse(sources.add("<name>", line));
    let bound = program.statements.first().and_then(binding);
    if named.kind != NameKind::Letter
        && let Some(error) = errors.first()
    {
        return Err(Refusal(error.title.clone()));
    }
    let is_reserved_letter = named.kind == NameKind::Letter && ["x", "h"].contains(&new);
    if is_reserved_letter || bound.is_none_or(|(word, ..)| word != new) {
        return Err(Refusal(format!("`{new}` cannot be a name")));
    }
    let is_matrix = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    if named.kind == NameKind::Letter && is_matrix(new) != is_matrix(&named.word) {
        let title = "a matrix of a cell begins with a capital letter, all else does not";
        return Err(Refusal(title.to_owned()));
    }
    let source = document.source();
    let taken = highlights(&source).into_iter().any(|highlight| {
        matches!(highlight.class, Class::Name | Class::Matrix)
            && source.text.get(highlight.span.range()) == Some(new)
    });
    if taken && new != named.word {
        return Err(Refusal(format!("`{new}` is a name in this text already")));
    }
    Ok(())
}

/// Where the name at a place is bound.
///
/// # Errors
/// Where the text is not open.
pub(super) fn definition(
    documents: &mut Documents,
    params: GotoDefinitionParams,
) -> Result<Option<GotoDefinitionResponse>, Refusal> {
    let (document, byte) = documents.at(&params.text_document_position_params)?;
    let bound = name_at(&document.source(), byte).and_then(|named| named.binding);
    let range = bound.and_then(|span| document.range(span));
    let uri = document.uri.clone();
    Ok(range.map(|range| GotoDefinitionResponse::Scalar(Location { uri, range })))
}

/// All places of the name at a place.
///
/// # Errors
/// Where the text is not open.
pub(super) fn references(
    documents: &mut Documents,
    params: ReferenceParams,
) -> Result<Vec<Location>, Refusal> {
    let (document, byte) = documents.at(&params.text_document_position)?;
    let Some(named) = name_at(&document.source(), byte) else { return Ok(Vec::new()) };
    let with_binding = params.context.include_declaration;
    let asked = |span: &&Span| with_binding || Some(**span) != named.binding;
    let ranges =
        named.places.iter().filter(asked).filter_map(|span| document.range(*span));
    let uri = &document.uri;
    Ok(ranges.map(|range| Location { uri: uri.clone(), range }).collect())
}

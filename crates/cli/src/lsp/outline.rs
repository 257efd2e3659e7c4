//! The names that a text gives, and the text as Carousel writes it.

use carousel_lang::ast::{BindingBody, JointKind, Kind, Statement, StatementKind};
use carousel_lang::{parse, print};
use lsp_types::{
    DocumentFormattingParams, DocumentSymbol, DocumentSymbolParams, SymbolKind, TextEdit,
};

use super::Refusal;
use super::documents::{Document, Documents};
use super::names::binding;

/// The names of models, data and cells, each with what it would be.
///
/// # Errors
/// Where the text is not open.
pub(super) fn symbols(
    documents: &mut Documents,
    params: DocumentSymbolParams,
) -> Result<Vec<DocumentSymbol>, Refusal> {
    let document = documents.get(&params.text_document)?;
    let (program, _) = parse(&document.source());
    let statements = program.statements.iter();
    Ok(statements.filter_map(|statement| symbol(document, statement)).collect())
}

#[expect(deprecated, reason = "the protocol's type has a field that it says not to use")]
fn symbol(document: &Document, statement: &Statement) -> Option<DocumentSymbol> {
    let (name, span, _) = binding(statement)?;
    let ghosts = document.analysis.ghosts.iter();
    let ghost = ghosts.into_iter().find(|ghost| ghost.span == statement.span);
    Some(DocumentSymbol {
        name: name.to_owned(),
        detail: ghost.map(|ghost| ghost.text.clone()),
        kind: kind(statement),
        tags: None,
        deprecated: None,
        range: document.range(statement.span)?,
        selection_range: document.range(span)?,
        children: None,
    })
}

fn kind(statement: &Statement) -> SymbolKind {
    match &statement.kind {
        StatementKind::Cell(_) => SymbolKind::CLASS,
        StatementKind::Binding(binding) => match (&binding.kind, &binding.body) {
            (Some((Kind::Data, _)), _) => SymbolKind::ARRAY,
            (Some((Kind::Model, _)), _) | (None, BindingBody::Command(_)) => {
                SymbolKind::VARIABLE
            }
            (None, BindingBody::Value(value)) => match value.rest.first() {
                Some((joint, _)) if joint.kind == JointKind::Then => SymbolKind::ARRAY,
                Some(_) | None => SymbolKind::VARIABLE,
            },
        },
        StatementKind::Command(_) | StatementKind::Value(_) => SymbolKind::VARIABLE,
    }
}

/// The change that formats a text; none where it is wrong or formatted.
///
/// # Errors
/// Where the text is not open.
pub(super) fn format(
    documents: &mut Documents,
    params: DocumentFormattingParams,
) -> Result<Option<Vec<TextEdit>>, Refusal> {
    let document = documents.get(&params.text_document)?;
    let (program, errors) = parse(&document.source());
    if !errors.is_empty() {
        return Ok(None);
    }
    let mut new_text = print(&program);
    if document.text.contains("\r\n") {
        new_text = new_text.replace('\n', "\r\n");
    }
    if new_text == document.text {
        return Ok(Some(Vec::new()));
    }
    let range = document.lines.range(&document.text, 0..document.text.len());
    Ok(Some(vec![TextEdit { range, new_text }]))
}

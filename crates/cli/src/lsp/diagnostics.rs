//! Errors and hints as editors show them, and the changes that mend them.

use std::collections::HashMap;

use carousel_lang::reading::Class;
use carousel_lang::{Diagnostic, Severity, SourceId};
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams,
    Diagnostic as Shown, DiagnosticRelatedInformation, DiagnosticSeverity, Location,
    NumberOrString, PublishDiagnosticsParams, Range, TextEdit, Uri, WorkspaceEdit,
};

use super::Refusal;
use super::documents::{self, Document, Documents};
use super::positions::Lines;

/// All that is to be said of a text.
pub(super) fn publish(document: &Document) -> PublishDiagnosticsParams {
    PublishDiagnosticsParams {
        uri: document.uri.clone(),
        diagnostics: all(document).map(|(_, shown)| shown).collect(),
        version: Some(document.version),
    }
}

/// The changes that mend what is wrong in some places.
///
/// # Errors
/// Where the text is not open.
pub(super) fn actions(
    documents: &mut Documents,
    params: CodeActionParams,
) -> Result<Vec<CodeActionOrCommand>, Refusal> {
    let document = documents.get(&params.text_document)?;
    let touches = |shown: &Shown| {
        shown.range.start <= params.range.end && params.range.start <= shown.range.end
    };
    let mends = all(document).filter(|(_, shown)| touches(shown));
    Ok(mends.filter_map(|(found, shown)| mend(document, found, shown)).collect())
}

fn mend(
    document: &Document,
    diagnostic: &Diagnostic,
    shown: Shown,
) -> Option<CodeActionOrCommand> {
    let fix = diagnostic.fix.as_deref()?;
    let edit = TextEdit { range: document.range(fix.span)?, new_text: fix.text.clone() };
    Some(CodeActionOrCommand::CodeAction(CodeAction {
        title: format!("Write `{}`", fix.line),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![shown]),
        edit: Some(changes(document, vec![edit])),
        is_preferred: Some(true),
        ..CodeAction::default()
    }))
}

/// Changes of one text.
pub(super) fn changes(document: &Document, edits: Vec<TextEdit>) -> WorkspaceEdit {
    WorkspaceEdit::new(HashMap::from([(document.uri.clone(), edits)]))
}

/// Each message with how it is shown.
fn all(document: &Document) -> impl Iterator<Item = (&Diagnostic, Shown)> {
    document.analysis.diagnostics.iter().map(|found| (found, show(document, found)))
}

fn show(document: &Document, found: &Diagnostic) -> Shown {
    let mut labels = found.labels.iter();
    let first = labels.next();
    let own = first.and_then(|label| document.range(label.span));
    let mut message = found.title.clone();
    let said = first.map(|label| label.text.as_str()).filter(|text| !text.is_empty());
    for line in said.into_iter().chain(found.notes.iter().map(String::as_str)) {
        message += &format!("\n{line}");
    }
    if let Some(hint) = &found.hint {
        message += &format!("\nhint: {hint}");
    }
    // A place in another script is shown beside the line that uses that one.
    let other = first.filter(|_| own.is_none());
    let beside = found.labels.iter().skip(usize::from(own.is_some()));
    let related = beside.filter_map(|label| {
        let location = location(document, label.span.source, label.span.range())?;
        let message = match label.text.as_str() {
            "" => found.title.clone(),
            text => text.to_owned(),
        };
        Some(DiagnosticRelatedInformation { location, message })
    });
    let related: Vec<_> = related.collect();
    let place = other.and_then(|label| used_at(document, label.span.source));
    Shown {
        range: own.or(place).unwrap_or_default(),
        severity: Some(match found.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Hint => DiagnosticSeverity::INFORMATION,
        }),
        code: found.code.map(|code| NumberOrString::String(code.to_owned())),
        source: Some("carousel".to_owned()),
        message,
        related_information: Some(related).filter(|related| !related.is_empty()),
        ..Shown::default()
    }
}

/// A place in this text or in a script that it uses.
fn location(
    document: &Document,
    source: SourceId,
    bytes: std::ops::Range<usize>,
) -> Option<Location> {
    if source == document.analysis.source {
        let range = document.lines.range(&document.text, bytes);
        return Some(Location { uri: document.uri.clone(), range });
    }
    let other = document.analysis.sources.get(source)?;
    let uri: Uri = documents::uri(&document.folder.join(&other.name))?;
    Some(Location { uri, range: Lines::of(&other.text).range(&other.text, bytes) })
}

/// Where this text names the script that another text was read from.
fn used_at(document: &Document, source: SourceId) -> Option<Range> {
    let name = format!("\"{}\"", document.analysis.sources.get(source)?.name);
    let texts = document.analysis.highlights.iter().filter(|h| h.class == Class::Text);
    let mut spans = texts.map(|highlight| highlight.span);
    let span =
        spans.find(|span| document.text.get(span.range()) == Some(name.as_str()))?;
    document.range(span)
}

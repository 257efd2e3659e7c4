//! `save m to "air.safetensors"`: by the ending of the file a model, a picture or
//! predictions.

mod metadata;
mod session;

use std::path::Path;

use carousel_data::Part;
use carousel_lang::ast::{Command, Operand, Preposition, Value};
use carousel_lang::{Diagnostic, Span};
use carousel_net::weights::to_bytes;
use carousel_plot::Theme;

use super::plot;
use crate::asked::{Asked, asked};
use crate::work::{Halt, Outcome, Work};
use crate::{Output, figures, files, need};

pub(super) use metadata::{Card, read as card};

/// The endings that this version writes.
const ENDINGS: [(&str, &str); 4] = [
    ("safetensors", "a model"),
    ("svg", "a plot"),
    ("png", "a plot"),
    ("csv", "predictions"),
];

/// The endings that are still to come.
const LATER: [&str; 3] = ["lstm", "onnx", "keras"];

/// Pixels of a picture for each point: sharp in print and on dense screens.
const SCALE: f64 = 2.0;

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    let takes = [Preposition::To, Preposition::On, Preposition::As, Preposition::At];
    need::clauses(command, &takes)?;
    let (typed, span) = target(command)?;
    if let Some(word) = command.subjects.first().and_then(need::single_word)
        && word.text == "session"
        && !work.state.names.contains_key("session")
    {
        return session::run(work, &typed, span);
    }
    let ending = ending(&typed, span)?;
    let path = work.path(&typed);
    files::writable(&path, &typed, span)?;
    if !["svg", "png"].contains(&ending) {
        need::only(command)?;
    }
    let asked = asked(command, &plot::VIEWS, &work.state)?;
    plot::takes(plot::view(&asked), command)?;
    let (what, bytes) = match ending {
        "svg" | "png" => picture(work, ending, &asked, command)?,
        "csv" => predictions(work, &asked, command)?,
        _ => weights(work, &asked, command, &path)?,
    };
    if work.dry {
        return Ok(());
    }
    if path.exists() {
        work.say(format!("the older `{typed}` is replaced"))?;
    }
    files::save(&path, &typed, &bytes, span)?;
    work.show(Output::Saved { file: path, what })
}

/// The file after `to`.
fn target(command: &Command) -> Result<(String, Span), Diagnostic> {
    let missing = |span| {
        Diagnostic::error("`save` needs a file in quotes")
            .code("E2")
            .label(span, "no file")
            .with_hint("save m to \"m.safetensors\"")
    };
    match command.clause(Preposition::To).map(|clause| &clause.operand) {
        Some(Operand::String(file, span)) if !file.trim().is_empty() => {
            Ok((file.clone(), *span))
        }
        Some(Operand::Value(value)) => Err(missing(value.span)),
        Some(Operand::Number(_, span) | Operand::String(_, span)) => Err(missing(*span)),
        None => Err(missing(command.span)),
    }
}

/// What the ending of a file asks for.
fn ending(typed: &str, span: Span) -> Result<&'static str, Diagnostic> {
    let ending = Path::new(typed).extension().unwrap_or_default().to_string_lossy();
    let ending = ending.to_lowercase();
    if let Some((known, _)) = ENDINGS.iter().find(|(known, _)| *known == ending) {
        return Ok(known);
    }
    let kinds: Vec<String> =
        ENDINGS.iter().map(|(ending, what)| format!(".{ending} ({what})")).collect();
    let error = if LATER.contains(&ending.as_str()) {
        later(&format!("saving `.{ending}` files"), span)
    } else if ending.is_empty() {
        Diagnostic::error(format!("`{typed}` has no ending, and it says what is saved"))
            .label(span, "no ending")
    } else {
        Diagnostic::error(format!("nothing is saved as `.{ending}`"))
            .label(span, "not a known ending")
    };
    let stem = Path::new(typed).with_extension("safetensors");
    Err(error
        .note(format!("endings are {}", kinds.join(", ")))
        .with_hint(format!("save m to \"{}\"", stem.display())))
}

fn later(what: &str, span: Span) -> Diagnostic {
    Diagnostic::error(format!("{what} is not built into this version"))
        .label(span, "a word of the language, still to come")
}

fn weights(
    work: &mut Work<'_>,
    asked: &Asked,
    command: &Command,
    path: &Path,
) -> Result<(String, Vec<u8>), Halt> {
    if let Some(view) = &asked.view {
        return Err(Diagnostic::error(
            "a view is a picture, and this file holds a model",
        )
        .label(view.span, "not needed")
        .with_hint("save m to \"m.safetensors\"")
        .into());
    }
    let (name, trained) = need::trained(asked.subjects.first(), command, work)?;
    if work.dry {
        work.state.saved.insert(path.to_owned(), trained);
        return Ok((name, Vec::new()));
    }
    let memory = trained.fits.first().map(|fit| fit.memory.clone()).unwrap_or_default();
    let metadata = metadata::write(&trained);
    Ok((name, to_bytes(trained.model(), &memory, &metadata)))
}

fn picture(
    work: &mut Work<'_>,
    ending: &str,
    asked: &Asked,
    command: &Command,
) -> Result<(String, Vec<u8>), Halt> {
    let (what, figure) = plot::drawn(work, asked, command)?;
    let theme = if work.state.settings.dark { Theme::Dark } else { Theme::Light };
    let bytes = match ending {
        "svg" => figure.svg(theme).into_bytes(),
        _ if work.dry => Vec::new(),
        _ => figure.png(theme, SCALE).map_err(|error| {
            Diagnostic::error(error.to_string()).label(command.span, "")
        })?,
    };
    Ok((format!("the {what}"), bytes))
}

/// Rows with their label, what was observed, their part and what is predicted.
fn predictions(
    work: &mut Work<'_>,
    asked: &Asked,
    command: &Command,
) -> Result<(String, Vec<u8>), Halt> {
    if let Some(view) = asked.view.as_ref().filter(|view| view.text != "fit") {
        return Err(Diagnostic::error("a table of predictions shows the fit alone")
            .label(view.span, "a picture")
            .with_hint(format!("save {} of m to \"{}.svg\"", view.text, view.text))
            .into());
    }
    let subject: Option<&Value> = asked.subjects.first();
    let (name, trained) = need::trained(subject, command, work)?;
    let seen = crate::seen::seen(work, &name, &trained, command)?;
    let table = &seen.dataset.table;
    let mut rows: Vec<(Option<Part>, Option<f64>)> = vec![(None, None); table.rows()];
    for (part, predictions) in &seen.fit().parts {
        let nearest = figures::nearest(predictions);
        for (row, value) in nearest.rows.iter().zip(nearest.values) {
            rows[*row] = (Some(*part), Some(value));
        }
    }
    let mut text = "row,observed,part,prediction\n".to_owned();
    for (row, (part, value)) in rows.into_iter().enumerate() {
        let label =
            table.labels.get(row).cloned().unwrap_or_else(|| (row + 1).to_string());
        let number = |value: f64| {
            if value.is_finite() { value.to_string() } else { String::new() }
        };
        text += &format!(
            "{},{},{},{}\n",
            quoted(&label),
            number(table.target().values[row]),
            part.map_or("", Part::name),
            value.map_or(String::new(), number)
        );
    }
    Ok((format!("the predictions of {name}"), text.into_bytes()))
}

/// A cell of a file of comma-separated values (RFC 4180).
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

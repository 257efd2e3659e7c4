//! `csv "air.csv" column 2 skip last 3`: a file and what to take of it.

use std::path::PathBuf;

use carousel_data::{Column, ColumnName, Csv, Step, StepKind};
use carousel_lang::Diagnostic;
use carousel_lang::ast::{Arg, ArgKind, Word};

use super::args::{Args, known, once};
use super::later::later;
use super::line::arg_text;
use super::number::{Whole, whole};

const PLACE: Whole = Whole { noun: "place", low: 1, high: 100_000, usual: 2 };
pub(super) const LINES: Whole =
    Whole { noun: "number", low: 0, high: 1_000_000_000, usual: 3 };

/// The file, and the step that `target` in its words asks for.
///
/// # Errors
/// Where the file is missing, or an option is not known or not complete.
pub(super) fn csv(args: &mut Args<'_>) -> Result<(Csv, Option<Step>), Diagnostic> {
    let mut csv = file(args)?;
    let mut target = None;
    let mut skipped = Vec::new();
    while let Some(Arg { kind: ArgKind::Word(text), span }) = args.peek() {
        let word = Word { text: text.clone(), span: *span };
        if text == "skip" {
            args.next();
            skip(args, &word, &mut csv, &mut skipped)?;
            continue;
        }
        args.option()?;
        match text.as_str() {
            "column" => csv.columns.push(column(args, &word)?),
            "columns" => {
                csv.columns.push(column(args, &word)?);
                while args.peek().is_some_and(|arg| !is_option(arg)) {
                    csv.columns.push(column(args, &word)?);
                }
            }
            "time" => csv.time = Some(column(args, &word)?),
            "target" => {
                let column = column(args, &word)?;
                let span = word.span.to(column.span);
                target = Some(Step { kind: StepKind::Target(column), span });
            }
            "by" | "label" | "text" => return Err(later(text, *span)),
            _ => return Err(args.unknown(&word)),
        }
    }
    Ok((csv, target))
}

fn file(args: &mut Args<'_>) -> Result<Csv, Diagnostic> {
    let (path, path_span) = match args.next() {
        Some(Arg { kind: ArgKind::String(path), span }) => (PathBuf::from(path), *span),
        Some(arg) if !is_option(arg) => {
            let text = arg_text(arg);
            return Err(Diagnostic::error(format!(
                "`csv` needs its file in quotes, not {text}"
            ))
            .label(arg.span, "a file goes here")
            .with_fix(args.line.instead(arg.span, &format!("\"{text}.csv\""))));
        }
        _ => return Err(args.missing(args.head, "file", "\"air.csv\"")),
    };
    let columns = Vec::new();
    let folder = PathBuf::new();
    Ok(Csv { path, folder, path_span, columns, time: None, skip_first: 0, skip_last: 0 })
}

/// Whether an argument begins an option of `csv`, so that it names no column.
fn is_option(arg: &Arg) -> bool {
    matches!(&arg.kind, ArgKind::Word(word) if known("csv").contains(&word.as_str()))
}

/// The column that `of` names: a text, a word or a place counted from 1.
///
/// # Errors
/// Where it is missing, or its place is not a whole number.
pub(super) fn column(args: &mut Args<'_>, of: &Word) -> Result<Column, Diagnostic> {
    let Some(arg) = args.next() else {
        return Err(args.missing(of, "column", "\"Passengers\""));
    };
    let name = match &arg.kind {
        ArgKind::String(name) | ArgKind::Word(name) => ColumnName::Name(name.clone()),
        _ => ColumnName::Number(whole(of, arg, PLACE, args.line)?),
    };
    Ok(Column { name, span: arg.span })
}

fn skip(
    args: &mut Args<'_>,
    skip: &Word,
    csv: &mut Csv,
    skipped: &mut Vec<Word>,
) -> Result<(), Diagnostic> {
    let (end, count) = ends(args, skip)?;
    once(skipped, &end)?;
    match end.text.as_str() {
        "first" => csv.skip_first = count,
        _ => csv.skip_last = count,
    }
    skipped.push(end);
    Ok(())
}

/// What follows `skip`: `first` or `last`, and how many.
///
/// # Errors
/// Where either is missing.
pub(super) fn ends(
    args: &mut Args<'_>,
    skip: &Word,
) -> Result<(Word, usize), Diagnostic> {
    match args.peek() {
        Some(Arg { kind: ArgKind::Word(end), span })
            if ["first", "last"].contains(&&**end) =>
        {
            args.next();
            let end = Word { text: end.clone(), span: *span };
            let count = args.whole(&end, LINES)?;
            Ok((end, count))
        }
        Some(arg) if matches!(arg.kind, ArgKind::Number(_)) => {
            let text = arg_text(arg);
            Err(Diagnostic::error("`skip` needs its end: `skip first` or `skip last`")
                .code("E2")
                .label(arg.span, format!("the first {text} or the last {text}?"))
                .with_fix(args.line.instead(arg.span, &format!("last {text}"))))
        }
        _ => Err(args.missing(skip, "end and its number", "last 3")),
    }
}

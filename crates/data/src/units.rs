//! From rows to sequences: windows, chunks of a stream, or bare rows.

use std::ops::Range;

use carousel_lang::Diagnostic;

use crate::labels::rows_word;
use crate::steps::Outline;
use crate::{Form, Part, Sequences, Step, StepKind, Table};

/// Rows that make one sequence.
struct Unit {
    inputs: Range<usize>,
    targets: Range<usize>,
}

/// More values than this in one part are taken for a slip of the pen: 1 GiB.
const MOST_VALUES: usize = 1 << 28;

/// The sequences of one part, whose rows are `rows` of `columns` (inputs, last the
/// target); rows before `first` have no value.
///
/// # Errors
/// When no window fits into the part (E6), or `take` and `skip` leave none.
pub(crate) fn sequences(
    outline: &Outline<'_>,
    table: &Table,
    columns: &[Vec<f64>],
    first: usize,
    (part, rows): (Part, Range<usize>),
) -> Result<Sequences, Diagnostic> {
    let mut units = match outline.form {
        Form::Window { steps, ahead, .. } => windows(outline, first, &rows, steps, ahead),
        Form::Stream { steps } => stream(outline, first, &rows, steps),
        Form::Rows | Form::Task => (rows.start.max(first + 1)..rows.end)
            .map(|row| Unit { inputs: row..row, targets: row..row + 1 })
            .collect(),
    };
    if units.is_empty() {
        return Err(no_unit(outline, table, first, part, &rows));
    }
    for cut in &outline.cuts {
        self::cut(&mut units, cut, part)?;
    }
    check_size(outline, &units, columns.len() - 1)?;
    Ok(gather(&outline.form, columns, &units))
}

/// Each window belongs to the part in which all its targets lie.
fn windows(
    outline: &Outline<'_>,
    first: usize,
    rows: &Range<usize>,
    steps: usize,
    ahead: usize,
) -> Vec<Unit> {
    let bound = if outline.apart { rows.start } else { first };
    let begin = rows.start.max(bound.saturating_add(steps));
    let end = (rows.end + 1).saturating_sub(ahead);
    (begin..end)
        .step_by(outline.stride)
        .map(|row| Unit { inputs: row - steps..row, targets: row..row + ahead })
        .collect()
}

/// Contiguous chunks; each row's target is the next one. The last chunk may be short.
fn stream(
    outline: &Outline<'_>,
    first: usize,
    rows: &Range<usize>,
    steps: usize,
) -> Vec<Unit> {
    let begin =
        if outline.apart || rows.start == first { rows.start } else { rows.start - 1 };
    let last = rows.end - 1;
    (begin..last)
        .step_by(steps)
        .map(|row| row..row.saturating_add(steps).min(last))
        .map(|inputs| Unit { targets: inputs.start + 1..inputs.end + 1, inputs })
        .collect()
}

/// `take` and `skip` behind `window` or `stream`.
fn cut(units: &mut Vec<Unit>, step: &Step, part: Part) -> Result<(), Diagnostic> {
    let before = units.len();
    let what = match step.kind {
        StepKind::Take(count) => {
            units.truncate(count);
            format!("take {count}")
        }
        StepKind::SkipFirst(count) => {
            units.drain(..count.min(before));
            format!("skip first {count}")
        }
        StepKind::SkipLast(count) => {
            units.truncate(before.saturating_sub(count));
            format!("skip last {count}")
        }
        _ => return Ok(()),
    };
    if !units.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::error(format!(
        "`{what}` leaves no sample of the {} part",
        part.name()
    ))
    .label(step.span, format!("that part has {before} here"))
    .note("behind `window` and `stream` it counts the samples of each part"))
}

fn gather(form: &Form, columns: &[Vec<f64>], units: &[Unit]) -> Sequences {
    let (target, inputs) = columns.split_last().expect("the target is a column");
    let as_features = matches!(form, Form::Window { as_features: true, .. });
    let every = matches!(form, Form::Stream { .. });
    let steps = units.first().map_or(0, |unit| unit.inputs.len());
    let mut sequences = Sequences {
        features: if as_features { inputs.len() * steps } else { inputs.len() },
        width: if every { 1 } else { units.first().map_or(1, |u| u.targets.len()) },
        every,
        ..Sequences::default()
    };
    for unit in units {
        sequences.lengths.push(if as_features { 1 } else { unit.inputs.len() });
        for row in unit.inputs.clone() {
            sequences.inputs.extend(inputs.iter().map(|column| column[row] as f32));
        }
        for row in unit.targets.clone() {
            sequences.targets.push(target[row] as f32);
            sequences.rows.push(row);
        }
    }
    sequences
}

fn check_size(
    outline: &Outline<'_>,
    units: &[Unit],
    columns: usize,
) -> Result<(), Diagnostic> {
    let longest =
        units.iter().map(|unit| unit.inputs.len().max(unit.targets.len())).max();
    let values = longest.unwrap_or(0).saturating_mul(units.len()).saturating_mul(columns);
    if values <= MOST_VALUES {
        return Ok(());
    }
    Err(Diagnostic::error("the windows hold more values than fit into memory")
        .label(outline.form_span, format!("{} windows, {values} values", units.len()))
        .note("a shorter window or a longer `stride` makes fewer"))
}

/// E6: the part is too short.
fn no_unit(
    outline: &Outline<'_>,
    table: &Table,
    first: usize,
    part: Part,
    rows: &Range<usize>,
) -> Diagnostic {
    let word = rows_word(&table.labels);
    let (count, name) = (rows.len(), part.name());
    let Form::Window { steps, ahead, .. } = outline.form else {
        return Diagnostic::error(format!(
            "the {name} part has {count} of the {word}, which leaves no sample"
        ))
        .label(outline.form_span, "each sample needs a row and the next one");
    };
    if count < ahead {
        return Diagnostic::error(format!(
            "the {name} part has {count} {word}; `ahead {ahead}` leaves no sample"
        ))
        .code("E6")
        .label(outline.form_span, format!("at most {count} ahead"))
        .with_hint(format!("window {steps} ahead {count}"));
    }
    let bound = if outline.apart { rows.start } else { first };
    let longest = rows.end - ahead - bound;
    let error = Diagnostic::error(format!(
        "the {name} part has {count} {word}; a window of {steps} leaves no sample"
    ))
    .code("E6");
    let error = match longest {
        0 => error.label(outline.form_span, "no window fits"),
        _ => error
            .label(outline.form_span, format!("longest: {longest}"))
            .with_hint(window_words(longest, ahead)),
    };
    if outline.apart && part != Part::Train && rows.end - ahead >= first + steps {
        error.note("without `apart` its first windows reach back into the part before")
    } else {
        error
    }
}

fn window_words(steps: usize, ahead: usize) -> String {
    if ahead == 1 {
        format!("window {steps}")
    } else {
        format!("window {steps} ahead {ahead}")
    }
}

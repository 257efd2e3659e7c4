//! A recipe carried out: its source is read, its steps change values and learn, its rows
//! become sequences.

mod like;

use std::path::Path;

use carousel_lang::Diagnostic;

use crate::source::{Loaded, Task, load};
use crate::steps::{Extent, Learned, Outline, apply, fill, learn, outline, parts};
use crate::units::sequences;
use crate::{
    Dataset, Fitted, Leak, Part, Preparation, Recipe, Sequences, Step, StepKind, Table,
};

/// Carries a recipe out; see [`Dataset::prepare`] and, where it is made ready `like`
/// other data, [`Dataset::prepare_as`].
pub(crate) fn prepare(
    recipe: &Recipe,
    folder: &Path,
    seed: u64,
    like: Option<&Preparation>,
) -> Result<Dataset, Diagnostic> {
    let mut loaded = load(recipe, folder, seed)?;
    if let Some(like) = like {
        like::check(recipe, &loaded.table, like)?;
    }
    if let Some(made) = loaded.task.take() {
        return task(recipe, loaded.table, &made);
    }
    let mut low = 0;
    for step in recipe.steps.iter().filter(|step| step.kind == StepKind::Fill) {
        low = fill(&mut loaded.table, step.span)?;
    }
    let outline = outline(recipe, low, loaded.table.rows(), false)?;
    check_gaps(recipe, &loaded, outline.extent)?;
    let changed = change(recipe, &loaded.table, &outline, low, like)?;
    series(recipe, loaded.table, &outline, changed)
}

/// The columns after all steps, and what the steps learned.
struct Changed {
    /// The inputs, last the target, in rows of the source.
    columns: Vec<Vec<f64>>,
    steps: Vec<Fitted>,
    leaks: Vec<Leak>,
}

/// Carries out the steps that change values, each on the rows that are left there. With
/// `like`, what they would learn is taken from there.
fn change(
    recipe: &Recipe,
    table: &Table,
    outline: &Outline<'_>,
    low: usize,
    like: Option<&Preparation>,
) -> Result<Changed, Diagnostic> {
    let columns = table.used().map(|column| column.values.clone()).collect();
    let mut changed = Changed { columns, steps: Vec::new(), leaks: Vec::new() };
    let mut extent = Extent { low, high: table.rows(), lags: 0 };
    for step in &recipe.steps {
        let rows = extent.first()..extent.high;
        let fitted = match step.kind {
            StepKind::Log => {
                check_log(step, table, &changed.columns, extent)?;
                Some(Fitted::Log)
            }
            StepKind::Difference { lag } => Some(Fitted::Difference { lag }),
            StepKind::Scale { .. } | StepKind::Standardize { .. } if like.is_some() => {
                like.and_then(|like| like.steps.get(changed.steps.len())).cloned()
            }
            _ => {
                let train = parts(rows.start, rows.end, &outline.borders)[0].1.clone();
                let learned = learn(step, &changed.columns, train, rows)?;
                learned.map(|Learned { step, leaks }| {
                    changed.leaks.extend(leaks);
                    step
                })
            }
        };
        if let Some(fitted) = fitted {
            for (index, column) in changed.columns.iter_mut().enumerate() {
                apply(&fitted, index, column);
            }
            changed.steps.push(fitted);
        }
        if !outline.cuts.iter().any(|cut| std::ptr::eq(*cut, step)) {
            extent.follow(step)?;
        }
    }
    Ok(changed)
}

/// The rows that are left, cut into the sequences of each part.
fn series(
    recipe: &Recipe,
    table: Table,
    outline: &Outline<'_>,
    changed: Changed,
) -> Result<Dataset, Diagnostic> {
    let extent = outline.extent;
    let kept = extent.low..extent.high;
    check_finite(recipe, &table, &changed.columns, extent)?;
    let table = table.cut(kept.clone());
    let columns: Vec<Vec<f64>> =
        changed.columns.iter().map(|column| column[kept.clone()].to_vec()).collect();
    let borders: Vec<(Part, usize)> =
        outline.borders.iter().map(|&(part, row)| (part, row - extent.low)).collect();
    let mut made = Vec::new();
    for part in parts(extent.lags, table.rows(), &borders) {
        made.push((part.0, sequences(outline, &table, &columns, extent.lags, part)?));
    }
    let preparation = Preparation {
        inputs: table.inputs.iter().map(|&k| table.columns[k].name.clone()).collect(),
        target: table.target().name.clone(),
        steps: changed.steps,
        form: outline.form.clone(),
    };
    let mut data = assemble(table, made, borders, preparation);
    data.apart = outline.apart;
    data.leaks = changed.leaks;
    Ok(data)
}

/// A task's sequences come ready: they are only cut into parts.
fn task(recipe: &Recipe, table: Table, task: &Task) -> Result<Dataset, Diagnostic> {
    for step in &recipe.steps {
        check_task_step(step)?;
    }
    let outline = outline(recipe, 0, table.rows(), true)?;
    let low = outline.extent.low;
    let made = outline
        .parts()
        .into_iter()
        .map(|(part, sequences)| (part, task.sequences.slice(sequences, low)));
    let made = made.collect();
    let table = table.cut(low..outline.extent.high);
    let preparation = Preparation {
        inputs: task.inputs.iter().map(|&name| name.to_owned()).collect(),
        target: table.target().name.clone(),
        steps: Vec::new(),
        form: outline.form.clone(),
    };
    let borders = outline.borders.iter().map(|&(part, row)| (part, row - low)).collect();
    let mut data = assemble(table, made, borders, preparation);
    data.apart = outline.apart;
    Ok(data)
}

fn assemble(
    table: Table,
    parts: Vec<(Part, Sequences)>,
    borders: Vec<(Part, usize)>,
    preparation: Preparation,
) -> Dataset {
    let (mut train, mut validation, mut test) = (Sequences::default(), None, None);
    for (part, sequences) in parts {
        match part {
            Part::Train => train = sequences,
            Part::Validation => validation = Some(sequences),
            Part::Test => test = Some(sequences),
        }
    }
    let (apart, leaks) = (false, Vec::new());
    Dataset { table, train, validation, test, borders, apart, preparation, leaks }
}

fn check_task_step(step: &Step) -> Result<(), Diagnostic> {
    let word = match step.kind {
        StepKind::Scale { .. } => "scale",
        StepKind::Standardize { .. } => "standardize",
        StepKind::Log => "log",
        StepKind::Difference { .. } => "difference",
        StepKind::Window { .. } => "window",
        StepKind::Stream { .. } => "stream",
        StepKind::Target(_) => "target",
        StepKind::Fill => "fill",
        StepKind::Split { .. }
        | StepKind::Take(_)
        | StepKind::SkipFirst(_)
        | StepKind::SkipLast(_) => return Ok(()),
    };
    Err(Diagnostic::error(format!("`{word}` needs a series, not a task"))
        .label(step.span, "the sequences of a task come ready, with their targets")
        .note("tasks take `split`, `take` and `skip` only"))
}

/// A row that is left may have no gaps.
fn check_gaps(
    recipe: &Recipe,
    loaded: &Loaded,
    extent: Extent,
) -> Result<(), Diagnostic> {
    for column in loaded.table.used() {
        let gaps =
            || (extent.low..extent.high).filter(|&row| column.values[row].is_nan());
        let Some(row) = gaps().next() else { continue };
        let place = match loaded.lines.get(row) {
            Some(line) => format!("line {line}"),
            None => loaded.table.row_name(row),
        };
        return Err(Diagnostic::error(format!(
            "{place} has no value in `{}`",
            column.name
        ))
        .label(loaded.span(recipe), format!("values missing: {}", gaps().count()))
        .note("`fill` takes the last value before each gap")
        .with_hint("| fill"));
    }
    Ok(())
}

fn check_log(
    step: &Step,
    table: &Table,
    columns: &[Vec<f64>],
    extent: Extent,
) -> Result<(), Diagnostic> {
    for (column, values) in table.used().zip(columns) {
        let low = (extent.first()..extent.high).find(|&row| values[row] <= 0.0);
        let Some(row) = low else { continue };
        let place = table.row_name(row);
        return Err(Diagnostic::error(format!(
            "`log` needs values above 0; `{}` is {} at {place}",
            column.name, values[row]
        ))
        .label(step.span, format!("cannot take the logarithm of {}", values[row])));
    }
    Ok(())
}

/// Networks compute with 32 bits.
fn check_finite(
    recipe: &Recipe,
    table: &Table,
    columns: &[Vec<f64>],
    extent: Extent,
) -> Result<(), Diagnostic> {
    for (column, values) in table.used().zip(columns) {
        let fits = |row: &usize| (values[*row] as f32).is_finite();
        let Some(row) = (extent.first()..extent.high).find(|row| !fits(row)) else {
            continue;
        };
        let place = table.row_name(row);
        return Err(Diagnostic::error(format!(
            "`{}` is too large for a network at {place}: {:e}",
            column.name, values[row]
        ))
        .label(recipe.source_span, "has it")
        .note("networks compute with numbers up to 3.4e38")
        .with_hint("| standardize"));
    }
    Ok(())
}

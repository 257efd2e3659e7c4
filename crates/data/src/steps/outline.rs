//! What a recipe says of rows, before a value is touched: which are left, where the
//! parts begin, and how rows become sequences.

use std::ops::Range;

use carousel_lang::{Diagnostic, Span};

use super::Extent;
use crate::{Form, Part, Recipe, Step, StepKind};

/// How rows are cut into parts and sequences.
#[derive(Debug, Clone)]
pub(crate) struct Outline<'a> {
    /// The rows that are left after all steps, in rows of the source.
    pub(crate) extent: Extent,
    /// The first rows of the validation and of the test part, in rows of the source.
    pub(crate) borders: Vec<(Part, usize)>,
    pub(crate) apart: bool,
    pub(crate) split: Option<Span>,
    pub(crate) form: Form,
    /// Rows between two windows.
    pub(crate) stride: usize,
    /// Where `window` or `stream` stands, or else the source.
    pub(crate) form_span: Span,
    /// `take` and `skip` behind `window` or `stream`: they count windows of each part.
    pub(crate) cuts: Vec<&'a Step>,
}

/// Percent of the sequences of a task that are for training, where `split` is silent.
const TASK_SHARE: f64 = 80.0;

/// Follows the steps of a recipe over the rows `low..high` of its source.
///
/// # Errors
/// When shares do not add up, a part has no row, or a number that has to be at least 1
/// is 0.
pub(crate) fn outline(
    recipe: &Recipe,
    low: usize,
    high: usize,
    task: bool,
) -> Result<Outline<'_>, Diagnostic> {
    let mut outline = Outline {
        extent: Extent { low, high, lags: 0 },
        borders: Vec::new(),
        apart: false,
        split: None,
        form: if task { Form::Task } else { Form::Rows },
        stride: 1,
        form_span: recipe.source_span,
        cuts: Vec::new(),
    };
    for step in &recipe.steps {
        outline.follow(step)?;
    }
    if task && outline.split.is_none() {
        outline.borders = borders(&[TASK_SHARE], outline.extent, recipe.source_span)?;
    }
    for (part, rows) in outline.parts() {
        if rows.is_empty() {
            return Err(empty_part(part, outline.extent.len()).label(
                outline.split.unwrap_or(recipe.source_span),
                "parts are cut here",
            ));
        }
    }
    Ok(outline)
}

/// The parts and their rows: the borders cut the rows from `first` to `end`.
pub(crate) fn parts(
    first: usize,
    end: usize,
    borders: &[(Part, usize)],
) -> Vec<(Part, Range<usize>)> {
    let within = |row: usize| row.clamp(first, end);
    let begins = [(Part::Train, first)].into_iter().chain(borders.iter().copied());
    let ends = borders.iter().map(|&(_, row)| row).chain([end]);
    begins.zip(ends).map(|((part, a), b)| (part, within(a)..within(b))).collect()
}

impl<'a> Outline<'a> {
    /// The parts and their rows, in rows of the source.
    pub(crate) fn parts(&self) -> Vec<(Part, Range<usize>)> {
        parts(self.extent.first(), self.extent.high, &self.borders)
    }

    fn follow(&mut self, step: &'a Step) -> Result<(), Diagnostic> {
        match &step.kind {
            StepKind::Split { shares, apart } => {
                self.borders = borders(shares, self.extent, step.span)?;
                self.apart = *apart;
                self.split = Some(step.span);
            }
            StepKind::Window { steps, as_features, ahead, stride } => {
                positive("window", *steps, step.span)?;
                positive("ahead", *ahead, step.span)?;
                positive("stride", *stride, step.span)?;
                let (steps, as_features, ahead) = (*steps, *as_features, *ahead);
                self.form = Form::Window { steps, as_features, ahead };
                self.stride = *stride;
                self.form_span = step.span;
            }
            StepKind::Stream { steps } => {
                positive("stream", *steps, step.span)?;
                self.form = Form::Stream { steps: *steps };
                self.form_span = step.span;
            }
            StepKind::Take(_) | StepKind::SkipFirst(_) | StepKind::SkipLast(_)
                if matches!(self.form, Form::Window { .. } | Form::Stream { .. }) =>
            {
                self.cuts.push(step);
            }
            StepKind::Difference { lag } => {
                positive("difference", *lag, step.span)?;
                self.extent.follow(step)?;
            }
            _ => self.extent.follow(step)?,
        }
        Ok(())
    }
}

/// Floor of the cumulative shares times the length, counted from the first row that has
/// a value.
fn borders(
    shares: &[f64],
    extent: Extent,
    span: Span,
) -> Result<Vec<(Part, usize)>, Diagnostic> {
    check_shares(shares, span)?;
    let border = |percent: f64| {
        // 29% of 100 is 29, whatever binary fractions say.
        let rows = (percent * extent.len() as f64 / 100.0 + 1e-9).floor();
        extent.first() + rows as usize
    };
    let borders = match *shares {
        [train, validation, _] => vec![
            (Part::Validation, border(train)),
            (Part::Test, border(train + validation)),
        ],
        _ => vec![(Part::Test, border(shares[0]))],
    };
    let parts = parts(extent.first(), extent.high, &borders);
    match parts.into_iter().find(|(_, rows)| rows.is_empty()) {
        Some((part, _)) => {
            let text = format!("{} of {} rows", words(shares), extent.len());
            Err(empty_part(part, extent.len()).label(span, text))
        }
        None => Ok(borders),
    }
}

fn check_shares(shares: &[f64], span: Span) -> Result<(), Diagnostic> {
    /// Rounding that decimal percentages may bring.
    const SLACK: f64 = 1e-6;
    let total: f64 = shares.iter().sum();
    let fault = if shares.is_empty() || shares.len() > 3 {
        format!("`split` takes one share or three, found {}", shares.len())
    } else if shares.iter().any(|share| !(0.0..=100.0).contains(share)) {
        format!("a share of `split` is between 0% and 100%, found {}", words(shares))
    } else if shares.len() > 1 && (total - 100.0).abs() > SLACK {
        format!("the shares of `split` sum to {total}%, not to 100%")
    } else {
        return Ok(());
    };
    Err(Diagnostic::error(fault)
        .label(span, words(shares))
        .note("one share is the train part; three are train, validation and test")
        .with_hint(if shares.len() < 2 { "split 67%" } else { "split 70% 15% 15%" }))
}

fn words(shares: &[f64]) -> String {
    shares.iter().map(|share| format!("{share}%")).collect::<Vec<_>>().join(" ")
}

fn empty_part(part: Part, rows: usize) -> Diagnostic {
    Diagnostic::error(format!("the {} part has none of the {rows} rows", part.name()))
        .note("each part needs at least one row")
}

fn positive(what: &str, number: usize, span: Span) -> Result<(), Diagnostic> {
    if number > 0 {
        return Ok(());
    }
    Err(Diagnostic::error(format!("`{what}` needs a number of at least 1"))
        .label(span, "0 is too few")
        .with_hint(format!("{what} 1")))
}

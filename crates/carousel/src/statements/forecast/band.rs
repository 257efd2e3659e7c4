//! Bands: how far forecasts from inside the data were off, step by step, and the edges
//! that hold a share of that.

use carousel_data::{Dataset, Part, Sequences};
use carousel_lang::ast::{ArgKind, Command};
use carousel_lang::{Diagnostic, Span};
use carousel_net::model::Memory;

use super::roll::{Origin, Roll, Stop};
use crate::evaluate;
use crate::need;
use crate::work::Halt;

/// Fewer errors than this say nothing about their spread.
const ENOUGH: usize = 10;

/// More forecasts than this are not made: enough for a quantile, and done in a second.
const MOST: usize = 200;

/// The same for stateful models, which roll one origin at a time.
const MOST_STATEFUL: usize = 48;

/// The band of a forecast.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Band {
    /// The lower and upper edge of each value.
    pub(super) edges: Vec<(f64, f64)>,
    /// The share of the errors that it holds, in percent.
    pub(super) share: f64,
    /// What there is to know about it.
    pub(super) notes: Vec<String>,
}

impl Band {
    pub(super) fn subtitle(&self) -> String {
        format!("the band holds {}% of the errors so far", self.share)
    }
}

/// The share that `band 90%` asks for, if it is there.
///
/// # Errors
/// Where it is no share.
pub(super) fn share(command: &Command) -> Result<Option<f64>, Diagnostic> {
    let Some(option) = command.option("band") else { return Ok(None) };
    match option.arg.as_ref().map(|arg| (&arg.kind, arg.span)) {
        Some((ArgKind::Percent(share), _)) if *share > 0.0 && *share < 100.0 => {
            Ok(Some(*share))
        }
        Some((_, span)) => Err(no_share(span)),
        None => Err(no_share(option.word.span)),
    }
}

fn no_share(span: Span) -> Diagnostic {
    Diagnostic::error("a band holds more than 0% and less than 100% of the errors")
        .label(span, "not such a share")
        .with_hint("band 90%")
}

/// The band around `values`, from the errors of forecasts that start inside the part
/// that decides.
///
/// # Errors
/// Where that part is too short, or the interrupt flag was set.
pub(super) fn band(
    roll: &mut Roll<'_>,
    dataset: &Dataset,
    values: &[f64],
    share: f64,
    command: &Command,
) -> Result<Band, Halt> {
    let part = evaluate::deciding(dataset);
    let interrupt = roll.interrupt;
    let stop = |stop: Stop| stop.halt(command, interrupt);
    let errors = errors(roll, dataset, part, values.len()).map_err(stop)?;
    let reach = errors.iter().take_while(|errors| errors.len() >= ENOUGH).count();
    if reach == 0 {
        let found = errors.first().map_or(0, Vec::len);
        return Err(Diagnostic::error(format!(
            "a band needs {ENOUGH} forecasts from inside the {} part",
            part.name()
        ))
        .label(
            command.span,
            format!("{} can be made there", need::count(found, "forecast")),
        )
        .into());
    }
    let sizes: Vec<f64> =
        errors[..reach].iter().map(|errors| quantile(errors.clone(), share)).collect();
    let edge = |(k, value): (usize, &f64)| {
        let size = sizes[k.min(reach - 1)];
        (value - size, value + size)
    };
    let mut notes = vec![format!(
        "the band holds {share}% of the errors of {} that start in the {} part",
        need::count(errors[0].len(), "forecast"),
        part.name()
    )];
    if reach < values.len() {
        notes.push(format!(
            "beyond {} ahead there are fewer than {ENOUGH} such forecasts: the band keeps \
             its width from there on",
            need::count(reach, "row")
        ));
    }
    Ok(Band { edges: values.iter().enumerate().map(edge).collect(), share, notes })
}

/// The sizes of the errors of forecasts from inside a part, by how many rows they reach
/// ahead.
fn errors(
    roll: &mut Roll<'_>,
    dataset: &Dataset,
    part: Part,
    count: usize,
) -> Result<Vec<Vec<f64>>, Stop> {
    let truth = &dataset.table.target().values;
    let Some(sequences) = dataset.part(part) else { return Ok(vec![Vec::new(); count]) };
    let end = sequences.rows.iter().max().map_or(0, |last| last + 1);
    let origins = match roll.model().network.is_stateful() {
        true => thinned(with_memory(roll, dataset, part)?, MOST_STATEFUL),
        false => thinned(without_memory(roll, truth, sequences), MOST),
    };
    let farthest = origins.iter().map(|origin| end - origin.history.len()).max();
    let count_made = count.min(farthest.unwrap_or(0));
    let starts: Vec<usize> = origins.iter().map(|origin| origin.history.len()).collect();
    let forecasts = roll.ahead(origins, count_made)?;
    let mut errors = vec![Vec::new(); count];
    for (start, forecast) in starts.iter().zip(forecasts) {
        for (k, value) in forecast.iter().enumerate().take(end - start) {
            errors[k].push((value - truth[start + k]).abs());
        }
    }
    Ok(errors)
}

/// One origin before each row of a part that has past enough.
fn without_memory(roll: &Roll<'_>, truth: &[f64], part: &Sequences) -> Vec<Origin> {
    let needed = roll.preparation.values_needed();
    let mut rows: Vec<usize> =
        part.rows.iter().copied().filter(|r| *r >= needed).collect();
    rows.sort_unstable();
    rows.dedup();
    let origin = |row: usize| Origin {
        history: truth[..row].to_vec(),
        memory: Memory::default(),
        unread: 1,
    };
    rows.into_iter().map(origin).collect()
}

/// One origin before each sequence of a part (before each step of a stream), with what
/// the model remembers there.
fn with_memory(
    roll: &mut Roll<'_>,
    dataset: &Dataset,
    part: Part,
) -> Result<Vec<Origin>, Stop> {
    let truth = &dataset.table.target().values;
    let mut memory = roll.model().memory();
    let mut origins = Vec::new();
    for (of, sequences) in dataset.parts() {
        if dataset.apart {
            memory = roll.model().memory();
        }
        if of != part {
            roll.predict(sequences, &mut memory)?;
            continue;
        }
        for (row, single) in singles(sequences) {
            let history = truth[..row].to_vec();
            origins.push(Origin { history, memory: memory.clone(), unread: 1 });
            roll.predict(&single, &mut memory)?;
        }
        break;
    }
    Ok(origins)
}

/// The sequences one by one, each with its first target's row; where each step has a
/// target, the steps one by one.
fn singles(all: &Sequences) -> Vec<(usize, Sequences)> {
    let single = |length: usize, inputs: &[f32]| Sequences {
        features: all.features,
        width: all.width,
        every: all.every,
        lengths: vec![length],
        inputs: inputs.to_vec(),
        ..Sequences::default()
    };
    let rows = all.rows.iter().step_by(all.width.max(1)).copied();
    if all.every {
        let steps = all.inputs.chunks(all.features.max(1));
        return rows.zip(steps.map(|step| single(1, step))).collect();
    }
    let mut inputs = &all.inputs[..];
    let cut = |length: &usize| {
        let (own, rest) = inputs.split_at(length * all.features);
        inputs = rest;
        single(*length, own)
    };
    rows.zip(all.lengths.iter().map(cut)).collect()
}

/// At most `most` of them, evenly spaced.
fn thinned(origins: Vec<Origin>, most: usize) -> Vec<Origin> {
    let stride = origins.len().div_ceil(most).max(1);
    origins.into_iter().step_by(stride).collect()
}

/// The smallest of the sizes that `share` percent of them do not exceed.
fn quantile(mut sizes: Vec<f64>, share: f64) -> f64 {
    sizes.sort_by(f64::total_cmp);
    let rank = (share / 100.0 * sizes.len() as f64).ceil() as usize;
    sizes[rank.clamp(1, sizes.len()) - 1]
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn a_quantile_holds_its_share() {
        let sizes: Vec<f64> = (1..=20).rev().map(f64::from).collect();
        for (share, expected) in [(90.0, 18.0), (50.0, 10.0), (1.0, 1.0), (99.0, 20.0)] {
            assert_eq!(quantile(sizes.clone(), share), expected);
        }
    }
}

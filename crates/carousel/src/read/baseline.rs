//! Baselines: `naive`, `seasonal 12`.

use carousel_data::Baseline;
use carousel_lang::Diagnostic;
use carousel_lang::ast::{PartKind, Value};
use carousel_lang::vocabulary::{WordKind, find_kind};

use super::args::Args;
use super::later::{is_later, later};
use super::line::{Line, unwrapped};
use super::not_layer::repeated;
use super::number::Whole;

/// A season, or how many values are seen.
const fn steps(noun: &'static str) -> Whole {
    Whole { noun, low: 1, high: 100_000, usual: 12 }
}

/// The baseline that a value is; `None` if it does not begin with the word of one, or
/// is a chain.
pub(crate) fn baseline(value: &Value) -> Option<Result<Baseline, Diagnostic>> {
    let value = unwrapped(value);
    let PartKind::Word { word, args } = &value.first.kind else { return None };
    find_kind(&word.text, WordKind::Baseline)?;
    if !value.rest.is_empty() {
        return None;
    }
    if let Some(repeat) = value.first.repeat {
        return Some(Err(repeated(&word.text, repeat)));
    }
    Some(read(Args::new(word, args, Line::Value(value))))
}

fn read(mut args: Args<'_>) -> Result<Baseline, Diagnostic> {
    let head = args.head;
    let baseline = match head.text.as_str() {
        "naive" => Baseline::Naive,
        "mean" => Baseline::Mean,
        "drift" => Baseline::Drift,
        "seasonal" => Baseline::Seasonal(args.whole(head, steps("season"))?),
        "growth" => Baseline::Growth(args.whole(head, steps("season"))?),
        "ar" => Baseline::Ar(args.whole(head, steps("number of values"))?),
        other => {
            debug_assert!(is_later(other, WordKind::Baseline), "{other}");
            return Err(later(other, head.span));
        }
    };
    args.end()?;
    Ok(baseline)
}

//! Numbers that must lie in a range: an argument goes in, a number or what is allowed
//! comes out.

use carousel_lang::Diagnostic;
use carousel_lang::ast::{Arg, ArgKind, Word};

use super::line::{Line, arg_text};

/// A whole number that something takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    /// What it is: `number of units`.
    pub(super) noun: &'static str,
    /// The smallest that is allowed.
    pub(super) low: usize,
    /// The largest that is allowed.
    pub(super) high: usize,
    /// What a hint offers where there is none.
    pub(super) usual: usize,
}

/// A number, whole or not, that something takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Real {
    /// What it is: `rate`.
    pub(super) noun: &'static str,
    /// What is allowed, in words: `above 0`.
    pub(super) allowed: &'static str,
    /// The same as a rule.
    pub(super) holds: fn(f64) -> bool,
    /// What a hint offers.
    pub(super) usual: &'static str,
}

/// A share of values set to zero.
pub(super) const SHARE: Real = Real {
    noun: "share",
    allowed: "from 0 up to, not including, 1",
    holds: |share| (0.0..1.0).contains(&share),
    usual: "0.2",
};

/// The number of an argument of `of`.
///
/// # Errors
/// What is allowed, at the argument.
pub(super) fn whole(
    of: &Word,
    arg: &Arg,
    rule: Whole,
    line: Line<'_>,
) -> Result<usize, Diagnostic> {
    let Whole { noun, low, high, usual } = rule;
    let offer = match arg.kind {
        ArgKind::Choice(_) => return Err(swept(arg, line)),
        ArgKind::Number(number) if (low as f64..=high as f64).contains(&number) => {
            if number.fract() == 0.0 {
                return Ok(number as usize);
            }
            (number.round() as usize).clamp(low, high)
        }
        ArgKind::Number(number) if number > high as f64 => high,
        ArgKind::Number(_) => low,
        _ => usual,
    };
    let (text, of) = (arg_text(arg), &of.text);
    Err(Diagnostic::error(format!(
        "the {noun} of `{of}` is a whole number from {low} to {high}, not {text}"
    ))
    .label(arg.span, format!("this is {text}"))
    .with_fix(line.instead(arg.span, &offer.to_string())))
}

/// The number of an argument of `of`.
///
/// # Errors
/// What is allowed, at the argument.
pub(super) fn real(
    of: &Word,
    arg: &Arg,
    rule: Real,
    line: Line<'_>,
) -> Result<f64, Diagnostic> {
    let mut offer = rule.usual.to_owned();
    match arg.kind {
        ArgKind::Choice(_) => return Err(swept(arg, line)),
        ArgKind::Number(number) if number.is_finite() && (rule.holds)(number) => {
            return Ok(number);
        }
        ArgKind::Percent(share) if (rule.holds)(share / 100.0) => {
            offer = (share / 100.0).to_string();
        }
        _ => {}
    }
    let (text, of) = (arg_text(arg), &of.text);
    Err(Diagnostic::error(format!(
        "the {} of `{of}` is a number {}, not {text}",
        rule.noun, rule.allowed
    ))
    .label(arg.span, format!("this is {text}"))
    .with_fix(line.instead(arg.span, &offer)))
}

/// Braces stand where nothing sweeps.
pub(super) fn swept(arg: &Arg, line: Line<'_>) -> Diagnostic {
    let error = Diagnostic::error("braces sweep the numbers of layers, nothing else")
        .label(arg.span, format!("{} is no number of a layer", arg_text(arg)));
    match &arg.kind {
        ArgKind::Choice(items) if !items.is_empty() => {
            error.with_fix(line.instead(arg.span, &arg_text(&items[0])))
        }
        _ => error,
    }
}

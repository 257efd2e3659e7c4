//! Data steps: a part after `|` and what it does.

use carousel_data::{Step, StepKind};
use carousel_lang::Diagnostic;
use carousel_lang::ast::{Arg, ArgKind, Part, PartKind};
use carousel_lang::vocabulary::{self, WordKind, find_kind};

use super::args::Args;
use super::csv::{column, ends};
use super::later::{is_later, later};
use super::line::{Line, arg_text, part_text};
use super::not_layer::repeated;
use super::number::{Whole, swept};

/// More than any series has rows.
const ROWS: usize = 1_000_000_000;

const STEPS: Whole =
    Whole { noun: "number of steps", low: 1, high: 1_000_000, usual: 12 };
const AHEAD: Whole = Whole { usual: 2, ..STEPS };
const STRIDE: Whole = Whole { usual: 2, ..STEPS };
const LAG: Whole = Whole { noun: "distance", low: 1, high: 1_000_000, usual: 1 };
const TAKEN: Whole = Whole { noun: "number of steps", low: 1, high: ROWS, usual: 100 };

/// The step that a part is.
///
/// # Errors
/// Where it is none, or an argument is missing, not allowed or one too many.
pub(super) fn step(part: &Part, line: Line<'_>) -> Result<Step, Diagnostic> {
    let PartKind::Word { word, args } = &part.kind else {
        return Err(Diagnostic::error(format!("{} is no data step", part_text(part)))
            .label(part.span, "a data step goes after `|`"));
    };
    if is_later(&word.text, WordKind::Step) {
        return Err(later(&word.text, word.span));
    }
    if find_kind(&word.text, WordKind::Step).is_none() {
        let kind = vocabulary::find(&word.text)
            .next()
            .map_or("a word".to_owned(), |e| e.kind.with_article());
        return Err(Diagnostic::error(format!(
            "`{}` is {kind}, not a data step",
            word.text
        ))
        .code("E3")
        .label(word.span, "a data step goes after `|`"));
    }
    if let Some(repeat) = part.repeat {
        return Err(repeated(&word.text, repeat));
    }
    let mut args = Args::new(word, args, line);
    let kind = kind(&mut args)?;
    args.end()?;
    Ok(Step { kind, span: part.span })
}

fn kind(args: &mut Args<'_>) -> Result<StepKind, Diagnostic> {
    let head = args.head;
    Ok(match head.text.as_str() {
        "split" => split(args)?,
        "scale" => {
            let (low, high) = range(args)?;
            StepKind::Scale { low, high, over_all: over_all(args)? }
        }
        "standardize" => StepKind::Standardize { over_all: over_all(args)? },
        "log" => StepKind::Log,
        "difference" => {
            let lag = if args.peek().is_some() { args.whole(head, LAG)? } else { 1 };
            StepKind::Difference { lag }
        }
        "window" => window(args)?,
        "stream" => StepKind::Stream { steps: args.whole(head, STEPS)? },
        "target" => StepKind::Target(column(args, head)?),
        "fill" => StepKind::Fill,
        "take" => StepKind::Take(args.whole(head, TAKEN)?),
        _ => match ends(args, head)? {
            (end, count) if end.text == "first" => StepKind::SkipFirst(count),
            (_, count) => StepKind::SkipLast(count),
        },
    })
}

fn window(args: &mut Args<'_>) -> Result<StepKind, Diagnostic> {
    let steps = args.whole(args.head, STEPS)?;
    let (mut as_features, mut ahead, mut stride) = (false, 1, 1);
    while let Some(option) = args.option()? {
        match option.text.as_str() {
            "as" if args.takes("features") => as_features = true,
            "as" => return Err(args.missing(&option, "form", "features")),
            "ahead" => ahead = args.whole(&option, AHEAD)?,
            "stride" => stride = args.whole(&option, STRIDE)?,
            "features" => {
                return Err(Diagnostic::error("`features` follows `as`: `as features`")
                    .label(option.span, "`as` is missing")
                    .with_fix(args.line.instead(option.span, "as features")));
            }
            _ => return Err(args.unknown(&option)),
        }
    }
    Ok(StepKind::Window { steps, as_features, ahead, stride })
}

/// `0..1`
fn range(args: &mut Args<'_>) -> Result<(f64, f64), Diagnostic> {
    let Some(arg) = args.number() else {
        return Err(args.missing(args.head, "range", "0..1"));
    };
    let text = arg_text(arg);
    match arg.kind {
        ArgKind::Range(low, high) if low < high && (high - low).is_finite() => {
            Ok((low, high))
        }
        ArgKind::Choice(_) => Err(swept(arg, args.line)),
        _ => Err(Diagnostic::error(format!(
            "`scale` goes from a smaller number to a larger one, not to {text}"
        ))
        .label(arg.span, format!("this is {text}"))
        .with_fix(args.line.instead(arg.span, "0..1"))),
    }
}

/// `over all`
fn over_all(args: &mut Args<'_>) -> Result<bool, Diagnostic> {
    match args.option()? {
        None => Ok(false),
        Some(word) if word.text == "over" => {
            if args.takes("all") {
                return Ok(true);
            }
            Err(args.missing(&word, "range", "all"))
        }
        Some(word) if word.text == "all" => {
            Err(Diagnostic::error("`all` follows `over`: `over all`")
                .label(word.span, "`over` is missing")
                .with_fix(args.line.instead(word.span, "over all")))
        }
        Some(word) => Err(args.unknown(&word)),
    }
}

fn split(args: &mut Args<'_>) -> Result<StepKind, Diagnostic> {
    let mut shares = Vec::new();
    let mut apart = false;
    while let Some(arg) = args.peek() {
        if matches!(arg.kind, ArgKind::Word(_)) {
            match args.option()? {
                Some(word) if word.text == "apart" => apart = true,
                Some(word) => return Err(args.unknown(&word)),
                None => {}
            }
            continue;
        }
        args.next();
        shares.push(share(args, arg)?);
    }
    let sum: f64 = shares.iter().sum();
    match shares.len() {
        0 => Err(args.missing(args.head, "share", "67%")),
        1 => Ok(StepKind::Split { shares, apart }),
        // Shares such as 33.3% are not exact in binary.
        2 | 3 if (sum - 100.0).abs() < 1e-6 => Ok(StepKind::Split { shares, apart }),
        count => Err(shares_error(args, count, sum)),
    }
}

fn shares_error(args: &Args<'_>, count: usize, sum: f64) -> Diagnostic {
    let error = if count > 3 {
        Diagnostic::error(format!("`split` makes two or three parts, not {count}"))
    } else {
        Diagnostic::error(format!("the shares of `split` sum to 100%, not to {sum}%"))
    };
    error
        .label(args.head.span, format!("{count} shares, {sum}% in all"))
        .with_hint("airline | split 70% 15% 15%")
}

fn share(args: &Args<'_>, arg: &Arg) -> Result<f64, Diagnostic> {
    let text = arg_text(arg);
    let offer = match arg.kind {
        ArgKind::Percent(share) if share > 0.0 && share < 100.0 => return Ok(share),
        ArgKind::Choice(_) => return Err(swept(arg, args.line)),
        ArgKind::Number(share) if share > 0.0 && share < 1.0 => {
            // 0.29 times 100 has a tail of digits; a thousandth of a percent is enough.
            format!("{}%", (share * 1e5).round() / 1e3)
        }
        ArgKind::Number(share) if (1.0..100.0).contains(&share) => format!("{text}%"),
        _ => "67%".to_owned(),
    };
    Err(Diagnostic::error(format!(
        "a share of `split` is above 0% and below 100%, not {text}"
    ))
    .label(arg.span, format!("this is {text}"))
    .with_fix(args.line.instead(arg.span, &offer)))
}

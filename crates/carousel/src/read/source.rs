//! Sources: the word that begins a pipe and what follows it.

use carousel_data::{Recipe, Source};
use carousel_lang::ast::ArgKind;
use carousel_lang::{Diagnostic, Span};

use super::args::Args;
use super::csv::csv;
use super::number::{Real, Whole};

/// The most values that a built-in source makes: they are held in memory.
const VALUES: usize = 1_000_000;

/// The longest sequences of `adding` and `parity`, of which there are many.
const SEQUENCE: usize = 2_000;

const fn values(usual: usize) -> Whole {
    Whole { noun: "number of values", low: 1, high: VALUES, usual }
}

const fn steps(usual: usize) -> Whole {
    Whole { noun: "number of steps", low: 2, high: SEQUENCE, usual }
}

const LAG: Whole = Whole { noun: "number of steps", low: 1, high: VALUES, usual: 3 };

const PERIOD: Real = Real {
    noun: "length",
    allowed: "above 0",
    holds: |period| period > 0.0,
    usual: "25",
};

const NOISE: Real = Real {
    noun: "standard deviation",
    allowed: "from 0 up",
    holds: |noise| noise >= 0.0,
    usual: "0.1",
};

/// What a source word and its arguments describe; `csv ... target "x"` has a step too.
///
/// # Errors
/// Where an argument is missing, not allowed or one too many.
pub(super) fn source(mut args: Args<'_>, span: Span) -> Result<Recipe, Diagnostic> {
    let head = args.head;
    let mut steps_after = Vec::new();
    let source = match head.text.as_str() {
        "csv" => {
            let (file, target) = csv(&mut args)?;
            steps_after.extend(target);
            Source::Csv(file)
        }
        "airline" => Source::Airline,
        "count" => Source::Count(args.whole(head, values(60))?),
        "sine" => sine(&mut args)?,
        "echo" => echo(&mut args)?,
        "adding" => Source::Adding { steps: args.whole(head, steps(100))? },
        "parity" => Source::Parity { steps: args.whole(head, steps(20))? },
        _ => return Err(load(&args)),
    };
    args.end()?;
    Ok(Recipe { source, source_span: span, steps: steps_after })
}

fn sine(args: &mut Args<'_>) -> Result<Source, Diagnostic> {
    let values = args.whole(args.head, values(200))?;
    let (mut period, mut noise) = (25.0, 0.0);
    while let Some(option) = args.option()? {
        match option.text.as_str() {
            "period" => period = args.real(&option, PERIOD)?,
            "noise" => noise = args.real(&option, NOISE)?,
            _ => return Err(args.unknown(&option)),
        }
    }
    Ok(Source::Sine { values, period, noise })
}

fn echo(args: &mut Args<'_>) -> Result<Source, Diagnostic> {
    let values = args.whole(args.head, values(1000))?;
    let mut lag = 3;
    while let Some(option) = args.option()? {
        match option.text.as_str() {
            "lag" => lag = args.whole(&option, LAG)?,
            _ => return Err(args.unknown(&option)),
        }
    }
    Ok(Source::Echo { values, lag })
}

/// `load` begins no pipe: what it gives is a model.
fn load(args: &Args<'_>) -> Diagnostic {
    let file = match args.peek().map(|arg| &arg.kind) {
        Some(ArgKind::String(file)) => file.as_str(),
        _ => "air.safetensors",
    };
    Diagnostic::error("`load` gives a model, not data")
        .label(args.head.span, "stands alone after `=`")
        .with_hint(format!("n = load \"{file}\""))
}

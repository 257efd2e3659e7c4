//! Options of commands whose value is no plain number: `like pytorch`, `for 30s`,
//! `until loss 0.01`.

use std::time::Duration;

use carousel_lang::Diagnostic;
use carousel_lang::ast::{Arg, ArgKind, Command, Opt, Word};

use super::args::{missing, once};
use super::line::{Line, arg_text};
use super::number::{Real, real, swept};

const UNTIL: Real =
    Real { noun: "loss", allowed: "above 0", holds: |loss| loss > 0.0, usual: "0.01" };

/// The meaning of the word after an option.
///
/// # Errors
/// Where there is none, or another.
pub(super) fn choice<T: Copy>(
    option: &Opt,
    known: &[(&str, T)],
    line: Line<'_>,
) -> Result<T, Diagnostic> {
    let words: Vec<String> = known.iter().map(|(word, _)| format!("`{word}`")).collect();
    let (of, first) = (&option.word, known[0].0);
    let Some(arg) = &option.arg else { return Err(missing(of, "word", first, line)) };
    if let ArgKind::Choice(_) = arg.kind {
        return Err(swept(arg, line));
    }
    let text = arg_text(arg);
    let found = known.iter().find(|(word, _)| *word == text);
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        Diagnostic::error(format!(
            "`{}` takes {}, not {text}",
            of.text,
            words.join(" or ")
        ))
        .label(arg.span, format!("this is {text}"))
        .with_fix(line.instead(arg.span, first))
    })
}

/// `30s`, `5m`
///
/// # Errors
/// Where it is no time above 0.
pub(super) fn time(option: &Opt, line: Line<'_>) -> Result<Duration, Diagnostic> {
    let Some(arg) = &option.arg else {
        return Err(missing(&option.word, "time", "30s", line));
    };
    let seconds = |arg: &Arg| match arg.kind {
        ArgKind::Duration(seconds) if seconds > 0.0 => {
            Duration::try_from_secs_f64(seconds).ok()
        }
        _ => None,
    };
    seconds(arg).ok_or_else(|| {
        let text = arg_text(arg);
        let offer = match arg.kind {
            ArgKind::Number(number) if number > 0.0 => format!("{text}s"),
            _ => "30s".to_owned(),
        };
        Diagnostic::error(format!("`for` takes a time such as 30s or 5m, not {text}"))
            .label(arg.span, format!("this is {text}"))
            .with_fix(line.instead(arg.span, &offer))
    })
}

/// The options other than `until`, and the loss of that: the tree holds `until loss X`
/// as two options.
///
/// # Errors
/// Where `until` stands twice, or without its loss.
pub(super) fn without_until(
    command: &Command,
) -> Result<(Vec<&Opt>, Option<f64>), Diagnostic> {
    let line = Line::Command(command);
    let mut options = Vec::new();
    let mut until: Option<(&Word, f64)> = None;
    let mut rest = command.options.iter();
    while let Some(option) = rest.next() {
        if option.word.text != "until" {
            options.push(option);
            continue;
        }
        if let Some((earlier, _)) = until {
            once(std::slice::from_ref(earlier), &option.word)?;
        }
        let next = rest.as_slice().first().filter(|_| option.arg.is_none());
        let Some(loss) = next.filter(|next| next.word.text == "loss") else {
            return Err(no_loss(option, line));
        };
        rest.next();
        let value = match &loss.arg {
            Some(arg) => real(&option.word, arg, UNTIL, line)?,
            None => return Err(no_loss(option, line)),
        };
        until = Some((&option.word, value));
    }
    Ok((options, until.map(|(_, loss)| loss)))
}

fn no_loss(until: &Opt, line: Line<'_>) -> Diagnostic {
    let fix = match &until.arg {
        Some(arg) => line.instead(arg.span, &format!("loss {}", arg_text(arg))),
        None => line.instead(until.word.span, "until loss 0.01"),
    };
    Diagnostic::error("`until` needs its loss: `until loss 0.01`")
        .code("E2")
        .label(until.word.span, "`loss` and a number go after it")
        .with_fix(fix)
}

//! `set fusion off`: how things run and look. Bare `set` lists the settings.

use carousel_lang::ast::{Arg, ArgKind, Command, PartKind, Word};
use carousel_lang::vocabulary::{self, Entry, WordKind};
use carousel_lang::{Diagnostic, Span};
use carousel_net::engine::{Executor, Footprint};

use crate::output::Table;
use crate::state::Settings;
use crate::work::{Outcome, Work};
use crate::{Output, Plots, need};

/// More threads than this are of no use to `times`.
const THREADS: u64 = 256;

/// What becomes of plots, as it is typed.
const PLOTS: [(&str, Plots); 5] = [
    ("auto", Plots::Auto),
    ("off", Plots::Off),
    ("text", Plots::Text),
    ("graphics", Plots::Graphics),
    ("window", Plots::Window),
];

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    let Some(value) = need::only(command)? else { return list(work) };
    let PartKind::Word { word, args } = &value.first.kind else {
        return Err(no_setting(command.span, None).into());
    };
    let entry = vocabulary::find_kind(&word.text, WordKind::Setting);
    let Some(entry) = entry else { return Err(no_setting(word.span, Some(word)).into()) };
    if !entry.ready {
        return Err(Diagnostic::error(format!(
            "the setting `{}` is not built into this version",
            word.text
        ))
        .label(word.span, "a word of the language, still to come")
        .into());
    }
    let [arg] = &args[..] else {
        let span = args.last().map_or(word.span, |arg| arg.span);
        return Err(allowed(entry, span, work).into());
    };
    change(&mut work.state.settings, entry, arg)
        .ok_or_else(|| allowed(entry, arg.span, work))?;
    let now = value_of(&work.state.settings, entry.word);
    work.say(format!("{} {now}", entry.word))
}

/// Changes a setting; `None` if it cannot have this value.
fn change(settings: &mut Settings, entry: &Entry, arg: &Arg) -> Option<()> {
    let word = match &arg.kind {
        ArgKind::Word(word) => word.as_str(),
        ArgKind::Number(_) if entry.word == "threads" => {
            let threads = need::whole(arg, "threads", 1, THREADS).ok()?;
            settings.threads = Some(usize::try_from(threads).ok()?);
            return Some(());
        }
        _ => return None,
    };
    let switch = || match word {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    };
    match entry.word {
        "fusion" => settings.fusion = switch()?,
        "hints" => settings.hints = switch()?,
        "threads" if word == "auto" => settings.threads = None,
        "executor" => {
            settings.executor = match word {
                "plan" => Executor::Plan,
                "luminal" => Executor::Luminal,
                _ => return None,
            }
        }
        "memory" => {
            settings.footprint = match word {
                "high" => Footprint::High,
                "low" => Footprint::Low,
                _ => return None,
            }
        }
        "theme" => {
            settings.dark = match word {
                "light" => false,
                "dark" => true,
                _ => return None,
            }
        }
        "plots" => settings.plots = PLOTS.iter().find(|(known, _)| *known == word)?.1,
        _ => return None,
    }
    Some(())
}

/// The value of a setting as it is typed.
fn value_of(settings: &Settings, word: &str) -> String {
    let switch = |on| if on { "on" } else { "off" }.to_owned();
    match word {
        "fusion" => switch(settings.fusion),
        "hints" => switch(settings.hints),
        "threads" => settings.threads.map_or("auto".to_owned(), |n| n.to_string()),
        "memory" => match settings.footprint {
            Footprint::High => "high".to_owned(),
            Footprint::Low => "low".to_owned(),
        },
        "theme" => if settings.dark { "dark" } else { "light" }.to_owned(),
        "plots" => {
            let typed = PLOTS.iter().find(|(_, plots)| *plots == settings.plots);
            typed.map_or(String::new(), |(word, _)| (*word).to_owned())
        }
        "executor" => match settings.executor {
            Executor::Plan => "plan".to_owned(),
            Executor::Luminal => "luminal".to_owned(),
        },
        _ => String::new(),
    }
}

fn list(work: &mut Work<'_>) -> Outcome {
    let mut table = Table::new("", &["setting", "value", "what it does", "values"]);
    table.rows = vocabulary::entries(WordKind::Setting)
        .filter(|entry| entry.ready)
        .map(|entry| {
            let value = value_of(&work.state.settings, entry.word);
            [entry.word, &value, entry.help, entry.usage].map(str::to_owned).to_vec()
        })
        .collect();
    work.show(Output::Table(table))
}

fn names() -> impl Iterator<Item = &'static str> {
    vocabulary::entries(WordKind::Setting).filter(|entry| entry.ready).map(|e| e.word)
}

fn no_setting(span: Span, word: Option<&Word>) -> Diagnostic {
    let Some(word) = word else {
        return Diagnostic::error("`set` needs a setting and its value")
            .label(span, "no setting")
            .with_hint("set fusion off");
    };
    let error =
        Diagnostic::error(format!("there is no setting `{}`", word.text)).code("E1");
    let all: Vec<&str> = names().collect();
    match vocabulary::suggest(&word.text, names()) {
        Some(near) => error.label(span, format!("did you mean `{near}`?")),
        None => error.label(span, "not known"),
    }
    .note(format!("the settings are {}", all.join(", ")))
}

fn allowed(entry: &Entry, span: Span, work: &Work<'_>) -> Diagnostic {
    let word = entry.word;
    let now = value_of(&work.state.settings, word);
    let other = match entry
        .usage
        .split(" or ")
        .flat_map(|values| values.split(", "))
        .find(|value| *value != now)
    {
        Some("N") | None => "2",
        Some(other) => other,
    };
    let values = match entry.usage {
        "auto or N" => format!("`auto`, or a whole number from 1 to {THREADS}"),
        usage => usage.to_owned(),
    };
    Diagnostic::error(format!("`set {word}` needs one value: {values}"))
        .label(span, format!("`{word}` is `{now}` now"))
        .with_hint(format!("set {word} {other}"))
}

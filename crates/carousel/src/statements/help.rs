//! `help`, `help lstm`, `help E4`: what a word means, from the vocabulary and from the
//! session's own names.

use carousel_lang::ast::{ArgKind, Command, PartKind, Value, Word};
use carousel_lang::vocabulary::{self, Entry, Page, WordKind};
use carousel_lang::{Diagnostic, Span};

use super::{plot, show};
use crate::need;
use crate::state::{Named, State};
use crate::work::{Outcome, Work};

/// The kinds of word in the order of the overview.
const KINDS: [(WordKind, &str); 11] = [
    (WordKind::Verb, "verbs"),
    (WordKind::Source, "sources"),
    (WordKind::Step, "data steps"),
    (WordKind::Layer, "layers"),
    (WordKind::Baseline, "baselines"),
    (WordKind::Optimiser, "optimisers"),
    (WordKind::Measure, "measures"),
    (WordKind::View, "views"),
    (WordKind::Setting, "settings"),
    (WordKind::Activation, "activations"),
    (WordKind::Function, "functions of cells"),
];

/// How wide lists of words may be.
const WIDTH: usize = 78;

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    let Some(value) = need::only(command)? else { return work.say(overview()) };
    let word = asked(value)?;
    let text = answer(&word.text, &work.state);
    work.say(text.ok_or_else(|| unknown(&word, &work.state))?)
}

/// The word that is asked for.
fn asked(value: &Value) -> Result<Word, Diagnostic> {
    let PartKind::Word { word, args } = &value.first.kind else {
        return Err(one_word(value.span));
    };
    match args.first() {
        None => Ok(word.clone()),
        // `help for for`: a word that cannot stand alone in the grammar.
        Some(arg) if matches!(arg.kind, ArgKind::Word(_)) => Err(one_word(arg.span)),
        Some(_) => Ok(word.clone()),
    }
}

fn one_word(span: Span) -> Diagnostic {
    Diagnostic::error("`help` explains one word at a time")
        .label(span, "one word too many")
        .with_hint("help lstm")
}

/// What a word means, by the vocabulary and to this session.
pub(crate) fn answer(word: &str, state: &State) -> Option<String> {
    if let Some(page) = vocabulary::page(word) {
        return Some(page_text(page));
    }
    let mut meanings: Vec<String> = vocabulary::find(word).map(meaning).collect();
    if let Some(named) = state.names.get(word) {
        meanings.push(named_text(word, named));
    }
    if word == "it" {
        meanings.push("it: the last model or data made; see: show it".to_owned());
    }
    if meanings.is_empty() {
        meanings =
            vocabulary::all().filter(|entry| names(entry, word)).map(meaning).collect();
    }
    if meanings.is_empty() { None } else { Some(meanings.join("\n\n")) }
}

/// Whether what stands after a word can be another: `pytorch` after `like`.
fn names(entry: &Entry, word: &str) -> bool {
    entry.options.contains(&word)
        || entry.usage.split([' ', '|', '[', ']']).any(|part| part == word)
}

fn overview() -> String {
    let mut text = "one line is one statement; `help WORD` explains a word\n".to_owned();
    for (kind, title) in KINDS {
        let words = vocabulary::entries(kind).filter(|entry| entry.ready);
        text += &format!("\n{title}\n{}\n", wrapped(words.map(|entry| entry.word)));
    }
    text += "\nto begin with\n  data air = airline | split 67% | scale 0..1 | window 12\n  \
             train lstm 4 -> dense 1 on air\n  score it\n";
    text
}

/// Words in lines of a bearable width.
fn wrapped<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut lines = vec![String::new()];
    for word in words {
        let line = lines.last_mut().expect("there is always a line");
        if line.len() + word.len() + 2 > WIDTH {
            lines.push(format!("  {word}"));
        } else {
            line.push_str("  ");
            line.push_str(word);
        }
    }
    lines.join("\n")
}

fn meaning(entry: &Entry) -> String {
    let usage = [entry.word, entry.usage].join(" ");
    let mut text =
        format!("{} ({}): {}", usage.trim_end(), entry.kind.name(), entry.help);
    if !entry.ready {
        text += "\n  not built into this version";
    }
    if !entry.default.is_empty() {
        text += &format!("\n  without it: {}", entry.default);
    }
    let views: &[&str] = match entry.word {
        "plot" => &plot::VIEWS,
        "show" => &show::VIEWS,
        _ => &[],
    };
    if !views.is_empty() {
        text += &format!("\n  views: {}", views.join(", "));
    }
    for option in entry.options {
        text += &option_line(entry, option);
    }
    if !entry.example.is_empty() {
        let example = entry.example.replace('\n', "\n  ");
        text += &format!("\n  for example: {example}");
    }
    text
}

/// An option with its own line of help.
fn option_line(of: &Entry, option: &str) -> String {
    let kinds = match of.kind {
        WordKind::Verb | WordKind::Optimiser => [WordKind::CommandOption, WordKind::View],
        WordKind::Source | WordKind::Step => [WordKind::DataOption, WordKind::Step],
        _ => [WordKind::PartOption, WordKind::Activation],
    };
    let found = kinds.iter().find_map(|kind| vocabulary::find_kind(option, *kind));
    // `features` is told with `as`, `all` with `over`, `dropout` as a layer.
    let layer = || vocabulary::find_kind(option, WordKind::Layer);
    let Some(found) = found.or_else(layer) else { return String::new() };
    let usage = [found.word, found.usage].join(" ");
    let later = if found.ready { "" } else { " (not built into this version)" };
    let default = match found.default {
        "" => String::new(),
        default => format!("; without it: {default}"),
    };
    format!("\n  {}: {}{default}{later}", usage.trim_end(), found.help)
}

fn page_text(page: &Page) -> String {
    format!(
        "{}: {}\n  for example: {}\n  type instead: {}",
        page.code, page.meaning, page.example, page.instead
    )
}

fn named_text(name: &str, named: &Named) -> String {
    match named {
        Named::Data(data) => {
            let pipe = if data.text == name {
                String::new()
            } else {
                format!(" ({})", data.text)
            };
            format!("{name}: data of this session{pipe}; see: show {name}")
        }
        Named::Described(described) => {
            format!("{name}: the model {}; see: show {name}", described.text)
        }
        Named::Trained(trained) => format!(
            "{name}: the model {}, learned from {}; see: show {name}",
            trained.described.text,
            trained.data_text()
        ),
        Named::Cell(cell) => format!(
            "{name}: a cell of this session, a layer like lstm; see: show equations of {}",
            cell.name.text
        ),
    }
}

fn unknown(word: &Word, state: &State) -> Diagnostic {
    let error = Diagnostic::error(format!("there is no word `{}`", word.text)).code("E1");
    let words = vocabulary::all().map(|entry| entry.word);
    let codes = vocabulary::pages().iter().map(|page| page.code);
    let names = state.names.keys().map(String::as_str);
    match vocabulary::suggest(&word.text, words.chain(codes).chain(names)) {
        Some(near) => error
            .label(word.span, format!("did you mean `{near}`?"))
            .with_hint(format!("help {near}")),
        None => error.label(word.span, "not known").note("`help` alone lists all words"),
    }
}

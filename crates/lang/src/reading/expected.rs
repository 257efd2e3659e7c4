//! What can stand at a place of a text: the words of the language that fit there, and
//! whether names, files or columns do.

use std::ops::Range;

use super::groups;
use super::next::Next;
use super::reader::{Reader, values_of};
use crate::ast::{Preposition, Verb};
use crate::lexer::{Line, Token};
use crate::parse::is_cell;
use crate::vocabulary::{self, Entry, WordKind};
use crate::{Source, SourceId};

/// What can stand at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// The bytes of the word that is being typed; empty between words. Within quotes it
    /// is what stands in them so far.
    pub word: Range<usize>,
    /// Whether the place is within quotes.
    pub quoted: bool,
    /// What fits, the most likely first.
    pub wants: Vec<Want>,
    /// The file that the statement named before, for its columns.
    pub file: Option<String>,
    /// The first word of the pipe, a name perhaps, for the columns of its file.
    pub first: Option<String>,
}

/// One kind of thing that fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Want {
    /// A word of the vocabulary.
    Entry(&'static Entry),
    /// A value of an option or setting: `pytorch`.
    Value(&'static str, &'static Entry),
    /// The name of a model, or `it`.
    Model,
    /// The name of a data set, or `it`.
    Data,
    /// The name of a cell.
    Cell,
    /// A file.
    File,
    /// A column of a file.
    Column,
}

/// What can stand at byte `cursor` of a text, as what stands before it says.
pub fn expected(source: &Source, cursor: usize) -> Expected {
    let mut cursor = cursor.min(source.text.len());
    while !source.text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let text = &source.text[..cursor];
    let within = within(text);
    let (start, quoted) = match within {
        Within::Quotes(quote) => (quote + 1, true),
        Within::Line | Within::Comment => (word_start(text), false),
    };
    let before = &text[..if quoted { start - 1 } else { start }];
    let nothing = Expected {
        word: start..cursor,
        quoted,
        wants: Vec::new(),
        file: None,
        first: None,
    };
    if let Within::Comment = within {
        return nothing;
    }
    // Spans are of no use here, so neither is the number of the text.
    let before = Source { id: SourceId(0), name: String::new(), text: before.to_owned() };
    let Some(reader) = reader_at_end(&before) else {
        let wants = vocabulary::entries(WordKind::Function).map(Want::Entry);
        let wants = if quoted { Vec::new() } else { wants.collect() };
        return Expected { wants, ..nothing };
    };
    let mut wants = wants(&reader);
    if quoted {
        wants.retain(|want| matches!(want, Want::File | Want::Column));
    }
    Expected { wants, file: reader.file, first: reader.first, ..nothing }
}

/// What was read of the statement that goes on at the end of a text; none in a cell.
fn reader_at_end(before: &Source) -> Option<Reader> {
    let groups = groups(before);
    let Some(group) = groups.last() else { return Some(Reader::default()) };
    let on_new_line = before.text.trim_end_matches([' ', '\t']).ends_with('\n');
    if is_cell(&group[0]) {
        let ended = group.len() > 1 && group.last().is_some_and(crate::parse::ends_cell);
        return (ended && on_new_line).then(Reader::default);
    }
    if on_new_line && !crate::parse::waits_for_more(group) {
        return Some(Reader::default());
    }
    Some(read(group))
}

fn read(group: &[Line]) -> Reader {
    let tokens: Vec<Token> = group.iter().flat_map(|line| line.tokens.clone()).collect();
    let mut reader = Reader::default();
    for at in 0..tokens.len() {
        reader.take(&tokens[at..]);
    }
    reader
}

fn wants(reader: &Reader) -> Vec<Want> {
    let kinds = |kinds: &[WordKind]| -> Vec<Want> {
        let ready = kinds.iter().flat_map(|kind| vocabulary::entries(*kind));
        ready.filter(|entry| entry.ready).map(Want::Entry).collect()
    };
    match reader.next {
        Next::Statement => {
            let mut wants = kinds(&[WordKind::Verb, WordKind::Layer, WordKind::Source]);
            wants.extend(["data", "model", "cell"].into_iter().filter_map(keyword));
            wants.extend([Want::Cell, Want::Model, Want::Data]);
            wants
        }
        Next::Body => {
            let train = vocabulary::find_kind("train", WordKind::Verb).map(Want::Entry);
            let mut wants = kinds(&[WordKind::Layer, WordKind::Source]);
            wants.splice(0..0, train);
            wants.extend([Want::Cell, Want::Data, Want::Model]);
            wants
        }
        Next::Step => kinds(&[WordKind::Step]),
        Next::Layer => {
            let mut wants = kinds(&[WordKind::Layer]);
            wants.extend([Want::Cell, Want::Model]);
            wants
        }
        Next::Subject(verb) => subject(verb, &kinds),
        Next::Value | Next::Right => {
            let mut wants = vec![Want::Model, Want::Data];
            wants.extend(kinds(&[WordKind::Layer, WordKind::Baseline, WordKind::Source]));
            wants.push(Want::Cell);
            wants
        }
        Next::Operand(preposition) => operand(preposition, reader, &kinds),
        Next::Argument(entry) => argument(entry, reader),
        Next::Rest => rest(reader),
        Next::Name | Next::Nothing => Vec::new(),
    }
}

fn keyword(word: &str) -> Option<Want> {
    vocabulary::find_kind(word, WordKind::Keyword).map(Want::Entry)
}

fn subject(verb: Verb, kinds: &dyn Fn(&[WordKind]) -> Vec<Want>) -> Vec<Want> {
    let mut wants = match verb {
        Verb::Set => return kinds(&[WordKind::Setting]),
        Verb::Help => {
            return vocabulary::all()
                .filter(|entry| entry.ready)
                .map(Want::Entry)
                .collect();
        }
        Verb::Save => {
            let mut wants = vec![Want::Model];
            wants.extend(keyword("session"));
            wants.extend(kinds(&[WordKind::View]));
            wants
        }
        Verb::Plot | Verb::Show => {
            let mut wants = vec![Want::Model, Want::Data];
            wants.extend(kinds(&[WordKind::View]));
            wants
        }
        Verb::Expect => {
            let mut wants = kinds(&[WordKind::Measure]);
            wants.push(Want::Model);
            wants
        }
        _ => vec![Want::Model],
    };
    match verb {
        Verb::Train | Verb::Check | Verb::Show => {
            wants.extend(kinds(&[WordKind::Layer]));
            wants.push(Want::Cell);
        }
        Verb::Compare => {
            wants.extend(kinds(&[WordKind::Baseline, WordKind::Layer]));
            wants.push(Want::Cell);
        }
        _ => {}
    }
    wants
}

fn operand(
    preposition: Preposition,
    reader: &Reader,
    kinds: &dyn Fn(&[WordKind]) -> Vec<Want>,
) -> Vec<Want> {
    match preposition {
        Preposition::On => {
            let mut wants = vec![Want::Data];
            wants.extend(kinds(&[WordKind::Source]));
            wants
        }
        Preposition::With if reader.verb.is_some_and(|verb| verb.word == "check") => {
            let mut wants = vec![Want::Model];
            wants.extend(kinds(&[WordKind::Layer]));
            wants
        }
        Preposition::With => kinds(&[WordKind::Optimiser]),
        Preposition::To => vec![Want::File],
        Preposition::As => {
            let equations = vocabulary::find_kind("equations", WordKind::View);
            equations.map(Want::Entry).into_iter().collect()
        }
        Preposition::From | Preposition::At => Vec::new(),
    }
}

fn argument(entry: &'static Entry, reader: &Reader) -> Vec<Want> {
    if entry.usage.starts_with("FILE") {
        return vec![Want::File];
    }
    let names_column = ["column", "columns", "time", "target"].contains(&entry.word);
    if names_column {
        let mut wants = vec![Want::Column];
        wants.extend(rest(reader));
        return wants;
    }
    let values: Vec<Want> =
        values_of(entry).map(|value| Want::Value(value, entry)).collect();
    if values.is_empty() { rest(reader) } else { values }
}

/// Options of what stands before, then what the verb takes.
fn rest(reader: &Reader) -> Vec<Want> {
    let kinds = [
        WordKind::DataOption,
        WordKind::PartOption,
        WordKind::Activation,
        WordKind::CommandOption,
        WordKind::Step,
    ];
    let option = |word: &&'static str, kinds: &[WordKind]| {
        let found = kinds.iter().find_map(|kind| vocabulary::find_kind(word, *kind));
        found.filter(|entry| entry.ready).map(Want::Entry)
    };
    let own = reader.head.into_iter().flat_map(|head| head.options);
    let mut wants: Vec<Want> = own.filter_map(|word| option(word, &kinds)).collect();
    let Some(verb) = reader.verb else { return wants };
    let takes = |preposition: &str| verb.usage.contains(preposition);
    for preposition in ["on", "with", "to", "as"] {
        if takes(&format!("{preposition} ")) {
            let entry = vocabulary::find_kind(preposition, WordKind::Preposition);
            wants.extend(entry.map(Want::Entry));
        }
    }
    let of_verb = verb.options.iter();
    wants.extend(of_verb.filter_map(|word| option(word, &[WordKind::CommandOption])));
    wants
}

/// What the end of a text is in.
enum Within {
    /// Words.
    Line,
    /// Quotes, which begin at this byte.
    Quotes(usize),
    /// A comment.
    Comment,
}

/// What the end of a text is in, by its last line.
fn within(text: &str) -> Within {
    let start = text.rfind('\n').map_or(0, |n| n + 1);
    let (mut within, mut escaped) = (Within::Line, false);
    for (at, c) in text[start..].char_indices() {
        within = match (within, c) {
            (Within::Line, '#') => return Within::Comment,
            (Within::Line, '"') => Within::Quotes(start + at),
            (Within::Quotes(_), '"') if !escaped => Within::Line,
            (within, _) => within,
        };
        escaped = c == '\\' && !escaped;
    }
    within
}

fn word_start(text: &str) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let start = text.trim_end_matches(is_word).len();
    // A hyphen stands within words only: `4->ls` ends with the word `ls`.
    let word = &text[start..];
    start + (word.len() - word.trim_start_matches('-').len())
}

//! Reads the tokens of a statement from left to right, forgiving: each word gets its
//! class, and what can come next is known after each.

use super::highlight::Class;
use super::next::Next;
use crate::ast::{Preposition, Verb};
use crate::lexer::{Symbol, Token, TokenKind};
use crate::parse::preposition;
use crate::vocabulary::{self, Entry, WordKind};

/// What was read so far of a statement outside of cells.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    /// The verb of the statement, once it was read.
    pub(super) verb: Option<&'static Entry>,
    /// The layer, step or source whose options come.
    pub(super) head: Option<&'static Entry>,
    /// What the next word can be.
    pub(super) next: Next,
    /// The file that the statement named last: columns are those of it.
    pub(super) file: Option<String>,
    /// The first word of the pipe that is being read.
    pub(super) first: Option<String>,
    /// How many words of a view are to come, up to `of`.
    view: usize,
    /// Open square brackets and braces: what stands in them is not looked at.
    lists: usize,
}

impl Default for Reader {
    fn default() -> Self {
        Reader {
            verb: None,
            head: None,
            next: Next::Statement,
            file: None,
            first: None,
            view: 0,
            lists: 0,
        }
    }
}

impl Reader {
    /// Takes the first of some tokens; the others tell what it is.
    pub(super) fn take(&mut self, tokens: &[Token]) -> Class {
        match &tokens[0].kind {
            TokenKind::Word(word) if self.lists == 0 => self.word(word, tokens),
            TokenKind::Word(_) => Class::Name,
            TokenKind::Text(text) => {
                self.text(text);
                Class::Text
            }
            TokenKind::Symbol(symbol) => {
                self.symbol(*symbol);
                Class::Joint
            }
            TokenKind::Number(_)
            | TokenKind::Percent(_)
            | TokenKind::Range(..)
            | TokenKind::Duration(_) => {
                if self.lists == 0 {
                    self.next = Next::Rest;
                }
                Class::Number
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.lists > 0 {
            return;
        }
        let names_file = |entry: &Entry| entry.usage.starts_with("FILE");
        if matches!(self.next, Next::Argument(entry) if names_file(entry)) {
            self.file = Some(text.to_owned());
        }
        // `columns "a" "b"`: more of them may follow.
        let more = matches!(self.next, Next::Argument(entry) if entry.word == "columns");
        if !more {
            self.next = Next::Rest;
        }
    }

    fn symbol(&mut self, symbol: Symbol) {
        match symbol {
            Symbol::OpenList | Symbol::OpenChoice => self.lists += 1,
            Symbol::CloseList | Symbol::CloseChoice => {
                self.lists = self.lists.saturating_sub(1);
                self.next = Next::Rest;
            }
            _ if self.lists > 0 => {}
            Symbol::Then => self.next = Next::Step,
            Symbol::Into | Symbol::HandOver => self.next = Next::Layer,
            Symbol::Open => self.begin(Next::Value),
            Symbol::Close => {
                self.head = None;
                self.next = Next::Rest;
            }
            Symbol::Comma => self.begin(Next::Value),
            Symbol::Equals => self.begin(Next::Body),
            Symbol::Less | Symbol::Greater | Symbol::AtMost | Symbol::AtLeast => {
                self.begin(Next::Right);
            }
            Symbol::Plus | Symbol::Minus | Symbol::Star | Symbol::Slash => {}
        }
    }

    fn begin(&mut self, next: Next) {
        (self.head, self.first, self.next) = (None, None, next);
    }

    fn word(&mut self, word: &str, tokens: &[Token]) -> Class {
        if self.view > 0 {
            return self.view_word(word);
        }
        let follows = tokens.get(1).map(|token| &token.kind);
        let names = follows == Some(&TokenKind::Symbol(Symbol::Equals));
        match self.next {
            Next::Statement | Next::Name if names => {
                self.next = Next::Rest;
                Class::Name
            }
            Next::Statement if matches!(word, "data" | "model") => {
                self.next = Next::Name;
                Class::Keyword
            }
            Next::Statement | Next::Body => self.begins(word, tokens),
            Next::Subject(Verb::Set) => self.setting(word),
            Next::Subject(Verb::Help) => {
                self.next = Next::Nothing;
                class_of_any(word)
            }
            Next::Rest => self.rest(word, follows),
            Next::Subject(_) => self.subject(word),
            Next::Argument(entry) if is_value_of(word, entry) => {
                self.next = Next::Rest;
                Class::Option
            }
            Next::Argument(_) => self.rest(word, follows),
            Next::Operand(Preposition::With) if optimiser(word).is_some() => {
                (self.head, self.next) = (optimiser(word), Next::Rest);
                Class::Option
            }
            Next::Name => {
                self.next = Next::Rest;
                Class::Name
            }
            Next::Value | Next::Step | Next::Layer | Next::Right | Next::Operand(_) => {
                self.part(word)
            }
            Next::Nothing => Class::Name,
        }
    }

    fn begins(&mut self, word: &str, tokens: &[Token]) -> Class {
        let Some(verb) = vocabulary::verb(word) else { return self.part(word) };
        self.verb = vocabulary::find_kind(word, WordKind::Verb);
        self.head = None;
        self.next = match verb {
            Verb::Use => self.verb.map_or(Next::Nothing, Next::Argument),
            Verb::Runs | Verb::Undo | Verb::Seed => Next::Nothing,
            _ => Next::Subject(verb),
        };
        let words = tokens[1..].iter().map_while(|token| match &token.kind {
            TokenKind::Word(word) => Some(word.as_str()),
            _ => None,
        });
        let words: Vec<&str> = words.collect();
        self.view = words.iter().position(|word| *word == "of").map_or(0, |n| n + 1);
        Class::Verb
    }

    /// One of the words before `of`, or `of` itself.
    fn view_word(&mut self, word: &str) -> Class {
        self.view -= 1;
        if word == "of" && self.view == 0 {
            self.begin(Next::Value);
            return Class::Preposition;
        }
        Class::View
    }

    fn setting(&mut self, word: &str) -> Class {
        match vocabulary::find_kind(word, WordKind::Setting) {
            Some(entry) => {
                self.next = Next::Argument(entry);
                Class::Option
            }
            None => Class::Name,
        }
    }

    fn subject(&mut self, word: &str) -> Class {
        let is = |kind| vocabulary::find_kind(word, kind).is_some();
        if is(WordKind::Preposition) {
            return self.rest(word, None);
        }
        let is_part = [WordKind::Layer, WordKind::Source, WordKind::Baseline];
        if is(WordKind::View) && !is_part.into_iter().any(is) {
            // `plot scores` stands alone.
            self.next = Next::Rest;
            return Class::View;
        }
        self.part(word)
    }

    /// A layer, a step, a source, a baseline, or a name.
    fn part(&mut self, word: &str) -> Class {
        let kinds: &[WordKind] = match self.next {
            Next::Step => &[WordKind::Step],
            Next::Layer => &[WordKind::Layer],
            _ => &[WordKind::Source, WordKind::Layer, WordKind::Baseline],
        };
        self.head = kinds.iter().find_map(|kind| vocabulary::find_kind(word, *kind));
        if !matches!(self.next, Next::Step | Next::Layer) {
            self.first = Some(word.to_owned());
        }
        self.next = match self.head {
            Some(entry) if takes_text(entry) => Next::Argument(entry),
            _ => Next::Rest,
        };
        self.head.map_or(Class::Name, |entry| Class::of(entry.kind))
    }

    fn rest(&mut self, word: &str, follows: Option<&TokenKind>) -> Class {
        let own = self.head.filter(|head| head.options.contains(&word));
        if own.is_some() {
            self.next = argument_of(word, WordKind::DataOption)
                .or_else(|| argument_of(word, WordKind::PartOption))
                .unwrap_or(Next::Rest);
            return Class::Option;
        }
        if word == "x" && matches!(follows, Some(TokenKind::Number(_))) {
            return Class::Keyword;
        }
        if word == "beats" {
            self.begin(Next::Right);
            return Class::Keyword;
        }
        if let Some(preposition) = preposition(word) {
            self.begin(Next::Operand(preposition));
            return Class::Preposition;
        }
        if self.verb.is_some_and(|verb| verb.options.contains(&word)) {
            self.head = None;
            self.next = argument_of(word, WordKind::CommandOption).unwrap_or(Next::Rest);
            return Class::Option;
        }
        self.next = Next::Rest;
        Class::Name
    }
}

fn optimiser(word: &str) -> Option<&'static Entry> {
    vocabulary::find_kind(word, WordKind::Optimiser)
}

/// Whether a name, a column or a file comes right after a word.
fn takes_text(entry: &Entry) -> bool {
    ["FILE", "COLUMN"].iter().any(|what| entry.usage.starts_with(what))
}

fn argument_of(word: &str, kind: WordKind) -> Option<Next> {
    let entry = vocabulary::find_kind(word, kind)?;
    (!entry.usage.is_empty()).then_some(Next::Argument(entry))
}

/// Whether a word is one of the values that an option or a setting can have.
pub(super) fn is_value_of(word: &str, entry: &Entry) -> bool {
    values_of(entry).any(|value| value == word)
}

/// The words that an option or a setting can have, as its usage says: `on or off`.
pub(super) fn values_of(entry: &Entry) -> impl Iterator<Item = &'static str> + use<> {
    let parts = entry.usage.split([' ', '|', '[', ']']);
    parts.filter(|word| {
        *word != "or"
            && !word.is_empty()
            && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    })
}

fn class_of_any(word: &str) -> Class {
    vocabulary::find(word).next().map_or(Class::Name, |entry| Class::of(entry.kind))
}

//! The arguments of a layer, source or step, read from left to right.

use carousel_lang::ast::{Arg, ArgKind, Word};
use carousel_lang::vocabulary::{self, WordKind, is_later_option, suggest};
use carousel_lang::{Diagnostic, Span};

use super::line::{Line, arg_text};
use super::number::{self, Real, Whole, swept};

/// What stands after a word.
#[derive(Debug)]
pub(super) struct Args<'a> {
    /// The word.
    pub(super) head: &'a Word,
    /// What hints repeat.
    pub(super) line: Line<'a>,
    rest: &'a [Arg],
    known: &'a [&'a str],
    options: Vec<Word>,
}

impl<'a> Args<'a> {
    /// What stands after a word of the language, or after a name.
    pub(super) fn new(head: &'a Word, args: &'a [Arg], line: Line<'a>) -> Self {
        Args { head, line, rest: args, known: known(&head.text), options: Vec::new() }
    }

    /// The same with the options that a name has.
    pub(super) fn with_options(self, known: &'a [&'a str]) -> Self {
        Args { known, ..self }
    }

    pub(super) fn peek(&self) -> Option<&'a Arg> {
        self.rest.first()
    }

    pub(super) fn next(&mut self) -> Option<&'a Arg> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// The next argument, if it is a word: an option, which may stand once.
    ///
    /// # Errors
    /// Where it stands for the second time.
    pub(super) fn option(&mut self) -> Result<Option<Word>, Diagnostic> {
        let Some(Arg { kind: ArgKind::Word(text), span }) = self.peek() else {
            return Ok(None);
        };
        self.next();
        let word = Word { text: text.clone(), span: *span };
        once(&self.options, &word)?;
        self.options.push(word.clone());
        Ok(Some(word))
    }

    /// Whether the next argument is this word; then it is read.
    pub(super) fn takes(&mut self, word: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Arg { kind: ArgKind::Word(text), .. }) if text == word);
        if is_next {
            self.next();
        }
        is_next
    }

    /// The whole number that stands next, which belongs to `of`.
    ///
    /// # Errors
    /// Where it is missing, or not allowed.
    pub(super) fn whole(&mut self, of: &Word, rule: Whole) -> Result<usize, Diagnostic> {
        match self.number() {
            Some(arg) => number::whole(of, arg, rule, self.line),
            None => Err(self.missing(of, rule.noun, &rule.usual.to_string())),
        }
    }

    /// The number that stands next, which belongs to `of`.
    ///
    /// # Errors
    /// Where it is missing, or not allowed.
    pub(super) fn real(&mut self, of: &Word, rule: Real) -> Result<f64, Diagnostic> {
        match self.number() {
            Some(arg) => number::real(of, arg, rule, self.line),
            None => Err(self.missing(of, rule.noun, rule.usual)),
        }
    }

    /// Reads the next argument unless it is a word.
    pub(super) fn number(&mut self) -> Option<&'a Arg> {
        match self.peek()?.kind {
            ArgKind::Word(_) => None,
            _ => self.next(),
        }
    }

    /// E2: `of` stands without what belongs to it.
    pub(super) fn missing(&self, of: &Word, noun: &str, usual: &str) -> Diagnostic {
        missing(of, noun, usual, self.line)
    }

    /// E1 or E7: an option that the word has not.
    pub(super) fn unknown(&self, option: &Word) -> Diagnostic {
        let title = format!("`{}` has no option `{}`", self.head.text, option.text);
        let error = Diagnostic::error(title);
        let known: Vec<&str> =
            self.known.iter().copied().filter(|word| !is_later_option(word)).collect();
        if let Some(near) = suggest(&option.text, known.iter().copied()) {
            return error
                .code("E1")
                .label(option.span, format!("did you mean `{near}`?"))
                .with_fix(self.line.instead(option.span, near));
        }
        let error = error
            .code("E7")
            .label(option.span, "not known here")
            .with_fix(self.line.instead(option.span, ""));
        if known.is_empty() {
            return error;
        }
        error.note(format!("its options are {}", known.join(", ")))
    }

    /// Said of an argument that nothing can be done with.
    pub(super) fn unexpected(&self, arg: &Arg) -> Diagnostic {
        let text = arg_text(arg);
        let head = &self.head.text;
        match arg.kind {
            ArgKind::Choice(_) => swept(arg, self.line),
            ArgKind::Word(_) => self.unknown(&Word { text, span: arg.span }),
            _ => Diagnostic::error(format!("`{head}` has no use for {text}"))
                .label(arg.span, "one too many")
                .with_fix(self.line.instead(arg.span, "")),
        }
    }

    /// All arguments have been read.
    ///
    /// # Errors
    /// Where one is left.
    pub(super) fn end(&self) -> Result<(), Diagnostic> {
        self.peek().map_or(Ok(()), |arg| Err(self.unexpected(arg)))
    }

    /// Where an option stands, if it was read.
    pub(super) fn place(&self, option: &str) -> Option<Span> {
        self.options.iter().find(|word| word.text == option).map(|word| word.span)
    }
}

/// The options that the vocabulary knows of a word which begins a part.
pub(super) fn known(word: &str) -> &'static [&'static str] {
    let kinds = [WordKind::Source, WordKind::Step, WordKind::Layer, WordKind::Baseline];
    let entry = vocabulary::find(word).find(|entry| kinds.contains(&entry.kind));
    entry.map_or(&[], |entry| entry.options)
}

/// E2: `of` stands without what belongs to it.
pub(super) fn missing(of: &Word, noun: &str, usual: &str, line: Line<'_>) -> Diagnostic {
    let with = format!("{} {usual}", of.text);
    Diagnostic::error(format!("`{}` needs its {noun}: `{with}`", of.text))
        .code("E2")
        .label(of.span, format!("its {noun} goes after it"))
        .with_fix(line.instead(of.span, &with))
}

/// An option may stand once.
///
/// # Errors
/// Where it is among those that were read before.
pub(super) fn once(before: &[Word], word: &Word) -> Result<(), Diagnostic> {
    match before.iter().find(|earlier| earlier.text == word.text) {
        Some(earlier) => Err(Diagnostic::error(format!("`{}` stands twice", word.text))
            .label(word.span, "a second time")
            .label(earlier.span, "here already")),
        None => Ok(()),
    }
}

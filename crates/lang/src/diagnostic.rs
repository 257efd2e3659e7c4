//! What is told to a person: errors, and hints on what works but surprises.
//!
//! Every stage makes these; [`Diagnostic::render`] is the one place that turns them
//! into text.

use crate::Span;

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The statement was not carried out; nothing has changed.
    Error,
    /// The statement was carried out; here is something worth knowing.
    Hint,
}

/// One message: a title that makes sense alone, places with this program's values,
/// notes, and the line to type instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or hint.
    pub severity: Severity,
    /// The stable code that `help E4` explains, if the message has one.
    pub code: Option<&'static str>,
    /// What is wrong: lower case, names in backticks, no full stop.
    pub title: String,
    /// Places, the first of which is the one to look at.
    pub labels: Vec<Label>,
    /// Facts that help, one sentence each.
    pub notes: Vec<String>,
    /// The way out: what to type instead.
    pub hint: Option<Box<str>>,
    /// The change of the text that the hint stands for, where it is one: an editor can
    /// make it.
    pub fix: Option<Box<Fix>>,
}

/// A change of a text that mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced; may be empty, to put something in.
    pub span: Span,
    /// By what.
    pub text: String,
    /// The line that is typed then.
    pub line: String,
}

/// A place and what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// This program's value there; may be empty.
    pub text: String,
}

impl Diagnostic {
    /// An error with nothing but its title.
    pub fn error(title: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Error,
            code: None,
            title: title.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            hint: None,
            fix: None,
        }
    }

    /// A hint with nothing but its title.
    pub fn hint(title: impl Into<String>) -> Self {
        Diagnostic { severity: Severity::Hint, ..Diagnostic::error(title) }
    }

    /// The same with a stable code: `E4`, `H1`.
    #[must_use]
    pub fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// The same with a place; the first one given is the main one.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// The same with a place if it has none yet: used where an inner stage does not
    /// know the text and an outer one does.
    #[must_use]
    pub fn or_label(self, span: Span, text: impl Into<String>) -> Self {
        if self.labels.is_empty() { self.label(span, text) } else { self }
    }

    /// The same with a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The same with a way out; an empty one is none.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into().into_boxed_str()).filter(|hint| !hint.is_empty());
        self
    }

    /// The same with a way out that is a change of the text: its line is the hint.
    #[must_use]
    pub fn with_fix(self, fix: Fix) -> Self {
        let line = fix.line.clone();
        Diagnostic { fix: Some(Box::new(fix)), ..self.with_hint(line) }
    }
}

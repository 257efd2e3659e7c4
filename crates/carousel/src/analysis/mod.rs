//! A text that is being typed, seen from a session: what is wrong with it, what its
//! models and data would be, what can stand at the cursor and what a word there means.
//!
//! The prompt, the language server and the notebook kernel all show this. Nothing is
//! trained, written or shown for it, and the session stays as it was.

mod complete;
mod explain;
mod ghost;
mod weight;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use carousel_lang::reading::{Highlight, highlights, is_open};
use carousel_lang::{Diagnostic, Severity, SourceId, Sources, Span};

use crate::Session;
use crate::session::DryRun;

pub use complete::{Candidate, Completion};
pub use explain::Explanation;
pub(crate) use ghost::ghost;
pub(crate) use weight::is_heavy;

/// What is known of a text before it runs.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The texts that messages point into.
    pub sources: Sources,
    /// Which of them is the one that was looked at.
    pub source: SourceId,
    /// Errors, then hints, as running the text would tell them.
    pub diagnostics: Vec<Diagnostic>,
    /// What models and data would be.
    pub ghosts: Vec<Ghost>,
    /// What each of its words is.
    pub highlights: Vec<Highlight>,
    /// Whether its last statement waits for another line.
    pub open: bool,
}

/// What a statement makes, in a few words: `3x1 -> 3x4 -> 4 -> 1, 245 weights` for a
/// model, `93 train, 48 test windows of 3 steps` for data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ghost {
    /// The statement.
    pub span: Span,
    /// What it makes.
    pub text: String,
}

impl Analysis {
    /// The first error, which is what to look at while typing.
    pub fn error(&self) -> Option<&Diagnostic> {
        self.diagnostics.iter().find(|d| d.severity == Severity::Error)
    }
}

impl Session {
    /// What a text says as it stands. Data that would take long to read or to make is
    /// not looked at, nor is what comes after it in the text.
    pub fn analyse(&mut self, name: &str, text: &str) -> Analysis {
        self.analysis(name, text, true)
    }

    /// The same with all of the data, however long that takes: what `carousel check`
    /// tells.
    pub fn inspect(&mut self, name: &str, text: &str) -> Analysis {
        self.analysis(name, text, false)
    }

    fn analysis(&mut self, name: &str, text: &str, light: bool) -> Analysis {
        let kept = self.sources().clone();
        let source = self.sources_mut().add(name, text).clone();
        let mut run = DryRun::new(light);
        self.dry_run(&source, &mut run);
        let sources = std::mem::replace(self.sources_mut(), kept);
        Analysis {
            source: source.id,
            diagnostics: run.messages(),
            ghosts: run.ghosts,
            highlights: highlights(&source),
            open: is_open(&source),
            sources,
        }
    }

    /// Runs `look` on a statement at work that changes nothing and shows nothing.
    pub(super) fn look<T>(
        &mut self,
        look: impl FnOnce(&mut crate::work::Work<'_>) -> T,
    ) -> T {
        let state = self.state().clone();
        let mut told = BTreeSet::new();
        let mut silent = |_| ControlFlow::Continue(());
        let mut work = self.work(&mut told, state, true, &mut silent);
        work.light = true;
        look(&mut work)
    }
}

#[cfg(test)]
mod tests;

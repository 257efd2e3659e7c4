//! What was said in a session and had an effect or a result: statements go in, in their
//! order, and the script of those that still matter comes out.

mod put;
mod script;
mod touched;

use std::collections::BTreeSet;
use std::sync::Arc;

use carousel_lang::ast::{Statement, StatementKind, Verb};

use crate::state::{Data, State};
use touched::{defined, read};

/// All statements that were carried out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Journal {
    entries: Vec<Entry>,
    /// The number of the next one.
    next: usize,
}

/// One statement and what it has to do with others.
#[derive(Debug, Clone)]
struct Entry {
    number: usize,
    statement: Statement,
    /// What it made or changed: names, `it`, settings.
    defines: BTreeSet<String>,
    /// What it read, each with the number of the statement that had made it.
    reads: Vec<(String, Option<usize>)>,
    /// How it ended.
    end: End,
    /// The data that a program put in; the statement shows the first of its values.
    put: Option<Arc<Data>>,
}

/// How a statement ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// As it was said.
    Whole,
    /// Ctrl-C stopped its training, in this epoch of so many.
    Stopped {
        /// The epoch that was begun, from 1.
        epoch: usize,
        /// How many there would have been.
        of: usize,
    },
    /// Its time was over, which comes sooner or later on another machine.
    Timed,
    /// With an error, and something of it was kept.
    Failed,
}

impl Journal {
    /// How many statements there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Remembers a statement that turned one state into another.
    pub(crate) fn remember(
        &mut self,
        statement: &Statement,
        before: &State,
        after: &State,
        end: End,
    ) {
        if !has_result(statement) {
            return;
        }
        let reads = read(statement, before).into_iter();
        let reads = reads.map(|name| {
            let maker = self.maker(&name);
            (name, maker)
        });
        let reads = reads.collect();
        let defines = defined(statement, before, after);
        let (number, statement) = (self.next, statement.clone());
        self.entries.push(Entry { number, statement, defines, reads, end, put: None });
        self.next += 1;
    }

    /// Remembers data that a program put in, as a statement that names a list.
    pub(crate) fn remember_put(
        &mut self,
        statement: &Statement,
        data: &Arc<Data>,
        before: &State,
        after: &State,
    ) {
        self.remember(statement, before, after, End::Whole);
        if let Some(entry) = self.entries.last_mut() {
            entry.put = Some(Arc::clone(data));
        }
    }

    /// Forgets the statement at a place: `undo` has taken it back.
    pub(crate) fn forget(&mut self, at: usize) {
        if at < self.entries.len() {
            self.entries.remove(at);
        }
    }

    /// The number of the statement that made a name what it is now.
    fn maker(&self, name: &str) -> Option<usize> {
        let made = self.entries.iter().rev().find(|entry| entry.defines.contains(name));
        made.map(|entry| entry.number)
    }
}

/// Whether a script that tells the same has to have the statement: not where it only
/// explained something.
fn has_result(statement: &Statement) -> bool {
    let StatementKind::Command(command) = &statement.kind else { return true };
    match command.verb {
        Verb::Help | Verb::Runs | Verb::Undo | Verb::Check => false,
        Verb::Save => {
            let subject = command.subjects.first();
            subject.and_then(crate::need::single_word).is_none_or(|w| w.text != "session")
        }
        Verb::Train
        | Verb::Continue
        | Verb::Score
        | Verb::Compare
        | Verb::Plot
        | Verb::Show
        | Verb::Step
        | Verb::Predict
        | Verb::Forecast
        | Verb::Generate
        | Verb::Expect
        | Verb::Use
        | Verb::Seed
        | Verb::Set
        | Verb::Reset => true,
    }
}

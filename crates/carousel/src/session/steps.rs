//! A text that runs statement by statement, and a session that goes back to where it
//! stood: what runs again is what has changed.
//!
//! ```
//! use std::ops::ControlFlow;
//! use carousel::Session;
//!
//! let mut session = Session::new();
//! let program = session.read("<doc>", "model m = lstm 4 -> dense 1\nseed 3").unwrap();
//! let mut quiet = |_| ControlFlow::Continue(());
//! session.carry_out(&program.statements[0], &mut quiet).unwrap();
//! let before = session.checkpoint();
//! session.carry_out(&program.statements[1], &mut quiet).unwrap();
//! session.rewind(&before);
//! assert!(session.network("m").is_some());
//! ```

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use carousel_lang::ast::{Program, Statement};
use carousel_lang::{Diagnostic, parse};

use super::{Before, Emit, End, Session};
use crate::journal::Journal;
use crate::level;
use crate::state::State;

/// Where a session stood. It is cheap: what is heavy in it is shared.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    state: State,
    before: Vec<Before>,
    told: BTreeSet<&'static str>,
    journal: Journal,
    /// How many texts there were.
    texts: usize,
}

impl Session {
    /// Where it stands: its names, models, settings, and the hints that it has told.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            state: self.state.clone(),
            before: self.before.clone(),
            told: self.told.clone(),
            journal: self.journal.clone(),
            texts: self.sources.count(),
        }
    }

    /// Goes back to where it stood. Files that were written since stay as they are.
    pub fn rewind(&mut self, to: &Checkpoint) {
        let Checkpoint { state, before, told, journal, texts } = to.clone();
        (self.state, self.before, self.told) = (state, before, told);
        self.journal = journal;
        self.sources.truncate(texts);
    }

    /// The statements of a text, which messages will call `name`; none of them runs.
    ///
    /// # Errors
    /// All that is wrong with the text.
    pub fn read(&mut self, name: &str, text: &str) -> Result<Program, Vec<Diagnostic>> {
        level::check().map_err(|error| vec![error])?;
        let source = self.sources.add(name, text).clone();
        let (program, errors) = parse(&source);
        if errors.is_empty() { Ok(program) } else { Err(errors) }
    }

    /// Runs one statement of a text that was [`read`](Session::read). It breaks where
    /// nobody reads the results any more, or the statement was interrupted.
    ///
    /// # Errors
    /// What is wrong with it; it has no effect then.
    pub fn carry_out(
        &mut self,
        statement: &Statement,
        emit: Emit<'_>,
    ) -> Result<ControlFlow<()>, Vec<Diagnostic>> {
        Ok(match self.run_statement(statement, emit)? {
            End::Whole => ControlFlow::Continue(()),
            End::Early => ControlFlow::Break(()),
        })
    }
}

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
//! assert!(session.carry_out(&program.statements[0], &mut quiet).is_ok());
//! let before = session.checkpoint();
//! assert!(session.carry_out(&program.statements[1], &mut quiet).is_ok());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Output;

    const TEXT: &str = "data air = airline | split 67% | scale 0..1 | window 3\n\
                        m = train lstm 2 stateful -> lstm 2 -> dense 1 on air epochs 2\n\
                        score m\nseed 3\nundo";

    /// What the statements from one on say.
    fn said(session: &mut Session, program: &Program, from: usize) -> String {
        let mut text = String::new();
        for statement in &program.statements[from..] {
            let outcome = session.carry_out(statement, &mut |output| {
                if !matches!(output, Output::Epoch(_)) {
                    text += &output.to_text(200, false);
                }
                ControlFlow::Continue(())
            });
            assert_eq!(outcome, Ok(ControlFlow::Continue(())));
        }
        text
    }

    #[test]
    fn what_runs_again_says_the_same_hints_included() {
        let mut session = Session::new();
        let program = session.read("<test>", TEXT).unwrap();
        let start = session.checkpoint();
        let whole = said(&mut session, &program, 0);
        assert!(whole.contains("H3") && whole.contains("taken back: seed 3"), "{whole}");

        session.rewind(&start);
        assert!(session.network("m").is_none());
        assert_eq!(said(&mut session, &program, 0), whole);

        session.rewind(&start);
        let data =
            Program { statements: program.statements[..1].to_vec(), trailing: vec![] };
        let first = said(&mut session, &data, 0);
        let after_data = session.checkpoint();
        for _ in 0..2 {
            session.rewind(&after_data);
            assert_eq!(format!("{first}{}", said(&mut session, &program, 1)), whole);
        }
    }

    #[test]
    fn a_clone_goes_its_own_way_on_another_thread() {
        let mut session = Session::new();
        let mut quiet = |_| ControlFlow::Continue(());
        let program = session.read("<test>", "model m = lstm 4 -> dense 1").unwrap();
        let mut clone = session.clone();
        assert!(session.carry_out(&program.statements[0], &mut quiet).is_ok());
        let theirs = std::thread::spawn(move || {
            let program = clone.read("<test>", "model n = lstm 4 -> dense 1").unwrap();
            let mut quiet = |_| ControlFlow::Continue(());
            assert!(clone.carry_out(&program.statements[0], &mut quiet).is_ok());
            clone
        });
        let theirs = theirs.join().unwrap();
        assert!(session.network("m").is_some() && session.network("n").is_none());
        assert!(theirs.network("m").is_none() && theirs.network("n").is_some());
        session.interrupt().store(true, std::sync::atomic::Ordering::SeqCst);
        assert!(!theirs.interrupt().load(std::sync::atomic::Ordering::SeqCst));
    }

    #[test]
    fn going_back_forgets_the_texts_since() {
        let mut session = Session::new();
        session.read("<one>", "runs").unwrap();
        let start = session.checkpoint();
        for _ in 0..3 {
            session.rewind(&start);
            assert!(session.read("<two>", "lstm 4 =>> dense").is_err());
            assert_eq!(session.sources().count(), 2);
        }
    }

    #[test]
    fn a_statement_that_fails_is_told_with_its_place_in_the_whole_text() {
        let mut session = Session::new();
        let program = session.read("<test>", "seed 3\nscore nobody").unwrap();
        let mut quiet = |_| ControlFlow::Continue(());
        assert!(session.carry_out(&program.statements[0], &mut quiet).is_ok());
        let errors = session.carry_out(&program.statements[1], &mut quiet).unwrap_err();
        assert!(errors[0].render(session.sources(), false).contains("<test>:2:7"));
    }
}

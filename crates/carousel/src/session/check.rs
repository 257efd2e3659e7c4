//! A text that is only checked: its errors and hints come out, and those of the scripts
//! that it uses.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use carousel_lang::ast::{Command, Statement, StatementKind, Verb};
use carousel_lang::{Diagnostic, Severity, parse};

use super::Session;
use crate::state::State;
use crate::work::Halt;
use crate::{Output, statements};

impl Session {
    /// All errors and hints of a text; nothing is trained, written or shown, and the
    /// session stays as it was.
    pub fn check(&mut self, name: &str, text: &str) -> Vec<Diagnostic> {
        let source = self.sources.add(name, text).clone();
        let (program, mut found) = parse(&source);
        let mut state = self.state.clone();
        let mut hints = Vec::new();
        self.check_all(&program.statements, &mut state, &mut found, &mut hints);
        hints.dedup_by(|a, b| a.code == b.code);
        found.extend(hints);
        found.sort_by_key(|d| d.severity == Severity::Hint);
        found
    }

    /// Checks statements from a state on, which they change.
    fn check_all(
        &mut self,
        statements: &[Statement],
        state: &mut State,
        found: &mut Vec<Diagnostic>,
        hints: &mut Vec<Diagnostic>,
    ) {
        for statement in statements {
            if let StatementKind::Command(command) = &statement.kind
                && command.verb == Verb::Use
            {
                if let Err(errors) = self.check_script(command, state, found, hints) {
                    found.extend(errors);
                }
                continue;
            }
            let mut told = BTreeSet::new();
            let mut collect = |output| {
                if let Output::Hint(hint) = output {
                    hints.push(hint);
                }
                ControlFlow::Continue(())
            };
            let mut work = self.work(&mut told, state.clone(), true, &mut collect);
            match statements::carry_out(&mut work, statement) {
                Ok(()) => *state = work.state,
                Err(Halt::Errors(errors) | Halt::Kept(errors)) => found.extend(errors),
                Err(Halt::Quit) => {}
            }
        }
    }

    /// Checks the script that `use` names as if its statements stood there.
    fn check_script(
        &mut self,
        command: &Command,
        state: &mut State,
        found: &mut Vec<Diagnostic>,
        hints: &mut Vec<Diagnostic>,
    ) -> Result<(), Vec<Diagnostic>> {
        let script = self.script(command, &state.within)?;
        let source = self.sources.add(&script.typed, &script.text).clone();
        let (program, errors) = parse(&source);
        found.extend(errors);
        let outer = std::mem::replace(&mut state.within, script.within);
        self.using.push(script.path);
        self.check_all(&program.statements, state, found, hints);
        self.using.pop();
        state.within = outer;
        Ok(())
    }
}

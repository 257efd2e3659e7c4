//! A text that is only looked at: its errors, hints and what it would make come out, and
//! those of the scripts that it uses.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use carousel_lang::ast::{Command, Statement, StatementKind, Verb};
use carousel_lang::{Diagnostic, Source, parse};

use super::Session;
use crate::analysis::{Ghost, ghost};
use crate::state::State;
use crate::work::Halt;
use crate::{Output, statements};

/// What a dry run is to look at, and what it found.
#[derive(Debug, Default)]
pub(crate) struct DryRun {
    /// Whether it stops before data that would take long to make.
    light: bool,
    /// What is wrong.
    errors: Vec<Diagnostic>,
    /// What works but surprises.
    hints: Vec<Diagnostic>,
    /// What the statements of the text would make, without those of scripts it uses.
    pub(crate) ghosts: Vec<Ghost>,
    /// How deep in scripts that use each other.
    depth: usize,
    /// Whether it has stopped.
    stopped: bool,
}

impl DryRun {
    /// One that has found nothing yet.
    pub(crate) fn new(light: bool) -> DryRun {
        DryRun { light, ..DryRun::default() }
    }

    /// Errors, then hints, each hint once.
    pub(crate) fn messages(&self) -> Vec<Diagnostic> {
        let mut told = BTreeSet::new();
        let new = |hint: &&Diagnostic| hint.code.is_none_or(|code| told.insert(code));
        self.errors.iter().chain(self.hints.iter().filter(new)).cloned().collect()
    }
}

impl Session {
    /// All errors and hints of a text; nothing is trained, written or shown, and the
    /// session stays as it was.
    pub fn check(&mut self, name: &str, text: &str) -> Vec<Diagnostic> {
        let source = self.sources.add(name, text).clone();
        let mut run = DryRun::new(false);
        self.dry_run(&source, &mut run);
        run.messages()
    }

    /// Looks at all statements of a text.
    pub(crate) fn dry_run(&mut self, source: &Source, run: &mut DryRun) {
        let (program, errors) = parse(source);
        run.errors.extend(errors);
        let mut state = self.state.clone();
        self.look_at(&program.statements, &mut state, run);
    }

    /// Looks at statements from a state on, which they change.
    fn look_at(&mut self, statements: &[Statement], state: &mut State, run: &mut DryRun) {
        for statement in statements {
            if run.stopped {
                return;
            }
            if let StatementKind::Command(command) = &statement.kind
                && command.verb == Verb::Use
            {
                if let Err(errors) = self.look_at_script(command, state, run) {
                    run.errors.extend(errors);
                }
                continue;
            }
            self.look_at_one(statement, state, run);
        }
    }

    fn look_at_one(
        &mut self,
        statement: &Statement,
        state: &mut State,
        run: &mut DryRun,
    ) {
        let mut told = BTreeSet::new();
        let hints = &mut run.hints;
        let mut collect = |output| {
            if let Output::Hint(hint) = output {
                hints.push(hint.or_label(statement.span, ""));
            }
            ControlFlow::Continue(())
        };
        let mut work = self.work(&mut told, state.clone(), true, &mut collect);
        work.light = run.light;
        let made = if run.depth == 0 { ghost(&mut work, statement) } else { None };
        work.state = state.clone();
        match statements::carry_out(&mut work, statement) {
            Ok(()) => {
                *state = work.state;
                run.ghosts.extend(made.map(|text| Ghost { span: statement.span, text }));
            }
            Err(Halt::Errors(errors) | Halt::Kept(errors)) => run.errors.extend(errors),
            Err(Halt::Quit) => run.stopped = true,
        }
    }

    /// Looks at the script that `use` names as if its statements stood there.
    fn look_at_script(
        &mut self,
        command: &Command,
        state: &mut State,
        run: &mut DryRun,
    ) -> Result<(), Vec<Diagnostic>> {
        let script = self.script(command, &state.within)?;
        let source = self.sources.add(&script.typed, &script.text).clone();
        let (program, errors) = parse(&source);
        run.errors.extend(errors);
        let outer = std::mem::replace(&mut state.within, script.within);
        self.using.push(script.path);
        run.depth += 1;
        self.look_at(&program.statements, state, run);
        run.depth -= 1;
        self.using.pop();
        state.within = outer;
        Ok(())
    }
}

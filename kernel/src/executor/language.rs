//! A cell in the language: statement by statement, and each has its whole effect or none.

use std::ops::ControlFlow;

use carousel::Output;
use carousel_lang::Diagnostic;
use carousel_lang::ast::{Program, Statement, StatementKind, Verb};
use serde_json::{Value, json};

use super::{Executor, Left, interrupted};
use crate::failure::Failure;
use crate::show::{Page, Show};

/// Words that end the prompt, and so the kernel too.
const ENDS: [&str; 2] = ["exit", "quit"];

impl Executor {
    /// Runs the statements of a cell in order, up to the first that fails.
    pub(super) fn run_language(
        &mut self,
        code: &str,
        show: &mut Show,
    ) -> Result<Left, Failure> {
        if ENDS.contains(&code.trim()) {
            let ask = json!({ "source": "ask_exit", "keepkernel": false });
            return Ok(Left { payload: vec![ask], ..Left::default() });
        }
        let name = format!("cell {}", self.count);
        let program = self.session.read(&name, code);
        let program = program.map_err(|errors| self.failure(&errors))?;
        let mut left = Left::default();
        for statement in &program.statements {
            if self.desk.interrupt.is_pressed() {
                return Err(interrupted());
            }
            let is_result = is_result(&program, statement);
            let ended = self.run_statement(statement, is_result, show, &mut left);
            show.write(Page::settle);
            *self.desk.onlooker() = self.session.clone();
            ended?;
        }
        match left.unmet.first() {
            Some(first) => Err(Failure::new("ExpectationFailed", first.as_str())),
            None => Ok(left),
        }
    }

    fn run_statement(
        &mut self,
        statement: &Statement,
        is_result: bool,
        show: &mut Show,
        left: &mut Left,
    ) -> Result<(), Failure> {
        let dark = self.session.is_dark();
        show.write(|page| page.dark = dark);
        let is_help = is_help(statement);
        let ended = self.session.carry_out(statement, &mut |output| {
            match &output {
                Output::Text(text) if is_help => left.payload.push(page(text)),
                _ => show.write(|page| page.output(&output, is_result)),
            }
            if let Output::Expect { text, passed: false, found } = &output {
                left.unmet.push(format!("{text} ({found})"));
            }
            ControlFlow::Continue(())
        });
        match ended {
            Ok(ControlFlow::Continue(())) => Ok(()),
            // Nothing here breaks off but an interruption.
            Ok(ControlFlow::Break(())) => Err(interrupted()),
            Err(errors) => {
                let mut failure = self.failure(&errors);
                if self.desk.interrupt.is_pressed() {
                    failure.name = interrupted().name;
                }
                Err(failure)
            }
        }
    }

    fn failure(&self, errors: &[Diagnostic]) -> Failure {
        Failure::of(errors, self.session.sources())
    }
}

/// Whether a statement is the value of its cell: a bare chain or pipe at its end.
fn is_result(program: &Program, statement: &Statement) -> bool {
    let last = program.statements.last().is_some_and(|last| last.span == statement.span);
    last && matches!(statement.kind, StatementKind::Value(_))
}

fn is_help(statement: &Statement) -> bool {
    matches!(&statement.kind, StatementKind::Command(command) if command.verb == Verb::Help)
}

/// Help, for the pager of a notebook.
fn page(text: &str) -> Value {
    json!({ "source": "page", "data": { "text/plain": text.trim_end() }, "start": 0 })
}

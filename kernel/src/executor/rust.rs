//! A cell in Rust: what it prints and draws goes on the page, and the values that it asks
//! for come from the session.

use carousel::Session;
use carousel_lang::Diagnostic;
use serde_json::{Value, json};

use super::{Executor, Left};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::rust::{Display, World};
use crate::show::{Page, Show};
use crate::stdin::Stdin;
use crate::stream::Stream;
use crate::wire::Request;

/// What a running cell reaches.
struct Reach<'a> {
    session: &'a mut Session,
    show: &'a mut Show,
    stdin: &'a Stdin,
    interrupt: &'a Interrupt,
    request: &'a Request,
}

impl Executor {
    /// Runs a cell's Rust and shows the value of its last expression.
    pub(super) fn run_rust(
        &mut self,
        code: &str,
        request: &Request,
        show: &mut Show,
    ) -> Result<Left, Failure> {
        let mut world = Reach {
            session: &mut self.session,
            show: &mut *show,
            stdin: &self.stdin,
            interrupt: &self.desk.interrupt,
            request,
        };
        let ended = self.rust.run(code, &mut world);
        *self.desk.onlooker() = self.session.clone();
        let value = ended?;
        if !value.is_empty() {
            let data = value.into_iter().map(|(kind, data)| (kind, Value::String(data)));
            show.write(|page| page.result(data.collect()));
        }
        Ok(Left::default())
    }
}

impl World for Reach<'_> {
    fn print(&mut self, stream: Stream, text: &str) {
        self.show.write(|page| page.print(stream, text));
    }

    fn display(&mut self, display: Display) {
        let Display { id, update, mime, data } = display;
        let mut shown = json!({ &*mime: data });
        if mime != "text/plain" {
            shown["text/plain"] = json!(format!("<{mime}>"));
        }
        self.show.write(|page| page.display(shown, id.as_deref(), update));
    }

    fn clear(&mut self) {
        self.show.write(Page::clear);
    }

    fn get(&mut self, name: &str) -> Result<Vec<f64>, String> {
        self.session.values(name).map_err(told)
    }

    fn names(&mut self) -> Vec<String> {
        self.session.value_names()
    }

    fn put(&mut self, name: &str, values: &[f64]) -> Result<(), String> {
        self.session.put_values(name, values).map_err(told)
    }

    fn ask(&mut self, prompt: &str) -> Result<String, String> {
        self.stdin.ask(prompt, self.request, self.interrupt)
    }
}

/// An error for a program: without `error:`, since it stands behind words of Rust's own.
fn told(error: Diagnostic) -> String {
    let hint = error.hint.map(|hint| format!("hint: {hint}"));
    let lines = std::iter::once(error.title).chain(error.notes).chain(hint);
    lines.collect::<Vec<_>>().join("\n")
}

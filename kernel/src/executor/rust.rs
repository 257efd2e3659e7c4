//! A cell in Rust: what it prints and draws goes on the page, and the values that it asks
//! for come from the session.

use std::collections::BTreeMap;

use carousel::Session;
use carousel_lang::Diagnostic;

use super::{Executor, Left};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::rust::{Display, World};
use crate::show::{Mime, Page, Show};
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
            show.write(|page| page.result(Mime::of_texts(value)));
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
        let mut texts = BTreeMap::from([("text/plain".to_owned(), format!("<{mime}>"))]);
        texts.insert(mime, data);
        self.show
            .write(|page| page.display(Mime::of_texts(texts), id.as_deref(), update));
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

    fn ask(&mut self, prompt: &str, secret: bool) -> Result<String, String> {
        // What was printed before the question stands above it.
        self.show.write(Page::flush);
        self.stdin.ask(prompt, secret, self.request, self.interrupt)
    }

    fn is_stopped(&self) -> bool {
        self.interrupt.is_pressed()
    }
}

/// An error for a program: without `error:`, since it stands behind words of Rust's own.
fn told(error: Diagnostic) -> String {
    let hint = error.hint.map(|hint| format!("hint: {hint}"));
    let lines = std::iter::once(error.title).chain(error.notes).chain(hint);
    lines.collect::<Vec<_>>().join("\n")
}

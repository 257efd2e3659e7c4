//! A cell in Rust: what it prints and draws goes on the page, and the values that it asks
//! for come from the session.

use carousel::Session;
use serde_json::{Value, json};

use super::{Executor, Left};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::rust::{self, Display, World};
use crate::show::{Show, Stream};
use crate::stdin::Stdin;
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
        let value = ended.map_err(|failure| Failure {
            name: failure.name.to_owned(),
            value: failure.message,
            traceback: failure.traceback,
        })?;
        if !value.is_empty() {
            let data = value.into_iter().map(|(kind, data)| (kind, Value::String(data)));
            show.page().result(data.collect());
        }
        Ok(Left::nothing())
    }
}

impl World for Reach<'_> {
    fn print(&mut self, stream: rust::Stream, text: &str) {
        let stream = match stream {
            rust::Stream::Out => Stream::Out,
            rust::Stream::Err => Stream::Err,
        };
        self.show.page().print(stream, text);
    }

    fn display(&mut self, display: Display) {
        let Display { id, update, mime, data } = display;
        let mut shown = json!({ &*mime: data });
        if mime != "text/plain" {
            shown["text/plain"] = json!(format!("<{mime}>"));
        }
        self.show.page().display(shown, id.as_deref(), update);
    }

    fn clear(&mut self) {
        self.show.page().clear();
    }

    fn get(&mut self, name: &str) -> Result<Vec<f64>, String> {
        self.session.values(name).map_err(|error| told(&error, self.session))
    }

    fn names(&mut self) -> Vec<String> {
        self.session.value_names()
    }

    fn put(&mut self, name: &str, values: &[f64]) -> Result<(), String> {
        let put = self.session.put_values(name, values);
        put.map_err(|error| told(&error, self.session))
    }

    fn ask(&mut self, prompt: &str) -> Result<String, String> {
        self.stdin.ask(prompt, self.request, self.interrupt)
    }
}

fn told(error: &carousel_lang::Diagnostic, session: &Session) -> String {
    error.render_plain(session.sources()).trim_end().to_owned()
}

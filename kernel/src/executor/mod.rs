//! The thread that owns the session: cells go in, one after the other, and each leaves its
//! results on the page and a reply.

mod expressions;
mod language;
#[cfg(feature = "rust-cells")]
mod rust;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::sleep;
use std::time::Duration;

use carousel::Session;
use serde_json::{Value, json};

use crate::cell::Cell;
use crate::desk::Desk;
use crate::failure::Failure;
#[cfg(feature = "rust-cells")]
use crate::rust::RustCells;
use crate::show::{Owner, Page, Show};
use crate::stdin::Stdin;
use crate::wire::{Iopub, Replies, Request, State};

/// After an error, how long cells that were sent together with the failed one are waited
/// for: they come in one after the other.
const AFTER_ERROR: Duration = Duration::from_millis(10);

/// What runs cells.
pub(crate) struct Executor {
    pub(crate) session: Session,
    pub(crate) desk: Arc<Desk>,
    pub(crate) iopub: Iopub,
    pub(crate) replies: Replies,
    #[cfg_attr(
        not(feature = "rust-cells"),
        expect(dead_code, reason = "Rust cells alone ask")
    )]
    pub(crate) stdin: Stdin,
    #[cfg(feature = "rust-cells")]
    pub(crate) rust: RustCells,
    /// How many cells were counted.
    pub(crate) count: usize,
}

/// What a cell leaves for its reply.
#[derive(Debug, Default)]
struct Left {
    /// Help for the pager, or the wish to end.
    payload: Vec<Value>,
    /// What was expected and does not hold.
    unmet: Vec<String>,
}

impl Executor {
    /// Runs cells until no more can come.
    pub(crate) fn serve(mut self, requests: &Receiver<Request>) {
        while let Ok(request) = requests.recv() {
            self.execute(&request, requests);
        }
    }

    /// Runs one cell. Where it fails, those that wait behind it do not run; they are looked
    /// for before its reply leaves, since what comes later may be an answer to that.
    fn execute(&mut self, request: &Request, behind: &Receiver<Request>) {
        let silent = request.flag("silent", false);
        let counted = !silent && request.flag("store_history", true);
        self.count += usize::from(counted);
        let count = self.count;
        self.desk.interrupt.begin();
        self.iopub.state(State::Busy, request);
        let code = request.text("code").unwrap_or("");
        if !silent {
            let input = json!({ "code": code, "execution_count": count });
            self.iopub.publish("execute_input", input, request);
        }
        let owner =
            Owner { iopub: self.iopub.clone(), request: request.clone(), count, silent };
        let mut show = Show::begin(Page::new(owner));
        let mut ended = self.run(request, &mut show);
        if ended.is_ok() && self.desk.interrupt.is_pressed() {
            // Its last part was done before it saw the wish.
            ended = Err(interrupted());
        }
        if let Err(failure) = &ended {
            show.write(|page| page.error(failure));
        }
        let result = show.finish();
        let asked = ended.is_ok().then(|| expressions::answers(&self.session, request));
        self.desk.interrupt.end(ended.is_err());
        if counted {
            self.desk.history().add(count, code, result);
        }
        let reply = match &ended {
            Ok(left) => json!({
                "status": "ok", "execution_count": count, "payload": left.payload,
                "user_expressions": asked,
            }),
            Err(failure) => failed(failure, count),
        };
        let mut aborted = Vec::new();
        if ended.is_err() && !silent && request.flag("stop_on_error", true) {
            sleep(AFTER_ERROR);
            aborted.extend(behind.try_iter());
            self.desk.interrupt.forgo(aborted.len());
        }
        self.replies.send(request.answer("execute_reply", reply));
        self.iopub.state(State::Idle, request);
        aborted.iter().for_each(|request| self.abort(request));
        // Last, for another program may be writing to the file.
        if counted {
            self.desk.history().save();
        }
    }

    /// Runs the text of a cell. A fault of the program's own costs the statement, not the
    /// session.
    fn run(&mut self, request: &Request, show: &mut Show) -> Result<Left, Failure> {
        let Some(code) = request.text("code") else {
            return Err(Failure::new("MissingField", "an execute_request needs `code`"));
        };
        let run = AssertUnwindSafe(|| match Cell::of(code) {
            Cell::Language => self.run_language(code, show),
            Cell::Rust { code: rust, from } => {
                // Blank lines above the first one count in the places of errors.
                let above = "\n".repeat(code[..from].trim_end().matches('\n').count());
                self.run_rust(&format!("{above}{rust}"), request, show)
            }
        });
        catch_unwind(run).unwrap_or_else(|_| {
            let told = "a fault in Carousel itself; the statement has no effect, and the \
                        session is as it was before it";
            Err(Failure::new("Fault", told))
        })
    }

    #[cfg(not(feature = "rust-cells"))]
    fn run_rust(
        &mut self,
        _code: &str,
        _request: &Request,
        _show: &mut Show,
    ) -> Result<Left, Failure> {
        let told = "this carousel-kernel was built without Rust cells; build it with its \
                    default features: cargo build --release --locked -p carousel-kernel";
        Err(Failure::new("RustUnavailable", told))
    }

    /// Answers a cell that does not run, since one before it has failed.
    fn abort(&self, request: &Request) {
        self.iopub.state(State::Busy, request);
        let reply = json!({ "status": "aborted", "execution_count": self.count });
        self.replies.send(request.answer("execute_reply", reply));
        self.iopub.state(State::Idle, request);
    }
}

fn interrupted() -> Failure {
    let told = "the cell was stopped; what was learned until then is kept";
    Failure::new("Interrupted", told)
}

fn failed(failure: &Failure, count: usize) -> Value {
    let mut reply = failure.content();
    let rest = json!({
        "status": "error", "execution_count": count, "payload": [],
        "user_expressions": {},
    });
    if let (Some(reply), Value::Object(rest)) = (reply.as_object_mut(), rest) {
        reply.extend(rest);
    }
    reply
}

//! What is answered while a cell runs, from a copy of the session: what can stand at the
//! cursor, what a word means, whether a text is whole, what was typed.

mod complete;
mod info;
mod inspect;
mod is_complete;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::wire::{Iopub, Replies, Request, State};

pub(crate) use info::kernel_info;

/// Requests that a thread of its own answers, in order.
pub(crate) const LOOKS: [&str; 4] =
    ["complete_request", "inspect_request", "is_complete_request", "history_request"];

/// Answers requests until no more can come.
pub(crate) fn serve(
    desk: &Arc<Desk>,
    requests: &Receiver<Request>,
    iopub: &Iopub,
    replies: &Replies,
) {
    while let Ok(request) = requests.recv() {
        iopub.state(State::Busy, &request);
        let kind = request.kind.replace("_request", "_reply");
        let answer = catch_unwind(AssertUnwindSafe(|| answer(desk, &request)));
        let content = answer.unwrap_or_else(|_| {
            let told = "a fault in Carousel; the session is as it was";
            json!({ "status": "error", "ename": "fault", "evalue": told, "traceback": [] })
        });
        replies.send(request.answer(&kind, content));
        iopub.state(State::Idle, &request);
    }
}

fn answer(desk: &Desk, request: &Request) -> Value {
    match request.kind.as_str() {
        "complete_request" => complete::answer(desk, request),
        "inspect_request" => inspect::answer(&mut desk.onlooker(), request),
        "is_complete_request" => is_complete::answer(request),
        _ => desk.history().answer(request),
    }
}

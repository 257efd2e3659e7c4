//! `carousel lsp`: the Language Server Protocol on standard input and output. Requests
//! of an editor go in, one after the other; answers and messages come out.
//!
//! All that it knows is one analysis of each open text, the same that the prompt shows;
//! nothing is trained, written or run.

mod complete;
mod diagnostics;
mod documents;
mod hover;
mod names;
mod outline;
mod positions;
mod rename;
mod server;
mod tokens;

use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use lsp_server::{ErrorCode, Message, Notification, Request, Response};

use server::Server;

/// Why a request is not answered, in words for the person.
#[derive(Debug)]
pub(super) struct Refusal(String);

/// How far the editor and the server are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing was said.
    New,
    /// The editor knows what the server can do.
    Open,
    /// The editor has said that it will leave.
    Shut,
}

/// Answers until the editor leaves. As the protocol asks, it ends with 1 where the editor
/// leaves without a word.
pub(crate) fn run() -> ExitCode {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    match serve(&mut input, &mut output) {
        Ok(Stage::Shut) => ExitCode::SUCCESS,
        // An editor that is gone reads no message either.
        Ok(Stage::New | Stage::Open) | Err(_) => ExitCode::FAILURE,
    }
}

fn serve(input: &mut dyn BufRead, output: &mut dyn Write) -> io::Result<Stage> {
    let (mut input, mut output) = (input, output);
    let mut server = Server::default();
    let mut stage = Stage::New;
    loop {
        let message = match Message::read(&mut input) {
            Ok(Some(message)) => message,
            Ok(None) => return Ok(stage),
            // One message that cannot be read is no reason to leave the others.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                writeln!(io::stderr(), "carousel lsp: {error}")?;
                continue;
            }
            Err(error) => return Err(error),
        };
        match message {
            Message::Request(request) => {
                let response = answer(&mut server, &mut stage, request);
                Message::from(response).write(&mut output)?;
            }
            Message::Notification(told) if told.method == "exit" => return Ok(stage),
            Message::Notification(told) if stage == Stage::Open => {
                for message in server.notice(told) {
                    Message::from(message).write(&mut output)?;
                }
            }
            // Nothing was asked, so nothing is answered.
            Message::Notification(_) | Message::Response(_) => {}
        }
    }
}

fn answer(server: &mut Server, stage: &mut Stage, request: Request) -> Response {
    let refuse = |code: ErrorCode, why: &str| {
        Response::new_err(request.id.clone(), code as i32, why.to_owned())
    };
    match (*stage, request.method.as_str()) {
        (Stage::New, "initialize") => {
            *stage = Stage::Open;
            Response::new_ok(request.id, server::abilities())
        }
        (Stage::New, _) => {
            refuse(ErrorCode::ServerNotInitialized, "`initialize` comes first")
        }
        (Stage::Open, "initialize") => {
            refuse(ErrorCode::InvalidRequest, "`initialize` comes once")
        }
        (Stage::Open, "shutdown") => {
            *stage = Stage::Shut;
            Response::new_ok(request.id, ())
        }
        (Stage::Open, _) => server.answer(request),
        (Stage::Shut, _) => {
            refuse(ErrorCode::InvalidRequest, "only `exit` comes after `shutdown`")
        }
    }
}

/// A message to the editor that asks for nothing.
fn told(method: &str, params: impl serde::Serialize) -> Notification {
    Notification::new(method.to_owned(), params)
}

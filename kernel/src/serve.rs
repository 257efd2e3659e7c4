//! The kernel at work: a connection file goes in; tasks read the sockets, one thread runs
//! cells, another one answers what can be answered meanwhile.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use carousel::Session;
use serde_json::json;
use tokio::runtime::Builder;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::answer;
use crate::desk::Desk;
use crate::executor::Executor;
use crate::interrupt::Interrupt;
#[cfg(feature = "rust-cells")]
use crate::rust::RustCells;
use crate::stdin::Stdin;
use crate::wire::{self, Iopub, Replies, Request, Requests, Sockets, State};

/// Threads for the sockets; what computes has threads of its own.
const WORKERS: usize = 2;

/// How long a cell that was stopped may take to end, when the kernel ends.
const LAST_CELL: Duration = Duration::from_millis(500);

/// How long the last answer may take to leave.
const LAST_ANSWER: Duration = Duration::from_millis(50);

/// How long clients that do not read may keep the kernel from ending, message by message.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// How often it is looked at whether the program that started the kernel lives.
const PARENT_EVERY: Duration = Duration::from_millis(500);

/// Serves until a client asks for the end, or the program that started this one is gone.
pub(crate) fn run(file: &Path) -> ExitCode {
    let runtime =
        Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build();
    let served = match runtime {
        Ok(runtime) => {
            let served = runtime.block_on(serve(file));
            runtime.shutdown_background();
            served
        }
        Err(error) => Err(format!("cannot start threads: {error}")),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nowhere left to tell a failure to write to standard error.
            let _ = writeln!(io::stderr(), "carousel-kernel: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(file: &Path) -> Result<(), String> {
    let Sockets { shell, control, stdin, iopub } = wire::connect(file).await?;
    let session = Session::new();
    #[cfg(feature = "rust-cells")]
    let rust = RustCells::new();
    let interrupt = Interrupt::new(
        session.interrupt(),
        #[cfg(feature = "rust-cells")]
        rust.interrupter(),
    );
    let desk = Arc::new(Desk::new(
        &session,
        interrupt.clone(),
        #[cfg(feature = "rust-cells")]
        rust.completer(),
    ));
    let (cells, to_run) = channel();
    let (looks, to_look) = channel();
    let (lines, typed) = channel();
    let executor = Executor {
        session,
        desk: Arc::clone(&desk),
        iopub: iopub.clone(),
        replies: shell.1.clone(),
        stdin: Stdin { requests: stdin.1, lines: typed },
        #[cfg(feature = "rust-cells")]
        rust,
        count: 0,
    };
    let executing = thread::spawn(move || executor.serve(&to_run));
    let end = Arc::new(Notify::new());
    let door =
        Door { iopub: iopub.clone(), desk: Arc::clone(&desk), end: Arc::clone(&end) };
    let (its_iopub, replies) = (iopub.clone(), shell.1.clone());
    thread::spawn(move || answer::serve(&desk, &to_look, &its_iopub, &replies));

    let reads_shell = tokio::spawn(read_shell(shell, door.clone(), cells, looks));
    tokio::spawn(read_control(control, door));
    tokio::spawn(read_lines(stdin.0, lines));
    tokio::spawn(watch_parent(Arc::clone(&end)));
    iopub.starting().await;
    end.notified().await;

    reads_shell.abort();
    leave(&interrupt, &executing).await;
    Ok(())
}

/// Waits for the running cell, which is stopped: without its queue the executor ends after
/// it, and takes the Rust of its cells with it.
async fn leave(interrupt: &Interrupt, executing: &JoinHandle<()>) {
    interrupt.press();
    let since = Instant::now();
    while !executing.is_finished() && since.elapsed() < LAST_CELL {
        sleep(Duration::from_millis(5)).await;
    }
}

/// What the readers of shell and control share.
#[derive(Clone)]
struct Door {
    iopub: Iopub,
    desk: Arc<Desk>,
    end: Arc<Notify>,
}

async fn read_shell(
    (mut requests, replies): (Requests, Replies),
    door: Door,
    cells: Sender<Request>,
    looks: Sender<Request>,
) {
    while let Some(request) = requests.next().await {
        door.desk.see(request.text("code").unwrap_or(""));
        // Both threads live as long as the kernel.
        if request.kind == "execute_request" {
            door.desk.interrupt.expect();
            let _ = cells.send(request);
        } else if answer::LOOKS.contains(&request.kind.as_str()) {
            let _ = looks.send(request);
        } else {
            door.answer(&request, &replies).await;
        }
    }
}

async fn read_control((mut requests, replies): (Requests, Replies), door: Door) {
    while let Some(request) = requests.next().await {
        door.answer(&request, &replies).await;
    }
}

async fn read_lines(mut requests: Requests, lines: Sender<String>) {
    while let Some(request) = requests.next().await {
        if request.kind == "input_reply" {
            let _ = lines.send(request.text("value").unwrap_or("").to_owned());
        }
    }
}

impl Door {
    /// Answers what needs no session. A message of a type that the kernel does not know
    /// gets no reply, as the protocol says.
    async fn answer(&self, request: &Request, replies: &Replies) {
        let Door { iopub, desk, end } = self;
        if request.kind == "interrupt_request" {
            // Before anything that may wait for clients to read.
            desk.interrupt.press();
        }
        let ends = request.kind == "shutdown_request";
        let patience = if ends { LAST_WORDS } else { Duration::MAX };
        let _ = timeout(patience, iopub.tell_state(State::Busy, request)).await;
        let reply = match request.kind.as_str() {
            "kernel_info_request" => Some(answer::kernel_info()),
            "interrupt_request" => Some(json!({ "status": "ok" })),
            "shutdown_request" => {
                Some(json!({ "status": "ok", "restart": request.flag("restart", false) }))
            }
            "comm_info_request" => Some(json!({ "status": "ok", "comms": {} })),
            "comm_open" => {
                // No target is known here, so that the other side is told to let it be.
                let close = json!({ "comm_id": request.content["comm_id"], "data": {} });
                iopub.tell("comm_close", close, request).await;
                None
            }
            _ => None,
        };
        if let Some(content) = reply {
            let kind = request.kind.replace("_request", "_reply");
            replies.send(request.answer(&kind, content.clone()));
            if ends {
                let _ = timeout(patience, iopub.tell(&kind, content, request)).await;
            }
        }
        let _ = timeout(patience, iopub.tell_state(State::Idle, request)).await;
        if ends {
            sleep(LAST_ANSWER).await;
            end.notify_one();
        }
    }
}

/// Ends the kernel once the program that started it is gone, where that was Jupyter: it
/// sets `JPY_PARENT_PID`.
async fn watch_parent(end: Arc<Notify>) {
    if std::env::var_os("JPY_PARENT_PID").is_none() {
        return;
    }
    #[cfg(unix)]
    {
        let parent = std::os::unix::process::parent_id();
        while std::os::unix::process::parent_id() == parent {
            sleep(PARENT_EVERY).await;
        }
        end.notify_one();
    }
}

//! The five sockets of a kernel, from its connection file.

use std::fs;
use std::path::Path;

use jupyter_protocol::{ConnectionInfo, JupyterMessage};
use jupyter_zmq_client::{
    Connection, KernelHeartbeatConnection, RawMessage, RouterRecvConnection,
    RouterSendConnection, create_kernel_control_connection,
    create_kernel_heartbeat_connection, create_kernel_iopub_xpub_connection,
    create_kernel_shell_connection, create_kernel_stdin_connection,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use uuid::Uuid;
use zeromq::{SocketRecv as _, SocketSend as _, ZmqError};

use super::{Iopub, Request};

/// What comes in on one socket, request by request.
pub(crate) struct Requests {
    connection: RouterRecvConnection,
}

/// A way to answer on one socket, from any thread.
#[derive(Debug, Clone)]
pub(crate) struct Replies {
    queue: UnboundedSender<JupyterMessage>,
}

/// The sockets, bound.
pub(crate) struct Sockets {
    pub(crate) shell: (Requests, Replies),
    pub(crate) control: (Requests, Replies),
    pub(crate) stdin: (Requests, Replies),
    pub(crate) iopub: Iopub,
}

/// Binds the sockets that a connection file names and answers heartbeats from then on.
///
/// # Errors
/// Why the file cannot be read, or a socket not be bound, in words.
pub(crate) async fn connect(file: &Path) -> Result<Sockets, String> {
    let at = |error: &dyn std::fmt::Display| {
        format!("cannot read the connection file {}: {error}", file.display())
    };
    let text = fs::read_to_string(file).map_err(|error| at(&error))?;
    let info: ConnectionInfo = serde_json::from_str(&text).map_err(|error| at(&error))?;
    if info.signature_scheme != "hmac-sha256" {
        let scheme = &info.signature_scheme;
        return Err(at(&format!("it signs with {scheme}, not with hmac-sha256")));
    }
    let session = Uuid::new_v4().to_string();
    let unbound =
        |error| format!("cannot open the sockets of {}: {error}", file.display());
    let shell = create_kernel_shell_connection(&info, &session).await.map_err(unbound)?;
    let control =
        create_kernel_control_connection(&info, &session).await.map_err(unbound)?;
    let stdin = create_kernel_stdin_connection(&info, &session).await.map_err(unbound)?;
    let iopub =
        create_kernel_iopub_xpub_connection(&info, &session).await.map_err(unbound)?;
    let heart = create_kernel_heartbeat_connection(&info).await.map_err(unbound)?;
    tokio::spawn(beat(heart));
    Ok(Sockets {
        shell: halves(shell.split()),
        control: halves(control.split()),
        stdin: halves(stdin.split()),
        iopub: Iopub::begin(iopub),
    })
}

impl Requests {
    /// The next request. What is no message, or not signed as it should be, is passed
    /// over; none once the socket is gone.
    pub(crate) async fn next(&mut self) -> Option<Request> {
        let Connection { socket, mac, .. } = &mut self.connection;
        loop {
            let multipart = match socket.recv().await {
                Ok(multipart) => multipart,
                Err(ZmqError::NoMessage) => return None,
                // One client sent what is no frame: it is cut off, the others are not.
                Err(_) => continue,
            };
            let Ok(raw) = RawMessage::from_multipart(multipart, mac) else { continue };
            if let Ok(request) = Request::read(raw) {
                return Some(request);
            }
        }
    }
}

impl Replies {
    /// Sends a message to the client that it names.
    pub(crate) fn send(&self, message: JupyterMessage) {
        // The task only ends with the kernel, and then nobody listens.
        let _ = self.queue.send(message);
    }
}

fn halves(
    (sends, receives): (RouterSendConnection, RouterRecvConnection),
) -> (Requests, Replies) {
    let (queue, waiting) = unbounded_channel();
    tokio::spawn(answer(sends, waiting));
    (Requests { connection: receives }, Replies { queue })
}

async fn answer(
    mut socket: RouterSendConnection,
    mut queue: UnboundedReceiver<JupyterMessage>,
) {
    while let Some(message) = queue.recv().await {
        // A client that went away misses its answer.
        let _ = socket.send(message).await;
    }
}

/// Sends back what comes in, so that clients know that the kernel lives.
async fn beat(mut heart: KernelHeartbeatConnection) {
    loop {
        match heart.socket.recv().await {
            Ok(beat) => {
                let _ = heart.socket.send(beat).await;
            }
            Err(ZmqError::NoMessage) => return,
            Err(_) => {}
        }
    }
}

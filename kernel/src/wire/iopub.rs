//! The channel that all clients listen to: what is published goes in, from any thread, and
//! leaves in that order. A client that has stopped reading does not stop the others for
//! long.

use std::time::Duration;

use jupyter_protocol::{IoPubWelcome, JupyterMessage};
use jupyter_zmq_client::{KernelIoPubXPubConnection, SubscriptionEvent};
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Instant, timeout, timeout_at};
use uuid::Uuid;
use zeromq::util::PeerIdentity;
use zeromq::{Socket as _, SocketEvent};

use super::{Request, message};

/// Messages that may wait to be sent; who publishes more waits too.
const WAITING: usize = 256;

/// A client that takes nothing for so long has stopped reading.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long clients that were cut off are given to connect again, which ZeroMQ does by
/// itself after a tenth of a second.
const RETURN: Duration = Duration::from_millis(400);

/// What the kernel does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Starting,
    Busy,
    Idle,
}

/// A way onto the channel.
#[derive(Debug, Clone)]
pub(crate) struct Iopub {
    queue: Sender<JupyterMessage>,
}

impl Iopub {
    /// The channel over a socket; its task ends with the kernel.
    pub(crate) fn begin(socket: KernelIoPubXPubConnection) -> Iopub {
        let (queue, waiting) = channel(WAITING);
        tokio::spawn(serve(socket, waiting));
        Iopub { queue }
    }

    /// A channel that nobody listens to but who holds its other end.
    #[cfg(test)]
    pub(crate) fn of_tests() -> (Iopub, Receiver<JupyterMessage>) {
        let (queue, waiting) = channel(WAITING);
        (Iopub { queue }, waiting)
    }

    /// Publishes what belongs to a request, from a thread of its own. It waits where more
    /// is published than clients read.
    pub(crate) fn publish(&self, kind: &str, content: Value, request: &Request) {
        // The task only ends with the kernel, and then nobody listens.
        let _ = self.queue.blocking_send(request.answer(kind, content));
    }

    /// Says that a request is being worked on, or is done.
    pub(crate) fn state(&self, state: State, request: &Request) {
        self.publish("status", said(state), request);
    }

    /// The same from a task.
    pub(crate) async fn tell(&self, kind: &str, content: Value, request: &Request) {
        let _ = self.queue.send(request.answer(kind, content)).await;
    }

    /// [`Iopub::state`] from a task.
    pub(crate) async fn tell_state(&self, state: State, request: &Request) {
        self.tell("status", said(state), request).await;
    }

    /// Says once that the kernel is there.
    pub(crate) async fn starting(&self) {
        let _ = self.queue.send(message("status", said(State::Starting), None)).await;
    }
}

fn said(state: State) -> Value {
    let state = match state {
        State::Starting => "starting",
        State::Busy => "busy",
        State::Idle => "idle",
    };
    json!({ "execution_state": state })
}

/// Welcomes who begins to listen (JEP 65) and sends what is published.
async fn serve(socket: KernelIoPubXPubConnection, mut queue: Receiver<JupyterMessage>) {
    let mut listeners = Listeners::new(socket);
    loop {
        tokio::select! {
            biased;
            topic = listeners.next() => listeners.welcome(topic).await,
            message = queue.recv() => match message {
                Some(message) => listeners.send(message).await,
                None => return,
            },
        }
    }
}

/// The socket and who has connected to it.
struct Listeners {
    socket: KernelIoPubXPubConnection,
    events: futures_channel::mpsc::Receiver<SocketEvent>,
    known: Vec<PeerIdentity>,
}

impl Listeners {
    fn new(mut socket: KernelIoPubXPubConnection) -> Listeners {
        let events = socket.socket.monitor();
        Listeners { socket, events, known: Vec::new() }
    }

    /// What somebody begins to listen to. What is no subscription, and a client that went
    /// away, is passed over.
    async fn next(&mut self) -> String {
        loop {
            if let Ok(SubscriptionEvent::Subscribe(topic)) =
                self.socket.recv_subscription().await
            {
                return topic;
            }
        }
    }

    async fn welcome(&mut self, topic: String) {
        self.meet();
        self.send(JupyterMessage::new(IoPubWelcome::new(topic), None)).await;
    }

    /// Learns who has connected since the last time.
    fn meet(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            if let SocketEvent::Accepted(_, peer) = event {
                self.known.push(peer);
            }
        }
    }

    /// Sends to all. The socket waits for the slowest and does not tell who that is; so
    /// where one has stopped reading, all are cut off, and those that still read are back
    /// at once.
    async fn send(&mut self, mut message: JupyterMessage) {
        if timeout(PATIENCE, self.socket.send(message.clone())).await.is_ok() {
            return;
        }
        self.meet();
        let backend = self.socket.socket.backend();
        for peer in self.known.drain(..) {
            backend.peer_disconnected(&peer);
        }
        let until = Instant::now() + RETURN;
        while let Ok(topic) = timeout_at(until, self.next()).await {
            let welcome = JupyterMessage::new(IoPubWelcome::new(topic), None);
            // Nothing is waiting to be read by one that is just back.
            let _ = timeout(PATIENCE, self.socket.send(welcome)).await;
        }
        // Some may have it: what comes twice is better than what is lost, and clients take
        // the same message for an attack.
        message.header.msg_id = Uuid::new_v4().to_string();
        let _ = timeout(PATIENCE, self.socket.send(message)).await;
    }
}

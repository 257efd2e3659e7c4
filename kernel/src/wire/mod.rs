//! Messages of the Jupyter protocol (version 5.5): multipart frames go in, [`Request`]s
//! come out, and results leave on the channel that everybody listens to.
//!
//! <https://jupyter-client.readthedocs.io/en/stable/messaging.html>

mod iopub;
mod request;
mod sockets;

pub(crate) use iopub::{Iopub, State};
pub(crate) use request::Request;
pub(crate) use sockets::{Replies, Requests, Sockets, connect};

use jupyter_protocol::{JupyterMessage, UnknownMessage};
use serde_json::Value;

/// The version of the protocol that the kernel speaks.
pub(crate) const PROTOCOL: &str = "5.5";

/// A message of any type, whose content is what the protocol's pages say it is. The crate's
/// own types lack fields of newer versions.
fn message(
    kind: &str,
    content: Value,
    parent: Option<&JupyterMessage>,
) -> JupyterMessage {
    let content = UnknownMessage { msg_type: kind.to_owned(), content };
    let mut message = JupyterMessage::new(content, parent);
    message.header.version = PROTOCOL.to_owned();
    message.header.username = "carousel".to_owned();
    message
}

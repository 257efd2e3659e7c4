//! What a client asks for, read with patience: a field that is missing has its usual
//! value, and a message of an unknown type is one all the same.

use jupyter_protocol::{Header, JupyterMessage, JupyterMessageContent, UnknownMessage};
use jupyter_zmq_client::RawMessage;
use serde_json::{Value, json};

use super::{PROTOCOL, message};

/// One message of a client.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `execute_request`
    pub(crate) kind: String,
    /// What it says.
    pub(crate) content: Value,
    /// What answers refer to: its header and who sent it.
    parent: JupyterMessage,
}

impl Request {
    /// Reads a message whose signature was found good.
    ///
    /// # Errors
    /// Where its header or content is no JSON object, or the header names no type.
    pub(crate) fn read(raw: RawMessage) -> Result<Request, serde_json::Error> {
        let mut header: Value = serde_json::from_slice(&raw.jparts[0])?;
        let content: Value = serde_json::from_slice(&raw.jparts[3])?;
        if let Some(fields) = header.as_object_mut() {
            let now = message("", Value::Null, None).header.date;
            let date = fields.get("date").cloned();
            let read = date.and_then(|date| serde_json::from_value(date).ok());
            fields.insert("date".to_owned(), json!(read.unwrap_or(now)));
            for (field, usual) in
                [("msg_id", ""), ("username", ""), ("session", ""), ("version", PROTOCOL)]
            {
                fields.entry(field).or_insert_with(|| json!(usual));
            }
        }
        let header: Header = serde_json::from_value(header)?;
        let kind = header.msg_type.clone();
        let nothing = UnknownMessage { msg_type: kind.clone(), content: Value::Null };
        let parent = JupyterMessage {
            zmq_identities: raw.zmq_identities,
            header,
            parent_header: None,
            metadata: json!({}),
            content: JupyterMessageContent::UnknownMessage(nothing),
            buffers: Vec::new(),
            channel: None,
        };
        Ok(Request { kind, content, parent })
    }

    /// A message that answers this one, to the client that sent it.
    pub(crate) fn answer(&self, kind: &str, content: Value) -> JupyterMessage {
        message(kind, content, Some(&self.parent))
    }

    /// A text among its fields; none where it is missing or no text.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.content[field].as_str()
    }

    /// A yes or no among its fields, or the usual one.
    pub(crate) fn flag(&self, field: &str, usual: bool) -> bool {
        self.content[field].as_bool().unwrap_or(usual)
    }

    /// A number among its fields, or the usual one.
    pub(crate) fn number(&self, field: &str, usual: i64) -> i64 {
        self.content[field].as_i64().unwrap_or(usual)
    }
}

#[cfg(test)]
impl Request {
    /// A request that says nothing.
    pub(crate) fn of_tests(kind: &str) -> Request {
        let header = json!({ "msg_type": kind }).to_string();
        let parts = [header.as_str(), "{}", "{}", "{}"];
        let jparts = parts.map(|part| part.to_owned().into()).to_vec();
        Request::read(RawMessage { zmq_identities: Vec::new(), jparts })
            .expect("it is one")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str, content: &str) -> Result<Request, serde_json::Error> {
        let parts = [header, "{}", "{}", content];
        let jparts = parts.map(|part| part.to_owned().into()).to_vec();
        Request::read(RawMessage { zmq_identities: Vec::new(), jparts })
    }

    #[test]
    fn what_is_missing_has_its_usual_value() {
        let request = read("{\"msg_type\":\"execute_request\"}", "{\"code\":\"runs\"}");
        let request = request.unwrap();
        assert_eq!(
            (request.kind.as_str(), request.text("code")),
            ("execute_request", Some("runs"))
        );
        assert!(request.flag("stop_on_error", true) && !request.flag("silent", false));
        let header = "{\"msg_type\":\"a\",\"date\":\"yesterday\",\"msg_id\":\"7\"}";
        let answer = read(header, "[]").unwrap().answer("b", json!({}));
        assert_eq!(answer.parent_header.unwrap().msg_id, "7");
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        for (header, content) in [
            ("", "{}"),
            ("{}", "{}"),
            ("[]", "{}"),
            ("null", "{}"),
            ("{\"msg_type\":7}", "{}"),
            ("{\"msg_type\":\"a\"}", "{"),
            ("{\"msg_type\":\"a\",\"msg_id\":[]}", "{}"),
        ] {
            assert!(read(header, content).is_err(), "{header} {content}");
        }
    }
}

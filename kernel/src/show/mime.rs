//! A result in all its forms, as the fields `data` and `metadata` of a message: text beside
//! every picture.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use carousel::Output;
use carousel_plot::WIDTH;
use serde_json::{Map, Value, json};

/// MIME types, what they hold, and what is to be known of that.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Mime {
    pub(crate) data: Map<String, Value>,
    pub(crate) metadata: Map<String, Value>,
}

impl Mime {
    /// A result of the language; none for what only says that something goes on.
    pub(crate) fn of_output(output: &Output) -> Option<Mime> {
        let bundle = output.bundle()?;
        let mut mime = Mime::default();
        let mut put =
            |kind: &str, text: String| mime.data.insert(kind.to_owned(), text.into());
        put("text/plain", bundle.text.trim_end().to_owned());
        if let Some(html) = bundle.html {
            put("text/html", html);
        }
        if let Some(svg) = bundle.svg {
            put("image/svg+xml", svg);
        }
        if let Some(png) = bundle.png {
            put("image/png", STANDARD.encode(png));
            // It has more pixels than the page is to give it.
            mime.metadata.insert("image/png".to_owned(), json!({ "width": WIDTH }));
        }
        Some(mime)
    }

    /// Texts by their MIME types. What is JSON is sent as such.
    pub(crate) fn of_texts(
        texts: impl IntoIterator<Item = (impl Into<String>, String)>,
    ) -> Mime {
        let data = texts.into_iter().map(|(kind, text)| {
            let kind: String = kind.into();
            let is_json = kind == "application/json" || kind.ends_with("+json");
            let json = is_json.then(|| serde_json::from_str(&text).ok()).flatten();
            (kind, json.unwrap_or_else(|| text.into()))
        });
        Mime { data: data.collect(), metadata: Map::new() }
    }

    /// What it says where nothing can be drawn.
    pub(crate) fn text(&self) -> &str {
        self.data.get("text/plain").and_then(Value::as_str).unwrap_or("")
    }

    /// How many bytes a notebook keeps of it.
    pub(crate) fn weight(&self) -> usize {
        let weight = |value: &Value| match value.as_str() {
            Some(text) => text.len(),
            None => value.to_string().len(),
        };
        self.data.values().map(weight).sum()
    }
}

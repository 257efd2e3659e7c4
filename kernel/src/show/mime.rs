//! A result in all its forms as the `data` of a message: text beside every picture.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use carousel::Bundle;
use serde_json::{Map, Value};

/// MIME types and what they hold.
pub(crate) fn of_bundle(bundle: &Bundle) -> Map<String, Value> {
    let mut data = Map::new();
    let mut put = |kind: &str, text: String| data.insert(kind.to_owned(), text.into());
    put("text/plain", bundle.text.trim_end().to_owned());
    if let Some(html) = &bundle.html {
        put("text/html", html.clone());
    }
    if let Some(svg) = &bundle.svg {
        put("image/svg+xml", svg.clone());
    }
    if let Some(png) = &bundle.png {
        put("image/png", STANDARD.encode(png));
    }
    data
}

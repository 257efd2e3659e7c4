//! What the kernel is.

use serde_json::{Value, json};

use crate::wire::PROTOCOL;

/// The content of a `kernel_info_reply`. No lexer is named: Pygments finds one by the name
/// of the language where it is installed.
pub(crate) fn kernel_info() -> Value {
    let version = env!("CARGO_PKG_VERSION");
    json!({
        "status": "ok",
        "protocol_version": PROTOCOL,
        "implementation": "carousel",
        "implementation_version": version,
        "language_info": {
            "name": "carousel",
            "version": version,
            "mimetype": "text/x-carousel",
            "file_extension": ".lstm",
            "codemirror_mode": "carousel",
            "nbconvert_exporter": "script",
        },
        "banner": format!("carousel {version}, a tiny language for recurrent networks; `help` helps"),
        "debugger": false,
        "help_links": [],
        "supported_features": [],
    })
}

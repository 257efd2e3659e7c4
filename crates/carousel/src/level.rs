//! The instruction set that kernels run at, as the environment asks for it: a name that
//! this machine does not know becomes a message.

use carousel_cell::Level;
use carousel_lang::{Diagnostic, vocabulary};

/// Whether the level that is asked for, if one is, is there.
///
/// # Errors
/// Which levels this machine has, where the name is of none of them.
pub(crate) fn check() -> Result<(), Diagnostic> {
    Level::asked().map(|_| ()).map_err(|name| missing(&name))
}

fn missing(name: &str) -> Diagnostic {
    let variable = Level::VARIABLE;
    let levels: Vec<String> = Level::all().iter().map(Level::to_string).collect();
    let near = vocabulary::suggest(name, levels.iter().map(String::as_str));
    let hint = match near {
        Some(near) => format!("export {variable}={near}"),
        None => format!("unset {variable}"),
    };
    Diagnostic::error(format!("this machine has no instruction set `{name}`"))
        .note(format!("the variable {variable} asks for it"))
        .note(format!("it may be {}, or unset for the fastest", levels.join(", ")))
        .with_hint(hint)
}

//! A plot in a window of its own: the file of a plot goes in, the desktop's viewer shows
//! it.

use std::path::Path;

/// Opens a file with the viewer that the desktop has for it.
///
/// # Errors
/// Why there is none, in words.
pub(crate) fn open(file: &Path) -> Result<(), String> {
    if !has_desktop() {
        return Err(
            "there is no desktop here: neither DISPLAY nor WAYLAND_DISPLAY is set"
                .to_owned(),
        );
    }
    // On its own, so that Ctrl-C and the end of this program leave it alone.
    ::open::that_detached(file).map_err(|error| format!("no viewer was found ({error})"))
}

/// Without a desktop, viewers would draw in the terminal, or wait for ever.
fn has_desktop() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(target_os = "macos", windows))
        || is_set("DISPLAY")
        || is_set("WAYLAND_DISPLAY")
        || is_set("WSL_DISTRO_NAME")
}

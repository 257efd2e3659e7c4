//! The folder in which evcxr compiles, among the temporary files.

use std::env;
use std::path::{Path, PathBuf};

/// Lets nobody else look into it: the text of all cells is there.
pub(super) fn hide(folder: &Path) {
    #[cfg(unix)]
    {
        use std::fs::{Permissions, set_permissions};
        use std::os::unix::fs::PermissionsExt;
        // Where that cannot be, it stays as open as the system makes folders.
        let _ = set_permissions(folder, Permissions::from_mode(0o700));
    }
    #[cfg(not(unix))]
    let _ = folder;
}

/// Where temporary files are, if there is a space in its path: it keeps evcxr from working.
pub(crate) fn with_space() -> Option<PathBuf> {
    let folder = env::var_os("EVCXR_TMPDIR").map_or_else(env::temp_dir, PathBuf::from);
    folder.to_string_lossy().contains(' ').then_some(folder)
}

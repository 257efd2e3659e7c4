//! The folder in which evcxr compiles, among the temporary files.

use std::env;
use std::path::{Path, PathBuf};

/// The folder that evcxr names in a line, if it is one that it has made for itself: not
/// where somebody has chosen another one, which is theirs.
pub(super) fn own(line: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(line.trim_end_matches(['\r', '\n']));
    let name = folder.file_name()?.to_string_lossy();
    let made = folder.parent() == Some(&env::temp_dir()) && name.starts_with(".tmp");
    made.then_some(folder)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_somebody_has_chosen_is_theirs() {
        let made = env::temp_dir().join(".tmpAbC123");
        assert_eq!(own(&format!("{}\n", made.display())), Some(made));
        for chosen in [env::temp_dir(), env::temp_dir().join("mine"), "/work".into()] {
            assert_eq!(own(&format!("{}\n", chosen.display())), None);
        }
    }
}

//! The folders in which Jupyter looks: a place of the command line goes in, the folder
//! comes out; and all that Jupyter would look at, for those who ask what is where.

use std::env;
use std::path::{Path, PathBuf};

use carousel_lang::Diagnostic;

use super::python::{self, Python};
use crate::args::Place;

/// Where kernels of an environment stand in it.
const SHARE: &str = "share/jupyter";

/// The folder of a place.
///
/// # Errors
/// No home, or no Python to ask for its environment.
pub(crate) fn of(place: &Place) -> Result<PathBuf, Diagnostic> {
    if let Some(prefix) = &place.prefix {
        let whole = std::path::absolute(prefix).map_err(|error| {
            Diagnostic::error(format!("cannot use `{}`: {error}", prefix.display()))
                .with_hint("say --prefix DIR")
        })?;
        return Ok(whole.join(SHARE));
    }
    if place.sys_prefix {
        let active = active().or_else(|| Some(python::on_path()?.prefix));
        return active.map(|prefix| prefix.join(SHARE)).ok_or_else(|| {
            Diagnostic::error("there is no Python environment to install into")
                .note(
                    "VIRTUAL_ENV and CONDA_PREFIX are not set; no Python is on the path",
                )
                .with_hint("activate one, or say --prefix DIR")
        });
    }
    of_user().ok_or_else(|| {
        Diagnostic::error("cannot tell where the folders of this user are")
            .with_hint("set JUPYTER_DATA_DIR, or say --prefix DIR")
    })
}

/// The Python environment that is active.
fn active() -> Option<PathBuf> {
    variable("VIRTUAL_ENV").or_else(|| variable("CONDA_PREFIX"))
}

/// Jupyter's folder of this user.
pub(crate) fn of_user() -> Option<PathBuf> {
    user_folder(env::consts::OS, etcetera::home_dir().ok().as_deref(), variable)
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// As Jupyter itself finds it (`jupyter_core.paths.jupyter_data_dir`).
fn user_folder(
    system: &str,
    home: Option<&Path>,
    variable: impl Fn(&str) -> Option<PathBuf>,
) -> Option<PathBuf> {
    if let Some(folder) = variable("JUPYTER_DATA_DIR") {
        return Some(folder);
    }
    // Future versions of Jupyter take the folders of the system, and this says so today.
    let modern = variable("JUPYTER_PLATFORM_DIRS").is_some_and(|value| {
        let value = value.to_string_lossy().to_lowercase();
        !["no", "n", "false", "off", "0", "0.0"].contains(&value.as_str())
    });
    match system {
        "macos" if modern => Some(home?.join("Library/Application Support/Jupyter")),
        "macos" => Some(home?.join("Library/Jupyter")),
        "windows" if modern => Some(variable("LOCALAPPDATA")?.join("Jupyter")),
        "windows" => variable("APPDATA")
            .map(|data| data.join("jupyter"))
            .or_else(|| Some(home?.join(".jupyter").join("data"))),
        _ => variable("XDG_DATA_HOME")
            .or_else(|| Some(home?.join(".local/share")))
            .map(|data| data.join("jupyter")),
    }
}

/// A folder in which Jupyter looks, and the words that install into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Searched {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// `--user`, `--sys-prefix`; nothing where it has no such words.
    pub(crate) words: Option<&'static str>,
}

/// Every folder in which Jupyter looks, in its order, each once.
pub(crate) fn searched(python: Option<&Python>) -> Vec<Searched> {
    let path = env::var_os("JUPYTER_PATH").unwrap_or_default();
    let extra = env::split_paths(&path).filter(|folder| !folder.as_os_str().is_empty());
    let mut all: Vec<_> = extra.map(|folder| (folder, None)).collect();
    all.extend(of_user().map(|folder| (folder, Some("--user"))));
    let prefixes = [active(), python.map(|python| python.prefix.clone())];
    let prefixes = prefixes.into_iter().flatten();
    all.extend(prefixes.map(|prefix| (prefix.join(SHARE), Some("--sys-prefix"))));
    if cfg!(unix) {
        all.extend(
            ["/usr/local", "/usr"].map(|folder| (Path::new(folder).join(SHARE), None)),
        );
    }
    let mut once: Vec<Searched> = Vec::new();
    for (folder, words) in all {
        if !once.iter().any(|known| known.folder == folder) {
            once.push(Searched { folder, words });
        }
    }
    once
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_a_user_is_that_of_jupyter_on_each_system() {
        let find = |system: &str, set: &[(&str, &str)]| {
            let variable = |name: &str| {
                set.iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| value.into())
            };
            let found = user_folder(system, Some(Path::new("/home/eva")), variable);
            found.expect("there is a home").display().to_string().replace('\\', "/")
        };
        assert_eq!(find("linux", &[]), "/home/eva/.local/share/jupyter");
        assert_eq!(find("linux", &[("XDG_DATA_HOME", "/data")]), "/data/jupyter");
        assert_eq!(find("freebsd", &[]), "/home/eva/.local/share/jupyter");
        assert_eq!(find("macos", &[]), "/home/eva/Library/Jupyter");
        assert_eq!(
            find("macos", &[("XDG_DATA_HOME", "/d")]),
            "/home/eva/Library/Jupyter"
        );
        assert_eq!(
            find("macos", &[("JUPYTER_PLATFORM_DIRS", "1")]),
            "/home/eva/Library/Application Support/Jupyter"
        );
        assert_eq!(
            find("macos", &[("JUPYTER_PLATFORM_DIRS", "No")]),
            "/home/eva/Library/Jupyter"
        );
        assert_eq!(find("windows", &[("APPDATA", "C:/eva")]), "C:/eva/jupyter");
        assert_eq!(find("windows", &[]), "/home/eva/.jupyter/data");
        for system in ["linux", "macos", "windows"] {
            assert_eq!(find(system, &[("JUPYTER_DATA_DIR", "/own")]), "/own", "{system}");
        }
    }

    #[test]
    fn without_a_home_there_is_no_folder() {
        assert_eq!(user_folder("linux", None, |_| None), None);
    }

    #[test]
    fn a_prefix_is_made_whole() {
        let place = Place { prefix: Some("env".into()), ..Place::default() };
        let folder = of(&place).unwrap();
        assert!(folder.is_absolute());
        assert!(folder.ends_with("env/share/jupyter"));
    }

    #[test]
    fn no_folder_is_looked_at_twice() {
        let python = Python {
            program: "/usr/bin/python3".into(),
            prefix: "/usr".into(),
            has_lexer: false,
        };
        let searched = searched(Some(&python));
        let last = Path::new("/usr").join(SHARE);
        assert_eq!(searched.iter().filter(|s| s.folder == last).count(), 1);
    }
}

//! Installing into a folder of a test, and taking away again.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::*;

/// A new folder of a test's own, removed when the test is done.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("carousel-kernel-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.0.join(name)).unwrap()).unwrap()
    }

    /// All files below it, sorted, with `/` between names.
    fn files(&self) -> Vec<String> {
        let mut folders = vec![self.0.clone()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&self.0).unwrap().display().to_string();
                    files.push(name.replace('\\', "/"));
                }
            }
        }
        files.sort();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_is_installed_is_what_jupyter_reads() {
    let folder = Folder::new("installed");
    write(&folder.0, Path::new("/opt/carousel kernel")).unwrap();
    let kernel = folder.json("kernels/carousel/kernel.json");
    assert_eq!(kernel["argv"][0], "/opt/carousel kernel");
    assert_eq!(kernel["argv"][2], "{connection_file}");
    assert_eq!(kernel["interrupt_mode"], "message");
    assert_eq!(kernel["language"], "carousel");
    let package = folder.json("labextensions/carousel-language/package.json");
    let script = package["jupyterlab"]["_build"]["load"].as_str().unwrap();
    assert!(folder.0.join(COLOURS).join(script).is_file(), "{script}");
    for (name, magic) in [("logo-32x32.png", b"\x89PNG"), ("logo-svg.svg", b"<svg")] {
        let logo = fs::read(folder.0.join(KERNEL).join(name)).unwrap();
        assert!(logo.starts_with(magic), "{name}");
    }
    assert_eq!(folder.files().len(), 7, "{:?}", folder.files());
}

#[test]
fn the_colours_of_an_older_version_go() {
    let folder = Folder::new("older");
    let old = folder.0.join(COLOURS).join("static/remoteEntry.0123.js");
    files::replace(&old, b"old").unwrap();
    write(&folder.0, Path::new("/opt/kernel")).unwrap();
    assert!(!old.exists());
    write(&folder.0, Path::new("/opt/kernel")).unwrap();
    assert_eq!(folder.files().len(), 7, "{:?}", folder.files());
}

#[test]
fn what_was_installed_is_taken_away_and_nothing_else() {
    let folder = Folder::new("removed");
    assert_eq!(remove(&folder.0).unwrap(), 0);
    write(&folder.0, Path::new("/opt/kernel")).unwrap();
    let other = folder.0.join("kernels/python3/kernel.json");
    files::replace(&other, b"{}").unwrap();
    files::replace(&folder.0.join(KERNEL).join("kernel.css"), b"").unwrap();
    assert_eq!(remove(&folder.0).unwrap(), 7);
    assert_eq!(
        folder.files(),
        ["kernels/carousel/kernel.css", "kernels/python3/kernel.json"]
    );
    assert!(!folder.0.join(COLOURS).exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_named_with_the_way_out() {
    let folder = Folder::new("blocked");
    fs::write(folder.0.join("labextensions"), "a file").unwrap();
    let error = write(&folder.0, Path::new("/opt/kernel")).unwrap_err();
    assert!(error.title.contains("labextensions"), "{error:?}");
    assert!(error.hint.is_some_and(|hint| hint.contains("--prefix")), "{}", error.title);
}

/// `node` is not everywhere; where it is, the script is held to the language's own
/// reader, word by word.
#[test]
fn the_script_colours_every_word_of_the_examples() {
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).status();
    if !node.is_ok_and(|status| status.success()) {
        let _ = writeln!(io::stderr(), "left out: node is not here");
        return;
    }
    let folder = Folder::new("coloured");
    write(&folder.0, Path::new("/opt/kernel")).unwrap();
    let test =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("labextension/test/language.test.js");
    let script = files::scripts(&folder.0).remove(0);
    let checked = Command::new("node").arg(test).arg(script).output().unwrap();
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{said}");
}

#[test]
fn what_pip_has_put_there_is_left_to_pip() {
    let folder = Folder::new("wheel");
    write(&folder.0, Path::new("/opt/carousel-kernel")).unwrap();
    assert!(not_of_a_wheel(&folder.0, "").is_ok());
    let file = folder.0.join(COLOURS).join("install.json");
    fs::write(file, r#"{"packageManager": "python"}"#).unwrap();
    let error = not_of_a_wheel(&folder.0, "pip uninstall carousel-kernel").unwrap_err();
    assert!(error.title.starts_with("pip has put the kernel into"), "{}", error.title);
}

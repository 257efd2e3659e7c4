//! `cargo xtask book`: the chapters in docs/ go in, a book of HTML comes out in
//! target/book, and no link of it leads nowhere.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{links, say};

/// Where `.ci/run` installs it; elsewhere, any that is on the path serves.
const INSTALLED: &str = "target/tools/bin/mdbook";

/// Builds the book and follows its links, and says whether all is well.
///
/// # Errors
/// Where a page cannot be read.
pub(crate) fn run(root: &Path) -> io::Result<bool> {
    let installed = root.join(INSTALLED);
    let program = if installed.exists() { installed } else { "mdbook".into() };
    let runs = |command: &mut Command| command.current_dir(root).status();
    let mut version = Command::new(&program);
    if runs(version.arg("--version").stdout(Stdio::null())).is_err() {
        say(
            "cargo xtask book needs mdbook:\n  cargo install --locked mdbook --root target/tools",
        );
        return Ok(false);
    }
    say("== mdbook build");
    if !runs(Command::new(&program).arg("build"))?.success() {
        return Ok(false);
    }
    say("== the links of the book, of README.md and of ARCHITECTURE.md");
    let mut broken = links::broken_in_book(&root.join("target/book"))?;
    for page in ["README.md", "ARCHITECTURE.md"] {
        broken.extend(links::broken_in_markdown(root, page)?);
    }
    broken.iter().for_each(say);
    Ok(broken.is_empty())
}

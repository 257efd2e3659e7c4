//! What models and data show, predict, draw and leave in files, through a session.

mod ahead;
mod files;
mod inside;
mod memory;
mod models;
mod words;

use std::ops::ControlFlow;
use std::path::PathBuf;

use carousel::{Output, Session, Values};

/// A session with a folder of its own.
pub(crate) struct Talk {
    session: Session,
    pub(crate) folder: PathBuf,
}

/// A model that has learned a little from the airline's months.
pub(crate) const LEARNED: &str = "data air = airline | split 67% | scale 0..1 | window 3\n\
                                  m = train lstm 4 -> dense 1 on air epochs 3";

impl Talk {
    /// A fresh one; `name` keeps its folder apart from those of other tests.
    pub(crate) fn new(name: &str) -> Talk {
        let folder =
            std::env::temp_dir().join(format!("carousel-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a place for temporary files");
        Talk { session: Session::in_folder(&folder), folder }
    }

    /// The same after some lines.
    pub(crate) fn after(name: &str, lines: &str) -> Talk {
        let mut talk = Talk::new(name);
        talk.outputs(lines);
        talk
    }

    /// Runs lines that are right.
    pub(crate) fn outputs(&mut self, lines: &str) -> Vec<Output> {
        let mut outputs = Vec::new();
        let outcome = self.session.run_named("<test>", lines, &mut |output| {
            if !output.is_progress() {
                outputs.push(output);
            }
            ControlFlow::Continue(())
        });
        if let Err(errors) = outcome {
            let sources = self.session.sources();
            panic!("{lines}\n{}", errors[0].render(sources, false));
        }
        outputs
    }

    /// What lines that are right say, in words.
    pub(crate) fn text(&mut self, lines: &str) -> String {
        self.outputs(lines).iter().map(|output| output.to_text(200, false)).collect()
    }

    /// The values that a line gives.
    pub(crate) fn values(&mut self, line: &str) -> Values {
        let found = self.outputs(line).into_iter().find_map(|output| match output {
            Output::Values(values) => Some(values),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("{line}: no values"))
    }

    /// What is said of a line that is wrong: all of it in one text.
    pub(crate) fn error(&mut self, line: &str) -> String {
        let outcome =
            self.session.run_named("<test>", line, &mut |_| ControlFlow::Continue(()));
        let errors = outcome.expect_err(line);
        let sources = self.session.sources();
        errors.iter().map(|error| error.render(sources, false)).collect()
    }

    /// What `carousel check` says of lines.
    pub(crate) fn check(&mut self, lines: &str) -> String {
        let found = self.session.check("<test>", lines);
        let sources = self.session.sources();
        found.iter().map(|error| error.render(sources, false)).collect()
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// All of the parts stand in a text.
pub(crate) fn holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing in:\n{text}");
    }
}

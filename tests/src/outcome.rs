//! What a person reads when a script runs: a script goes in, its results and messages
//! come out as one text.

use std::ops::ControlFlow;
use std::path::Path;

use carousel::Session;

/// How wide tables may be.
const WIDTH: usize = 90;

/// What a script printed.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Results and messages, in order.
    pub text: String,
    /// Whether every statement was carried out.
    pub well: bool,
}

/// Runs a script whose relative paths begin at `folder`, in a session of its own.
pub fn outcome(folder: &Path, name: &str, script: &str) -> Outcome {
    outcome_in(&mut Session::in_folder(folder), folder, name, script)
}

/// Runs a script in a session of `folder` that may have run others before.
pub fn outcome_in(
    session: &mut Session,
    folder: &Path,
    name: &str,
    script: &str,
) -> Outcome {
    let mut text = String::new();
    let result = session.run_named(name, script, &mut |output| {
        text.push_str(&output.to_text(WIDTH, false));
        ControlFlow::Continue(())
    });
    let diagnostics = result.err().unwrap_or_default();
    for diagnostic in &diagnostics {
        text.push_str(diagnostic.render(session.sources(), false).trim_end());
        text.push('\n');
    }
    Outcome {
        text: text.replace(&*folder.to_string_lossy(), "."),
        well: diagnostics.is_empty(),
    }
}

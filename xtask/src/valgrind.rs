//! `cargo xtask valgrind`: trainings by the release command under memcheck, which sees
//! reads of memory that was never written or is no longer there, and what is lost.
//!
//! Valgrind knows nothing of AVX-512, so that the kernels of AVX2 run.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{cargo, say};

/// A few epochs of the tutorial's third program, one window at a time, and of a stack of
/// other cells, whose units have padding.
const TINY: &str = "\
data air = airline | split 67% | scale 0..1 | window 3
model m = lstm 4 -> dense 1
train m on air epochs 2
train gru 3 -> rnn 17 -> dense 1 on air epochs 2
train gru 20 -> dense 1 on air epochs 2 batch 3
";

/// Batches, a layer that two threads share, a cell of one's own, and a wide layer one
/// window at a time.
const LARGE: &str = "\
set threads 2
data air = airline | split 67% | scale 0..1 | window 24
model m = lstm 120 -> dense 1
train m on air epochs 1 batch 32
cell own
  z = sigmoid(W x + U h + b)
  h = z * h + (1 - z) * tanh(V x + v)
end
train own 17 -> dense 1 on air epochs 1 batch 5
train gru 9 -> lstm 65 -> dense 1 on air epochs 1 batch 1
";

/// Runs them, and says whether all is well.
///
/// # Errors
/// Where a program cannot be started, or a script not be written.
pub(crate) fn run(root: &Path) -> io::Result<bool> {
    let version =
        Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    if !version.is_ok_and(|status| status.success()) {
        say("cargo xtask valgrind needs valgrind: it is a package of that name");
        return Ok(false);
    }
    if !cargo(root, &["build", "--release", "--locked", "-p", "carousel-cli"])
        .status()?
        .success()
    {
        return Ok(false);
    }
    let folder = root.join("target").join("valgrind");
    fs::create_dir_all(&folder)?;
    for (name, script) in [("tiny", TINY), ("large", LARGE)] {
        let script_path = folder.join(name).with_extension("lstm");
        fs::write(&script_path, script)?;
        say(format_args!("== valgrind carousel {}", script_path.display()));
        let mut command = Command::new("valgrind");
        command.args(["--error-exitcode=9", "--leak-check=full", "--fair-sched=yes"]);
        // What is possibly lost are the stacks of threads that wait to the end: the one
        // that watches for Ctrl-C is one.
        command.args(["--show-leak-kinds=definite,indirect"]);
        command.args(["--errors-for-leak-kinds=definite,indirect"]);
        command.arg(root.join("target/release/carousel")).arg("--quiet").arg(script_path);
        if !command.current_dir(&folder).status()?.success() {
            return Ok(false);
        }
    }
    Ok(true)
}

//! The `carousel` command that is measured: options go in, its path comes out.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use crate::options::Options;

/// The command asked for, or the one beside this program. Where cargo runs this program,
/// that one is built first: it is neither missing nor of older sources.
///
/// # Errors
/// One sentence if it is not there or cannot be built.
pub(crate) fn command(options: &Options) -> Result<PathBuf, String> {
    if let Some(command) = &options.command {
        return Ok(command.clone());
    }
    if let Some(cargo) = env::var_os("CARGO") {
        build(&cargo)?;
    }
    let own = env::current_exe().map_err(|error| error.to_string())?;
    let beside = own.with_file_name(format!("carousel{}", env::consts::EXE_SUFFIX));
    if beside.is_file() {
        Ok(beside)
    } else {
        Err(format!(
            "there is no `carousel` beside {}: build it in the same profile, or name it with --command",
            own.display()
        ))
    }
}

/// Builds the command in the profile of this program; cargo speaks on standard error.
fn build(cargo: &OsStr) -> Result<(), String> {
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let status = Command::new(cargo)
        .args(["build", "--locked", "-p", "carousel-cli", "--profile", profile])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err("`carousel` cannot be built".to_owned()) }
}

//! `carousel completions`: the name of a shell goes in, the script that completes the
//! words of the command in it comes out.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::CommandFactory;

use crate::args::{Args, CompletionsArgs};
use crate::run::Ended;

/// Prints the script.
pub(crate) fn run(args: &CompletionsArgs) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "carousel", &mut script);
    Ended::from(io::stdout().write_all(&script)).code()
}

//! `carousel help`: a word of the language goes in, its page comes out.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::args::{Args, HelpArgs, RunArgs};
use crate::run::{self, Ended};
use crate::screen::Screen;

/// Prints the page of a word, or how the command is used.
pub(crate) fn run(args: &HelpArgs) -> ExitCode {
    let Some(word) = &args.word else {
        return Ended::from(Args::command().print_help()).code();
    };
    let plain = RunArgs::default();
    let mut session = run::session(std::path::Path::new(""), &plain);
    let mut screen = Screen::new(&plain, "help");
    run::text(&mut session, &mut screen, "<help>", &format!("help {word}")).code()
}

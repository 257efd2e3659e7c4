//! The `carousel` command: words and scripts go in; results come out on standard
//! output, messages on standard error, and the exit code says how it ended.

mod args;
mod bench;
mod check;
mod completions;
mod fmt;
mod help;
mod interrupt;
mod lsp;
mod man;
mod plots;
mod progress;
mod repl;
mod report;
mod run;
mod screen;
mod script;
mod terminal;
mod walk;
mod watch;
mod window;
mod wrap;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(message) => {
            // `--help` and `--version` come here too, with code 0. A closed pipe is no
            // reason to complain.
            let _ = message.print();
            return ExitCode::from(u8::try_from(message.exit_code()).unwrap_or(2));
        }
    };
    terminal::decide(args.plain);
    match args.command {
        None => run::run(&args.run),
        Some(Command::Run(args)) => run::run(&args),
        Some(Command::Watch(args)) => watch::run(&args),
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::Fmt(args)) => fmt::run(&args),
        Some(Command::Help(args)) => help::run(&args),
        Some(Command::Bench(args)) => bench::run(&args),
        Some(Command::Lsp(_)) => lsp::run(),
        Some(Command::Completions(args)) => completions::run(&args),
        Some(Command::Man) => man::run(),
    }
}

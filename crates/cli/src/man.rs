//! `carousel man`: the page that `man carousel` shows, made from the options of the
//! command, comes out.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Arg, Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::args::{Args, EXIT_CODES, WITHOUT_FILE};
use crate::run::Ended;

/// Prints the page.
pub(crate) fn run() -> ExitCode {
    Ended::from(page().and_then(|page| io::stdout().write_all(&page))).code()
}

fn page() -> io::Result<Vec<u8>> {
    let mut command = Args::command();
    command.build();
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    usage(&command).to_writer(&mut page)?;
    man.render_options_section(&mut page)?;
    commands(&command).to_writer(&mut page)?;
    exit_status().to_writer(&mut page)?;
    environment().to_writer(&mut page)?;
    Ok(page)
}

/// How it is called, and what it does then.
fn usage(command: &Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    let usage = command.clone().render_usage().to_string();
    for line in usage.trim_start_matches("Usage: ").lines() {
        roff.text([bold(line.trim())]);
        roff.control("br", []);
    }
    roff.control("SH", ["DESCRIPTION"]);
    roff.text([roman(format!("{}. {WITHOUT_FILE}", about(command)))]);
    roff.control("PP", []);
    roff.text([roman("carousel help WORD explains a word of the language.")]);
    roff
}

/// What each word after `carousel` does, with its own options.
fn commands(command: &Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS"]);
    let listed = |command: &&Command| !command.is_hide_set();
    for command in command.get_subcommands().filter(listed) {
        let usage = command.clone().render_usage().to_string();
        roff.control("TP", []);
        roff.text([bold(usage.trim_start_matches("Usage: "))]);
        roff.text([roman(about(command))]);
        roff.control("RS", []);
        let own = |arg: &&Arg| !arg.is_hide_set() && arg.get_id() != "help";
        for arg in command.get_arguments().filter(own) {
            roff.control("TP", []);
            roff.text([bold(name(arg))]);
            roff.text([roman(help(arg))]);
        }
        roff.control("RE", []);
    }
    roff
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

/// `--seed <N>`, `-e <LINE>`, `<FILE>`.
fn name(arg: &Arg) -> String {
    let names = arg.get_value_names().filter(|_| arg.get_action().takes_values());
    let names: Vec<String> =
        names.into_iter().flatten().map(|name| format!("<{name}>")).collect();
    let value = names.join(" ");
    let dashed = match (arg.get_short(), arg.get_long()) {
        (_, Some(long)) => format!("--{long}"),
        (Some(short), None) => format!("-{short}"),
        (None, None) => return value,
    };
    format!("{dashed} {value}").trim_end().to_owned()
}

fn help(arg: &Arg) -> String {
    arg.get_help().map(ToString::to_string).unwrap_or_default()
}

fn exit_status() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in EXIT_CODES {
        roff.control("TP", []);
        roff.text([bold(code.to_string())]);
        roff.text([roman(meaning)]);
    }
    roff
}

fn environment() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["ENVIRONMENT"]);
    for (name, meaning) in [
        ("NO_COLOR", "Nothing is coloured where it is set and not empty."),
        ("COLUMNS", "How wide tables may be."),
        ("CAROUSEL_LEVEL", "The instructions that kernels use: portable, avx2, avx512."),
    ] {
        roff.control("TP", []);
        roff.text([bold(name)]);
        roff.text([roman(meaning)]);
    }
    roff
}

//! What the command line asks for: words in, [`Args`] out.

use std::num::NonZero;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "carousel",
    version,
    about = "A tiny language for recurrent networks",
    after_help = "Without a file, carousel opens a prompt on a terminal and reads a script \
                  from standard input otherwise.\n\
                  Exit codes: 0 all well, 1 an `expect` failed, 2 an error, 130 stopped by Ctrl-C.",
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub(crate) struct Args {
    /// What to do; without a word, the script is run.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// What to run, and how.
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// For screen readers: plots in words, tables in sentences, no colours, no drawings,
    /// no line editor, nothing that moves; the variable CAROUSEL_PLAIN=1 does the same
    #[arg(long, global = true)]
    pub(crate) plain: bool,
}

/// The commands that have a word.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a script
    Run(RunArgs),
    /// Report every error and hint of a script; train nothing
    Check(CheckArgs),
    /// Write a script the way Carousel writes it
    Fmt(FmtArgs),
    /// Explain a word of the language, or an error such as E4
    Help(HelpArgs),
    /// Measure how fast layers are on this machine
    Bench(BenchArgs),
}

/// `carousel run`
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct RunArgs {
    /// The script; `-` or nothing is standard input
    #[arg(conflicts_with = "lines")]
    pub(crate) file: Option<PathBuf>,
    /// A line to run instead of a file; may be given several times
    #[arg(short = 'e', value_name = "LINE", allow_hyphen_values = true)]
    pub(crate) lines: Vec<String>,
    /// Where plots are written
    #[arg(long, value_name = "DIR", default_value = "plots")]
    pub(crate) plots: PathBuf,
    /// One JSON object a line for each result
    #[arg(long)]
    pub(crate) json: bool,
    /// The seed where the script names none
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Keys of the prompt's editor; `set editing-mode vi` in ~/.inputrc is heeded too
    #[arg(long, value_enum, value_name = "KEYS")]
    pub(crate) keys: Option<Keys>,
    /// Results only: no progress, summaries or hints
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// The keys of the prompt's editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Keys {
    /// Ctrl-A, Ctrl-E, Ctrl-R
    Emacs,
    /// Escape, then single letters
    Vi,
}

/// `carousel check`
#[derive(Debug, ClapArgs)]
pub(crate) struct CheckArgs {
    /// The script; `-` is standard input
    pub(crate) file: PathBuf,
    /// Exit with 1 where there are hints
    #[arg(long)]
    pub(crate) strict: bool,
}

/// `carousel fmt`
#[derive(Debug, ClapArgs)]
pub(crate) struct FmtArgs {
    /// The script; `-` reads standard input and writes standard output
    pub(crate) file: PathBuf,
    /// Write nothing; exit with 1 where the file would change
    #[arg(long)]
    pub(crate) check: bool,
}

/// `carousel help`
#[derive(Debug, ClapArgs)]
pub(crate) struct HelpArgs {
    /// A word of the language, or an error such as E4
    pub(crate) word: Option<String>,
}

/// `carousel bench`
#[derive(Debug, ClapArgs)]
pub(crate) struct BenchArgs {
    /// How many threads may share a layer's work; all cores if it is not given
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZero<usize>>,
    /// One JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

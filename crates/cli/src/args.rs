//! What the command line asks for: words in, [`Args`] out.

use std::num::NonZero;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// What the process ends with, and what that says.
pub(crate) const EXIT_CODES: [(u8, &str); 4] = [
    (0, "all well"),
    (1, "an `expect` failed"),
    (2, "an error"),
    (130, "stopped by Ctrl-C"),
];

/// What the command does where it is given nothing.
pub(crate) const WITHOUT_FILE: &str = "Without a file, carousel opens a prompt on a terminal and \
                                       reads a script from standard input otherwise.";

fn after_help() -> String {
    let codes = EXIT_CODES.map(|(code, meaning)| format!("{code} {meaning}"));
    format!("{WITHOUT_FILE}\nExit codes: {}.", codes.join(", "))
}

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "carousel",
    version,
    about = "A tiny language for recurrent networks",
    after_help = after_help(),
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
    /// For screen readers: results in words, no colours, no drawings, no line editor;
    /// CAROUSEL_PLAIN=1 does the same
    #[arg(long, global = true)]
    pub(crate) plain: bool,
}

/// The commands that have a word.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a script
    Run(RunArgs),
    /// Run a script, and again what has changed each time it or its data is saved
    Watch(WatchArgs),
    /// Report every error and hint of a script, and its shapes; train nothing
    Check(CheckArgs),
    /// Write scripts the way Carousel writes them
    Fmt(FmtArgs),
    /// Explain a word of the language, or an error such as E4
    Help(HelpArgs),
    /// Measure how fast layers are on this machine
    Bench(BenchArgs),
    /// Speak the Language Server Protocol, for editors
    Lsp(LspArgs),
    /// Print the script that completes this command in a shell
    #[command(after_help = "Bash, for example, finds it in\n  \
                            ~/.local/share/bash-completion/completions/carousel")]
    Completions(CompletionsArgs),
    /// Print the manual page, for `man`
    #[command(after_help = "`man carousel` finds it in\n  \
                            ~/.local/share/man/man1/carousel.1")]
    Man,
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

/// `carousel watch`
#[derive(Debug, ClapArgs)]
pub(crate) struct WatchArgs {
    /// The script
    pub(crate) file: PathBuf,
    /// Where plots are written
    #[arg(long, value_name = "DIR", default_value = "plots")]
    pub(crate) plots: PathBuf,
    /// The seed where the script names none
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
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
    /// Scripts, or folders whose scripts are meant; `-` reads standard input and writes
    /// standard output
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Write nothing; name the files that would change and exit with 1
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

/// `carousel lsp`
#[derive(Debug, ClapArgs)]
pub(crate) struct LspArgs {
    /// Said by editors that know several ways to speak; here there is one
    #[arg(long, hide = true)]
    pub(crate) stdio: bool,
}

/// `carousel completions`
#[derive(Debug, ClapArgs)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: Shell,
}

//! What the command line asks for: words in, [`Args`] out.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "carousel-kernel",
    version,
    about = "The Jupyter kernel of Carousel, a tiny language for recurrent networks",
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tell Jupyter of this kernel: its kernelspec, logos, and colours in JupyterLab
    Install(Place),
    /// Take away what `install` wrote
    Uninstall(Place),
    /// Say what is missing for cells to run, to be coloured and to hold Rust
    Doctor,
    /// Run as a kernel; Jupyter does this
    Run(RunArgs),
}

/// Where Jupyter looks for kernels; without a word, in the folders of this user.
#[derive(Debug, Default, ClapArgs)]
#[group(multiple = false)]
pub(crate) struct Place {
    /// In the folders of this user (this is what happens without a word)
    #[arg(long)]
    pub(crate) user: bool,
    /// In the Python environment that is active, or that of the `python` on the path
    #[arg(long)]
    pub(crate) sys_prefix: bool,
    /// In DIR/share/jupyter
    #[arg(long, value_name = "DIR")]
    pub(crate) prefix: Option<PathBuf>,
}

/// `carousel-kernel run`
#[derive(Debug, ClapArgs)]
pub(crate) struct RunArgs {
    /// The connection file that Jupyter has written
    pub(crate) connection_file: PathBuf,
}

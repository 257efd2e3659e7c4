//! The Jupyter kernel of Carousel: cells go in over ZeroMQ, results as MIME bundles come
//! out.

mod answer;
mod args;
mod cell;
mod desk;
mod doctor;
mod executor;
mod failure;
mod history;
mod install;
mod interrupt;
mod places;
#[cfg(feature = "rust-cells")]
mod rust;
mod serve;
mod show;
#[cfg_attr(
    not(feature = "rust-cells"),
    expect(dead_code, reason = "Rust cells alone ask")
)]
mod stdin;
mod stream;
mod wire;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

fn main() -> ExitCode {
    // The program is also the child in which evcxr runs Rust cells, and its wrapper of
    // rustc: then this call does not return.
    #[cfg(feature = "rust-cells")]
    evcxr::runtime_hook();
    match Args::parse().command {
        Command::Install(place) => install::install(&place),
        Command::Uninstall(place) => install::uninstall(&place),
        Command::Doctor => doctor::run(),
        Command::Run(run) => serve::run(&run.connection_file),
    }
}

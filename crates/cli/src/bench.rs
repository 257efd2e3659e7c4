//! `carousel bench`: how fast layers are on this machine; at most a number of threads
//! goes in, a table comes out.

use std::num::NonZero;
use std::process::ExitCode;

use carousel::{Output, speed};

use crate::args::{BenchArgs, RunArgs};
use crate::progress::Busy;
use crate::report;
use crate::screen::Screen;

/// Measures for some seconds and prints the table.
pub(crate) fn run(args: &BenchArgs) -> ExitCode {
    let threads = args.threads.map(NonZero::get);
    let line = Busy::new();
    let table =
        speed::layers(threads, &mut |what| line.say(&format!("measuring {what}")));
    drop(line);
    match table {
        Ok(table) => {
            let plain = RunArgs { json: args.json, ..RunArgs::default() };
            let mut screen = Screen::new(&plain, "bench");
            // Whether it was read is what `finish` tells.
            let _ = screen.show(&Output::Table(table));
            screen.finish().code()
        }
        Err(diagnostic) => report::one(&diagnostic).code(),
    }
}

//! What becomes of a session's results: [`Output`]s go in, text or JSON on standard
//! output, plots in files and a progress line come out.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;

use carousel::Output;
use carousel_plot::Theme;
use serde_json::{Value, json};

use crate::args::RunArgs;
use crate::plots::Plots;
use crate::progress::{Epoch, Progress};
use crate::report;
use crate::run::Ended;
use crate::walk;

/// How wide a table may be where the terminal does not say.
const WIDTH: usize = 90;

/// Where results go and what became of them so far.
#[derive(Debug)]
pub(crate) struct Screen {
    json: bool,
    quiet: bool,
    colour: bool,
    width: usize,
    plots: Plots,
    progress: Progress,
    ended: Ended,
}

impl Screen {
    /// As the options ask for; plots are called after `stem`.
    pub(crate) fn new(args: &RunArgs, stem: &str) -> Screen {
        let terminal = io::stdout().is_terminal() && io::stderr().is_terminal();
        Screen {
            json: args.json,
            quiet: args.quiet,
            colour: report::colour(&io::stdout()),
            width: width(),
            plots: Plots::new(&args.plots, stem),
            progress: Progress::new(terminal && !args.quiet && !args.json),
            ended: Ended::Well,
        }
    }

    /// Shows one result. Breaks off where nobody reads the output any more.
    pub(crate) fn show(&mut self, output: &Output) -> ControlFlow<()> {
        if let Output::Epoch(epoch) = output {
            self.progress.show(Epoch {
                number: epoch.number,
                of: epoch.of,
                loss: epoch.loss,
                steps: epoch.steps,
            });
            return ControlFlow::Continue(());
        }
        self.progress.clear();
        if let Output::Expect { passed: false, .. } = output {
            self.ended = Ended::Failed;
        }
        let shown = match output {
            Output::Walk(steps) if !self.json && walk::can_walk() => walk::show(steps),
            _ => self.text(output).and_then(|text| print(&text)),
        };
        match shown {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.ended = broken(&error);
                ControlFlow::Break(())
            }
        }
    }

    /// The text of a result: nothing where the options ask for nothing.
    fn text(&mut self, output: &Output) -> io::Result<String> {
        match output {
            Output::Plot { name, figure, dark } => {
                let theme = if *dark { Theme::Dark } else { Theme::Light };
                self.plot(name, &figure.svg(theme))
            }
            Output::Hint(_) | Output::Text(_) if self.quiet => Ok(String::new()),
            _ if self.json => Ok(output.to_json().as_ref().map(line).unwrap_or_default()),
            _ => Ok(output.to_text(self.width, self.colour)),
        }
    }

    /// Writes a picture and tells where it is.
    fn plot(&mut self, name: &str, svg: &str) -> io::Result<String> {
        let path = self.plots.write(svg)?;
        let file = path.to_string_lossy();
        Ok(if self.json {
            line(&json!({ "kind": "plot", "name": name, "file": file }))
        } else {
            format!("plot: {file}\n")
        })
    }

    /// How what was shown since the last time ended.
    pub(crate) fn finish(&mut self) -> Ended {
        self.progress.clear();
        std::mem::replace(&mut self.ended, Ended::Well)
    }
}

/// One object on a line of its own.
fn line(object: &Value) -> String {
    format!("{object}\n")
}

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.map_err(|error| io::Error::new(error.kind(), format!("the results: {error}")))
}

/// The columns that the shell tells of.
fn width() -> usize {
    std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok())
        .unwrap_or(WIDTH)
}

/// Whether a failure to write is somebody's wish.
fn broken(error: &io::Error) -> Ended {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ended::BrokenPipe;
    }
    report::one(&carousel_lang::Diagnostic::error(format!("cannot write {error}")))
}

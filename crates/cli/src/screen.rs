//! What becomes of a session's results: [`Output`]s go in, text or JSON on standard
//! output, plots on the screen and in files, and a progress line come out.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;

use carousel::{Output, Plots};
use carousel_plot::{Figure, Theme};
use serde_json::{Value, json};

use crate::args::RunArgs;
use crate::plots::Files;
use crate::progress::Progress;
use crate::run::Ended;
use crate::terminal::{self, Pictures};
use crate::{report, walk, window, wrap};

/// The least and the most lines of a plot in characters.
const PLOT_LINES: (usize, usize) = (12, 24);

/// Where results go and what became of them so far.
#[derive(Debug)]
pub(crate) struct Screen {
    json: bool,
    quiet: bool,
    colour: bool,
    files: Files,
    pictures: Pictures,
    progress: Progress,
    ended: Ended,
}

impl Screen {
    /// As the options ask for; plots are called after `stem`.
    pub(crate) fn new(args: &RunArgs, stem: &str) -> Screen {
        Screen {
            json: args.json,
            quiet: args.quiet,
            colour: terminal::has_colour(&io::stdout()),
            files: Files::new(&args.plots, stem),
            pictures: Pictures::default(),
            progress: Progress::new(terminal::can_move() && !args.quiet && !args.json),
            ended: Ended::Well,
        }
    }

    /// Shows one result. Breaks off where nobody reads the output any more.
    pub(crate) fn show(&mut self, output: &Output) -> ControlFlow<()> {
        match output {
            Output::Epoch(epoch) => {
                self.progress.epoch(epoch);
                return ControlFlow::Continue(());
            }
            Output::Busy(doing) => {
                self.progress.busy(doing);
                return ControlFlow::Continue(());
            }
            Output::Expect { passed: false, .. } => self.ended = Ended::Failed,
            _ => {}
        }
        self.progress.clear();
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
            Output::Plot { name, figure, dark, plots } => {
                let theme = if *dark { Theme::Dark } else { Theme::Light };
                self.plot(name, figure, theme, *plots)
            }
            Output::Hint(_) | Output::Text(_) if self.quiet => Ok(String::new()),
            _ if self.json => Ok(output.to_json().as_ref().map(line).unwrap_or_default()),
            _ if terminal::is_plain() => Ok(output.to_plain()),
            _ => Ok(sentences(output.to_text(terminal::columns(), self.colour))),
        }
    }

    /// Writes a picture, shows it where it can be shown, and tells where it is.
    fn plot(
        &mut self,
        name: &str,
        figure: &Figure,
        theme: Theme,
        plots: Plots,
    ) -> io::Result<String> {
        if plots == Plots::Off {
            return Ok(match (self.json, self.quiet) {
                (true, _) => line(&json!({ "kind": "plot", "name": name, "file": null })),
                (false, true) => String::new(),
                (false, false) => {
                    sentences(format!("plot: {name}, not drawn: `plots` is off\n"))
                }
            });
        }
        let path = self.files.write(&figure.svg(theme))?;
        let file = path.to_string_lossy();
        if self.json {
            return Ok(line(&json!({ "kind": "plot", "name": name, "file": file })));
        }
        let mut text = format!("plot: {file}\n");
        if plots == Plots::Window
            && let Err(reason) = window::open(&path)
        {
            text += &format!("no window: {reason}; `set plots text` draws here\n");
        }
        Ok(self.drawn(figure, theme, plots) + &sentences(text))
    }

    /// The figure in the text of the results; nothing where nobody looks at it.
    fn drawn(&mut self, figure: &Figure, theme: Theme, plots: Plots) -> String {
        match plots {
            Plots::Off | Plots::Window => String::new(),
            Plots::Auto | Plots::Text | Plots::Graphics if terminal::is_plain() => {
                figure.words()
            }
            Plots::Text => self.characters(figure),
            Plots::Auto | Plots::Graphics if !io::stdout().is_terminal() => String::new(),
            Plots::Auto | Plots::Graphics => {
                let wanted = plots == Plots::Graphics;
                let columns = terminal::columns();
                let picture = self.pictures.draw(figure, theme, columns, wanted);
                picture.unwrap_or_else(|| self.characters(figure))
            }
        }
    }

    fn characters(&self, figure: &Figure) -> String {
        let lines = terminal::lines().saturating_sub(4);
        let lines = lines.clamp(PLOT_LINES.0, PLOT_LINES.1);
        let columns = terminal::columns();
        if self.colour {
            figure.coloured_text(columns, lines)
        } else {
            figure.text(columns, lines)
        }
    }

    /// How many plots were written so far.
    pub(crate) fn plots(&self) -> usize {
        self.files.count()
    }

    /// Counts plots from here on: the next one takes the place of one that was written
    /// before.
    pub(crate) fn set_plots(&mut self, count: usize) {
        self.files.set_count(count);
    }

    /// How what was shown since the last time ended.
    pub(crate) fn finish(&mut self) -> Ended {
        self.progress.clear();
        std::mem::replace(&mut self.ended, Ended::Well)
    }
}

/// A text whose long lines are broken between words where a terminal would break them.
fn sentences(text: String) -> String {
    match io::stdout().is_terminal() && !terminal::is_plain() {
        true => wrap::wrapped(&text, terminal::columns()),
        false => text,
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

/// Whether a failure to write is somebody's wish.
fn broken(error: &io::Error) -> Ended {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ended::BrokenPipe;
    }
    report::one(&carousel_lang::Diagnostic::error(format!("cannot write {error}")))
}

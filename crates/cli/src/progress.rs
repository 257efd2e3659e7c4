//! The progress line of a training, on a terminal: epochs go in, one line that is
//! drawn over comes out on standard error.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// A training shorter than this shows no line: it would only flicker.
const SHOWN_AFTER: Duration = Duration::from_millis(300);

/// How often a second the line is drawn.
const DRAWS_A_SECOND: u8 = 10;

/// A line that says what is done, for what has no known end; drawn where standard error
/// is a terminal.
pub(crate) fn busy() -> ProgressBar {
    let line = ProgressBar::new_spinner();
    line.enable_steady_tick(SHOWN_AFTER);
    line
}

/// What one epoch has to tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Epoch {
    /// From 1.
    pub(crate) number: usize,
    /// How many there will be.
    pub(crate) of: usize,
    /// Its loss, in the units that the model sees.
    pub(crate) loss: f64,
    /// Updates of the weights in one epoch.
    pub(crate) steps: usize,
}

/// The line, while there is one.
#[derive(Debug)]
pub(crate) struct Progress {
    wanted: bool,
    bar: Option<Bar>,
}

#[derive(Debug)]
struct Bar {
    line: ProgressBar,
    since: Instant,
    shown: bool,
}

impl Progress {
    /// A line that appears once a training takes its time, if it is wanted; `indicatif`
    /// draws nothing where standard error is no terminal.
    pub(crate) fn new(wanted: bool) -> Progress {
        Progress { wanted, bar: None }
    }

    /// Shows an epoch.
    pub(crate) fn show(&mut self, epoch: Epoch) {
        if !self.wanted {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| Bar {
            line: hidden_line(epoch),
            since: Instant::now(),
            shown: false,
        });
        bar.line.set_length(epoch.of as u64);
        bar.line.set_message(format!("loss {:.6}", epoch.loss));
        bar.line.set_position(epoch.number as u64);
        if !bar.shown && bar.since.elapsed() >= SHOWN_AFTER {
            bar.shown = true;
            bar.line.set_draw_target(ProgressDrawTarget::stderr_with_hz(DRAWS_A_SECOND));
        }
    }

    /// Takes the line away, so that something else can be printed.
    pub(crate) fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.line.finish_and_clear();
        }
    }
}

fn hidden_line(epoch: Epoch) -> ProgressBar {
    let steps = epoch.steps as f64;
    let speed = move |state: &ProgressState, line: &mut dyn std::fmt::Write| {
        // The line is a `String`; writing to it does not fail.
        let _ = write!(line, "{:.0}", state.per_sec() * steps);
    };
    let style = ProgressStyle::with_template(
        "epoch {pos} of {len}  {bar:24}  {msg}  {speed} steps/s  {eta} left",
    )
    .expect("the template is a constant")
    .with_key("speed", speed);
    ProgressBar::with_draw_target(Some(epoch.of as u64), ProgressDrawTarget::hidden())
        .with_style(style)
}

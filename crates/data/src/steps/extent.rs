//! Which rows of a series are left.

use carousel_lang::Diagnostic;

use crate::{Step, StepKind};

/// Rows `low..high` of the source, the first `lags` of which are nothing but the past
/// that `difference` needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) low: usize,
    pub(crate) high: usize,
    pub(crate) lags: usize,
}

impl Extent {
    /// The first row that has a value.
    pub(crate) fn first(self) -> usize {
        self.low.saturating_add(self.lags).min(self.high)
    }

    /// How many rows have a value.
    pub(crate) fn len(self) -> usize {
        self.high - self.first()
    }

    /// What a step before `window` or `stream` does to it.
    ///
    /// # Errors
    /// When no row is left.
    pub(crate) fn follow(&mut self, step: &Step) -> Result<(), Diagnostic> {
        let before = self.len();
        let what = match step.kind {
            StepKind::Take(count) => {
                self.high = self.first().saturating_add(count).min(self.high);
                format!("take {count}")
            }
            StepKind::SkipFirst(count) => {
                self.low = self.low.saturating_add(count).min(self.high);
                format!("skip first {count}")
            }
            StepKind::SkipLast(count) => {
                self.high = self.high.saturating_sub(count).max(self.low);
                format!("skip last {count}")
            }
            StepKind::Difference { lag } => {
                self.lags = self.lags.saturating_add(lag);
                format!("difference {lag}")
            }
            _ => return Ok(()),
        };
        if self.len() > 0 {
            return Ok(());
        }
        Err(Diagnostic::error(format!("`{what}` leaves no row"))
            .label(step.span, format!("there are {before} rows here")))
    }
}

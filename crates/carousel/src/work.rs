//! One statement at work: a copy of the state that it may change, and what it reaches
//! of the world.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use carousel_data::{Dataset, Preparation, Recipe};
use carousel_lang::Diagnostic;
use carousel_plot::Figure;

use crate::Output;
use crate::analysis::is_heavy;
use crate::datasets::Datasets;
use crate::journal::Journal;
use crate::state::{Data, Settings, State};

/// Why a statement ends early.
#[derive(Debug)]
pub(crate) enum Halt {
    /// It cannot be carried out; nothing has changed.
    Errors(Vec<Diagnostic>),
    /// It went wrong on the way, and what it leaves is good: a training that ran away
    /// leaves the weights of its last good epoch.
    Kept(Vec<Diagnostic>),
    /// Nobody reads the results any more; nothing has changed.
    Quit,
}

impl From<Diagnostic> for Halt {
    fn from(error: Diagnostic) -> Halt {
        Halt::Errors(vec![error])
    }
}

/// What a statement returns.
pub(crate) type Outcome = Result<(), Halt>;

/// A statement at work.
pub(crate) struct Work<'a> {
    /// The state that the statement leaves if it succeeds.
    pub(crate) state: State,
    /// Where the relative paths of the session begin.
    pub(crate) folder: &'a Path,
    /// The seed where nothing names one.
    pub(crate) default_seed: u64,
    /// Set by Ctrl-C.
    pub(crate) interrupt: &'a AtomicBool,
    /// Set by a statement that was interrupted and kept what it had: nothing after it
    /// runs.
    pub(crate) interrupted: bool,
    /// `carousel check`: nothing is trained, written or shown.
    pub(crate) dry: bool,
    /// Whether data that would take long to make is left alone: somebody is typing.
    pub(crate) light: bool,
    /// Codes of the hints that were told in this session.
    pub(crate) told: &'a mut BTreeSet<&'static str>,
    /// What was said in this session.
    pub(crate) journal: &'a Journal,
    /// Data made ready earlier in the session.
    pub(crate) datasets: &'a mut Datasets,
    /// Where results go.
    pub(crate) emit: &'a mut dyn FnMut(Output) -> ControlFlow<()>,
}

impl Work<'_> {
    /// The seed of the session.
    pub(crate) fn seed(&self) -> u64 {
        self.state.seed.unwrap_or(self.default_seed)
    }

    /// Shows a result.
    ///
    /// # Errors
    /// [`Halt::Quit`] where nobody reads it.
    pub(crate) fn show(&mut self, output: Output) -> Outcome {
        match (self.emit)(output) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Halt::Quit),
        }
    }

    /// Says what goes on now, for those who wait.
    ///
    /// # Errors
    /// As [`Work::show`].
    pub(crate) fn busy(&mut self, doing: impl Into<String>) -> Outcome {
        if self.dry { Ok(()) } else { self.show(Output::Busy(doing.into())) }
    }

    /// Shows a figure as the settings ask for.
    ///
    /// # Errors
    /// As [`Work::show`].
    pub(crate) fn plot(&mut self, name: String, figure: Figure) -> Outcome {
        let Settings { dark, plots, .. } = self.state.settings;
        self.show(Output::Plot { name, figure, dark, plots })
    }

    /// Shows some words.
    ///
    /// # Errors
    /// As [`Work::show`].
    pub(crate) fn say(&mut self, text: impl Into<String>) -> Outcome {
        self.show(Output::Text(text.into()))
    }

    /// Shows a hint, once a session and unless `set hints off`.
    ///
    /// # Errors
    /// As [`Work::show`].
    pub(crate) fn hint(&mut self, hint: Diagnostic) -> Outcome {
        let new = hint.code.is_none_or(|code| self.told.insert(code));
        if new && self.state.settings.hints {
            self.show(Output::Hint(hint))
        } else {
            Ok(())
        }
    }

    /// The data made ready; read and computed once for each recipe and seed. Tells H1
    /// where a step has learned from the test part.
    ///
    /// # Errors
    /// What is wrong with the recipe or its file.
    pub(crate) fn dataset(&mut self, data: &Data) -> Result<Arc<Dataset>, Halt> {
        self.busy(format!("preparing {}", data.text))?;
        let dataset = self.prepare(&data.recipe)?;
        for leak in dataset.leaks.clone() {
            self.hint(crate::hints::leak(&leak))?;
        }
        Ok(dataset)
    }

    /// The same without hints.
    ///
    /// # Errors
    /// As [`Work::dataset`], and [`Halt::Quit`] where it would take long and somebody is
    /// typing.
    pub(crate) fn prepare(&mut self, recipe: &Recipe) -> Result<Arc<Dataset>, Halt> {
        let seed = self.seed();
        let heavy = self.light && is_heavy(recipe, self.folder);
        if heavy && !self.datasets.has(recipe, self.folder, seed) {
            return Err(Halt::Quit);
        }
        Ok(self.datasets.prepare(recipe, self.folder, seed, None)?)
    }

    /// The data made ready as a model has learned to read it: its steps learn nothing.
    ///
    /// # Errors
    /// As [`Work::dataset`], and where the recipe has other steps.
    pub(crate) fn dataset_as(
        &mut self,
        data: &Data,
        like: &Preparation,
    ) -> Result<Arc<Dataset>, Halt> {
        if self.light && is_heavy(&data.recipe, self.folder) {
            return Err(Halt::Quit);
        }
        let seed = self.seed();
        Ok(self.datasets.prepare(&data.recipe, self.folder, seed, Some(like))?)
    }

    /// A path as typed, from the folder of the script.
    pub(crate) fn path(&self, typed: &str) -> PathBuf {
        self.folder.join(&self.state.within).join(typed)
    }
}

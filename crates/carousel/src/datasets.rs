//! Data that was made ready earlier, so that nothing is read or computed twice.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use carousel_data::{Dataset, Preparation, Recipe, Source};
use carousel_lang::{Diagnostic, Span};

/// How many are kept; a session that sweeps windows makes many.
const KEPT: usize = 16;

/// The data sets made last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Datasets {
    kept: Vec<Kept>,
}

#[derive(Debug, Clone)]
struct Kept {
    recipe: Recipe,
    seed: u64,
    /// What its steps took over, where they did not learn.
    like: Option<Preparation>,
    /// When the file was changed last: a file that changes is read again.
    changed: Option<SystemTime>,
    dataset: Arc<Dataset>,
}

impl Datasets {
    /// The recipe carried out, with what its steps learn or with what is `like` it, or
    /// what was made of it before.
    ///
    /// # Errors
    /// As [`Dataset::prepare`] and [`Dataset::prepare_as`].
    pub(crate) fn prepare(
        &mut self,
        recipe: &Recipe,
        folder: &Path,
        seed: u64,
        like: Option<&Preparation>,
    ) -> Result<Arc<Dataset>, Diagnostic> {
        let changed = changed(recipe, folder);
        let plain = without_spans(recipe, folder);
        if let Some(kept) = self.find(&plain, changed, seed, like) {
            return Ok(Arc::clone(&kept.dataset));
        }
        let dataset = Arc::new(match like {
            None => Dataset::prepare(recipe, folder, seed)?,
            Some(like) => Dataset::prepare_as(recipe, folder, seed, like)?,
        });
        if self.kept.len() == KEPT {
            self.kept.remove(0);
        }
        let shared = Arc::clone(&dataset);
        let like = like.cloned();
        self.kept.push(Kept { recipe: plain, seed, like, changed, dataset: shared });
        Ok(dataset)
    }

    /// The recipe carried out, or what was made of it before; it is not kept.
    ///
    /// # Errors
    /// As [`Dataset::prepare`].
    pub(crate) fn made(
        &self,
        recipe: &Recipe,
        folder: &Path,
        seed: u64,
    ) -> Result<Arc<Dataset>, Diagnostic> {
        let changed = changed(recipe, folder);
        match self.find(&without_spans(recipe, folder), changed, seed, None) {
            Some(kept) => Ok(Arc::clone(&kept.dataset)),
            None => Dataset::prepare(recipe, folder, seed).map(Arc::new),
        }
    }

    /// Whether a recipe was carried out before.
    pub(crate) fn has(&self, recipe: &Recipe, folder: &Path, seed: u64) -> bool {
        let plain = without_spans(recipe, folder);
        self.find(&plain, changed(recipe, folder), seed, None).is_some()
    }

    fn find(
        &self,
        plain: &Recipe,
        changed: Option<SystemTime>,
        seed: u64,
        like: Option<&Preparation>,
    ) -> Option<&Kept> {
        self.kept.iter().find(|kept| {
            kept.seed == seed
                && kept.changed == changed
                && kept.like.as_ref() == like
                && kept.recipe == *plain
        })
    }
}

fn changed(recipe: &Recipe, folder: &Path) -> Option<SystemTime> {
    let Source::Csv(csv) = &recipe.source else { return None };
    csv.file(folder).metadata().and_then(|file| file.modified()).ok()
}

/// The recipe without the places where it was typed: the same words in another line
/// mean the same data.
fn without_spans(recipe: &Recipe, folder: &Path) -> Recipe {
    let mut plain = recipe.clone();
    plain.source_span = Span::default();
    for step in &mut plain.steps {
        step.span = Span::default();
        if let carousel_data::StepKind::Target(column) = &mut step.kind {
            column.span = Span::default();
        }
    }
    if let Source::Csv(csv) = &mut plain.source {
        csv.path = csv.file(folder);
        csv.folder = PathBuf::new();
        csv.path_span = Span::default();
        for column in csv.columns.iter_mut().chain(&mut csv.time) {
            column.span = Span::default();
        }
    }
    plain
}

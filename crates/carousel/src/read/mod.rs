//! From the syntax tree to what it means: recipes, networks, baselines, options.
//!
//! Nothing here computes or reads files; names are looked up in the [`State`].

use std::sync::Arc;

use carousel_data::Baseline;
use carousel_lang::Diagnostic;
use carousel_lang::ast::Value;

use crate::state::{Data, Described, State, Trained};

/// What a value in a command turned out to be.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    /// A pipe, a source, a list or the name of data.
    Data(Arc<Data>),
    /// A chain that has not learned: several where braces sweep.
    Networks(Vec<Described>),
    /// The name of a model that has learned (or `it`).
    Trained {
        /// The name.
        name: String,
        /// The model.
        model: Arc<Trained>,
    },
    /// `naive`, `seasonal 12`
    Baseline(Baseline),
}

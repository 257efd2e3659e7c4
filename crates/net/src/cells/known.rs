//! What is made of a cell's equations alone, kept for the process: building the body of
//! a loop costs more than all else that compiling a small network does.

use std::sync::{Mutex, PoisonError};

use super::CellForm;

/// How many cells are kept: more than anyone writes by hand.
const KEPT: usize = 64;

/// Results by equations.
#[derive(Debug)]
pub(crate) struct ByForm<T> {
    known: Mutex<Vec<(CellForm, T)>>,
}

impl<T: Clone> ByForm<T> {
    pub(crate) const fn new() -> ByForm<T> {
        ByForm { known: Mutex::new(Vec::new()) }
    }

    /// What `make` gives for these equations, made once.
    pub(crate) fn get(&self, form: &CellForm, make: impl FnOnce() -> T) -> T {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, value)) = known.iter().find(|(other, _)| other == form) {
            return value.clone();
        }
        let value = make();
        if known.len() >= KEPT {
            known.clear();
        }
        known.push((form.clone(), value.clone()));
        value
    }
}

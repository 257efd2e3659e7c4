//! The steps that change values: what they learn, what they do, and the way back.

mod change;
mod extent;
mod fill;
mod learn;
mod outline;

pub(crate) use change::{apply, lags, restore, stages};
pub(crate) use extent::Extent;
pub(crate) use fill::fill;
pub(crate) use learn::{Learned, learn};
pub(crate) use outline::{Outline, outline, parts};

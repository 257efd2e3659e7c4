//! How an operation reads a buffer through a view.

use luminal::shape::ShapeTracker;

use super::view::{index_map, is_plain, physical_len};

/// A view, in the cheapest form that reads it rightly.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reading {
    /// As it lies.
    Plain,
    /// One number, everywhere.
    Scalar,
    /// The whole buffer, over and over.
    Repeated(usize),
    /// A place for each number; -1 is zero.
    Map(Vec<i32>),
}

impl Reading {
    pub(crate) fn of(view: &ShapeTracker) -> Reading {
        let len = physical_len(view);
        match () {
            () if is_plain(view) => Reading::Plain,
            () if len == 1 && !is_padded(view) => Reading::Scalar,
            () if repeats(view) => Reading::Repeated(len),
            () => Reading::Map(index_map(view)),
        }
    }

    /// The `i`th number that the view shows.
    #[inline]
    pub(crate) fn read(&self, buffer: &[f32], i: usize) -> f32 {
        match self {
            Reading::Plain => buffer[i],
            Reading::Scalar => buffer[0],
            Reading::Repeated(len) => buffer[i % len],
            Reading::Map(map) => match usize::try_from(map[i]) {
                Ok(at) => buffer[at],
                Err(_) => 0.0,
            },
        }
    }

    /// Adds each number of what the view shows to where it lies in the buffer.
    pub(crate) fn add_back(&self, shown: &[f32], buffer: &mut [f32]) {
        let add = |buffer: &mut [f32], shown: &[f32]| {
            for (total, more) in buffer.iter_mut().zip(shown) {
                *total += more;
            }
        };
        match self {
            Reading::Plain => add(buffer, shown),
            Reading::Scalar => buffer[0] += shown.iter().sum::<f32>(),
            Reading::Repeated(len) => {
                shown.chunks(*len).for_each(|shown| add(buffer, shown));
            }
            Reading::Map(map) => {
                for (place, value) in map.iter().zip(shown) {
                    if let Ok(place) = usize::try_from(*place) {
                        buffer[place] += value;
                    }
                }
            }
        }
    }
}

/// Whether the view shows all of the buffer as it lies, once for each index of its
/// first axes.
fn repeats(view: &ShapeTracker) -> bool {
    let first_real = (0..view.len())
        .find(|axis| !view.fake[view.indexes[*axis]])
        .unwrap_or(view.len());
    let mut rest = *view;
    for _ in 0..first_real {
        rest.remove_dim(0);
    }
    is_plain(&rest)
}

fn is_padded(view: &ShapeTracker) -> bool {
    view.padding.iter().any(|(before, after)| {
        before.to_usize() != Some(0) || after.to_usize() != Some(0)
    })
}

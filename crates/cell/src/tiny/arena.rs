//! Numbers that begin at a cache line.

/// The numbers of a cache line.
const LINE: usize = 16;

/// Zeros to begin with.
#[derive(Debug)]
pub(super) struct Arena {
    numbers: Vec<f32>,
    start: usize,
    len: usize,
}

impl Arena {
    pub(super) fn new(len: usize) -> Arena {
        let numbers = vec![0.0; len + LINE];
        // Where nothing can be said of the alignment, it costs speed and nothing else.
        let start = numbers.as_ptr().align_offset(4 * LINE).min(LINE);
        Arena { numbers, start, len }
    }

    pub(super) fn all(&self) -> &[f32] {
        &self.numbers[self.start..][..self.len]
    }

    pub(super) fn all_mut(&mut self) -> &mut [f32] {
        &mut self.numbers[self.start..][..self.len]
    }
}

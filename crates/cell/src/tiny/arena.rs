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

    /// How many bytes an arena of `len` numbers takes.
    pub(super) fn bytes_for(len: usize) -> usize {
        (len + LINE) * size_of::<f32>()
    }

    /// How many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.numbers.as_slice())
    }

    pub(super) fn all(&self) -> &[f32] {
        &self.numbers[self.start..][..self.len]
    }

    pub(super) fn all_mut(&mut self) -> &mut [f32] {
        &mut self.numbers[self.start..][..self.len]
    }
}

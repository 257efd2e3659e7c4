//! Room for numbers, as kernels want it: it begins at a cache line, and threads may
//! write disjoint parts of it.
#![allow(unsafe_code)]

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// Numbers that begin at a cache line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Buffer {
    lines: Vec<Line>,
}

#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Line([f32; 16]);

impl Buffer {
    /// At least `n` zeros.
    pub(crate) fn zeros(n: usize) -> Buffer {
        Buffer { lines: vec![Line([0.0; 16]); n.div_ceil(16)] }
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        // SAFETY: a line is `repr(C)`, sixteen numbers and, being 64 bytes, no padding:
        // the vector's lines are that many initialised numbers in one allocation.
        unsafe {
            std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.lines.len() * 16)
        }
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: as in `deref`; any sixteen numbers make a line, and `self` is borrowed
        // alone for as long as the slice lives.
        unsafe {
            std::slice::from_raw_parts_mut(
                self.lines.as_mut_ptr().cast(),
                self.lines.len() * 16,
            )
        }
    }
}

/// A borrowed slice of which several threads write disjoint parts.
///
/// It sees to bounds itself, in all builds; those who call [`Parts::read`] and
/// [`Parts::write`] answer for what overlaps, and for nothing else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    start: *mut f32,
    len: usize,
    life: PhantomData<&'a mut [f32]>,
}

// SAFETY: it stands for a `&mut [f32]`, which may go to another thread; what two threads
// do with copies of it at once is what callers of `read` and `write` answer for.
unsafe impl Send for Parts<'_> {}
// SAFETY: as above.
unsafe impl Sync for Parts<'_> {}

impl<'a> Parts<'a> {
    /// Takes over the slice.
    pub(crate) fn new(slice: &'a mut [f32]) -> Self {
        Parts { start: slice.as_mut_ptr(), len: slice.len(), life: PhantomData }
    }

    /// Numbers `at..at + n`, to be parted further.
    #[inline(always)]
    pub(crate) fn part(&self, at: usize, n: usize) -> Self {
        self.check(at, n);
        Parts { start: self.start.wrapping_add(at), len: n, life: PhantomData }
    }

    /// Where numbers `at..at + n` begin: who reads or writes them from there must keep
    /// to what `read` and `write` ask for.
    #[inline(always)]
    pub(crate) fn place(&self, at: usize, n: usize) -> *mut f32 {
        self.part(at, n).start
    }

    /// Numbers `at..at + n`, to read.
    ///
    /// # Safety
    /// Nobody may write them while the result lives.
    #[inline(always)]
    pub(crate) unsafe fn read(&self, at: usize, n: usize) -> &'a [f32] {
        self.check(at, n);
        // SAFETY: `check` found the part in the slice, whose numbers are initialised and
        // borrowed for 'a; the caller keeps writers away.
        unsafe { std::slice::from_raw_parts(self.start.add(at), n) }
    }

    /// Numbers `at..at + n`, to write.
    ///
    /// # Safety
    /// Nobody else may read or write them while the result lives.
    #[inline(always)]
    pub(crate) unsafe fn write(&self, at: usize, n: usize) -> &'a mut [f32] {
        self.check(at, n);
        // SAFETY: as in `read`, the borrow being exclusive; the caller keeps all others
        // away.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(at), n) }
    }

    /// Panics unless numbers `at..at + n` are there; no sum can overflow on the way.
    #[inline(always)]
    fn check(&self, at: usize, n: usize) {
        let fits = n <= self.len && at <= self.len - n;
        assert!(fits, "a part lies in its slice");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_begins_at_a_cache_line_and_holds_zeros() {
        for n in [0, 1, 16, 17] {
            let mut buffer = Buffer::zeros(n);
            assert!(buffer.len() >= n && buffer.iter().all(|x| *x == 0.0));
            assert!(buffer.as_ptr().addr().is_multiple_of(64));
            buffer.fill(1.0);
            assert_eq!(buffer.iter().sum::<f32>(), buffer.len() as f32);
        }
    }

    #[test]
    fn two_threads_write_their_own_parts() {
        let mut numbers = [0.0; 5];
        let parts = Parts::new(&mut numbers);
        std::thread::scope(|scope| {
            // SAFETY: each thread has its own numbers, 0..2 and 2..5.
            scope.spawn(move || unsafe { parts.write(0, 2).fill(1.0) });
            // SAFETY: as above.
            scope.spawn(move || unsafe { parts.part(1, 4).write(1, 3).fill(2.0) });
        });
        assert_eq!(numbers, [1.0, 1.0, 2.0, 2.0, 2.0]);
    }

    #[test]
    fn parts_outside_their_slice_are_refused() {
        for (at, n) in [(0, 4), (2, 2), (3, 1), (4, 0), (usize::MAX, 2), (1, usize::MAX)]
        {
            let mut numbers = [0.0; 3];
            let parts = Parts::new(&mut numbers);
            let refused = std::panic::catch_unwind(|| parts.part(at, n)).is_err();
            assert!(refused, "{n} numbers at {at}");
        }
    }
}

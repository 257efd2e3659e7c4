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
        // SAFETY: lines are sixteen numbers each, without padding between them.
        unsafe {
            std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.lines.len() * 16)
        }
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: as in `deref`, and the borrow is exclusive.
        unsafe {
            std::slice::from_raw_parts_mut(
                self.lines.as_mut_ptr().cast(),
                self.lines.len() * 16,
            )
        }
    }
}

/// A borrowed slice of which several threads write disjoint parts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    start: *mut f32,
    len: usize,
    life: PhantomData<&'a mut [f32]>,
}

// SAFETY: what two threads may do at once is what callers of `read` and `write` promise.
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
        assert!(at + n <= self.len, "a part lies in its slice");
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
        assert!(at + n <= self.len, "a part lies in its slice");
        // SAFETY: the part lies in the slice, and the caller keeps writers away.
        unsafe { std::slice::from_raw_parts(self.start.add(at), n) }
    }

    /// Numbers `at..at + n`, to write.
    ///
    /// # Safety
    /// Nobody else may read or write them while the result lives.
    #[inline(always)]
    pub(crate) unsafe fn write(&self, at: usize, n: usize) -> &'a mut [f32] {
        assert!(at + n <= self.len, "a part lies in its slice");
        // SAFETY: the part lies in the slice, and the caller keeps all others away.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(at), n) }
    }
}

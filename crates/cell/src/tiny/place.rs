//! Where numbers of an arena lie: a pointer that knows, where debug assertions are on,
//! which numbers it may be used for. In other programs it is a bare pointer.

/// A place among numbers, or anywhere near them.
///
/// Only [`Place::read`] and [`Place::write`] give a pointer that may be followed, and
/// they check its range.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    at: *mut f32,
    /// The first address of the numbers that it may be used for, and that after them.
    #[cfg(debug_assertions)]
    bounds: [usize; 2],
}

impl Place {
    /// Numbers to read.
    pub(super) fn of(numbers: &[f32]) -> Place {
        Place {
            at: numbers.as_ptr().cast_mut(),
            #[cfg(debug_assertions)]
            bounds: bounds(numbers),
        }
    }

    /// Numbers to read and write.
    pub(super) fn of_mut(numbers: &mut [f32]) -> Place {
        Place {
            #[cfg(debug_assertions)]
            bounds: bounds(numbers),
            at: numbers.as_mut_ptr(),
        }
    }

    /// `n` numbers further on.
    ///
    /// # Safety
    /// That is no further than the end of the numbers.
    #[inline(always)]
    pub(super) unsafe fn add(self, n: usize) -> Place {
        #[cfg(debug_assertions)]
        self.check(n, "passed");
        // SAFETY: the caller stays within the numbers, or at their end.
        Place { at: unsafe { self.at.add(n) }, ..self }
    }

    /// `n` numbers further on, even beyond the end: where a loop goes after its last
    /// row, or begins if it has none.
    #[inline(always)]
    pub(super) fn step(self, n: usize) -> Place {
        Place { at: self.at.wrapping_add(n), ..self }
    }

    /// `len` numbers from the `at`th on, and no others.
    ///
    /// # Safety
    /// They are there.
    #[inline(always)]
    pub(super) unsafe fn part(self, at: usize, len: usize) -> Place {
        // SAFETY: the caller answers for it.
        let part = unsafe { self.add(at) };
        // SAFETY: as above.
        let _ = unsafe { part.read(len) };
        Place {
            #[cfg(debug_assertions)]
            bounds: [part.at.addr(), part.at.addr() + len * size_of::<f32>()],
            ..part
        }
    }

    /// A pointer to `n` numbers to read.
    ///
    /// # Safety
    /// They are there, and nobody writes them meanwhile.
    #[inline(always)]
    pub(super) unsafe fn read(self, n: usize) -> *const f32 {
        #[cfg(debug_assertions)]
        self.check(n, "read");
        let _ = n;
        self.at
    }

    /// A pointer to `n` numbers to write.
    ///
    /// # Safety
    /// They are there, and nobody else uses them meanwhile; the place comes from
    /// [`Place::of_mut`].
    #[inline(always)]
    pub(super) unsafe fn write(self, n: usize) -> *mut f32 {
        #[cfg(debug_assertions)]
        self.check(n, "written");
        let _ = n;
        self.at
    }

    /// `n` numbers from here on.
    ///
    /// # Safety
    /// As [`Place::read`], for as long as the slice lives.
    #[inline(always)]
    pub(super) unsafe fn slice<'a>(self, n: usize) -> &'a [f32] {
        // SAFETY: the caller answers for it; an arena's numbers are initialised.
        unsafe { core::slice::from_raw_parts(self.read(n), n) }
    }

    /// The same to write.
    ///
    /// # Safety
    /// As [`Place::write`], for as long as the slice lives.
    #[inline(always)]
    pub(super) unsafe fn slice_mut<'a>(self, n: usize) -> &'a mut [f32] {
        // SAFETY: as in `slice`.
        unsafe { core::slice::from_raw_parts_mut(self.write(n), n) }
    }

    /// The number here.
    ///
    /// # Safety
    /// As [`Place::read`] of one.
    #[inline(always)]
    pub(super) unsafe fn get(self) -> f32 {
        // SAFETY: the caller answers for it; places are whole numbers apart, as slices
        // have them.
        unsafe { *self.read(1) }
    }

    /// Changes the number here.
    ///
    /// # Safety
    /// As [`Place::write`] of one.
    #[inline(always)]
    pub(super) unsafe fn set(self, number: f32) {
        // SAFETY: as in `get`.
        unsafe { *self.write(1) = number }
    }

    #[cfg(debug_assertions)]
    #[inline(always)]
    fn check(self, n: usize, what: &str) {
        let [start, end] = self.bounds;
        let at = self.at.addr();
        assert!(
            start <= at && at + n * size_of::<f32>() <= end,
            "{n} numbers are {what} at {at:#x} of {start:#x}..{end:#x}"
        );
    }
}

#[cfg(debug_assertions)]
fn bounds(numbers: &[f32]) -> [usize; 2] {
    let range = numbers.as_ptr_range();
    [range.start.addr(), range.end.addr()]
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_part_are_reached_and_changed() {
        let mut numbers = [0.0, 1.0, 2.0, 3.0];
        // SAFETY: one part of two numbers of four.
        unsafe {
            let part = Place::of_mut(&mut numbers).part(1, 2);
            part.add(1).set(part.get() + 4.0);
        }
        assert_eq!(numbers, [0.0, 1.0, 5.0, 3.0]);
    }

    #[test]
    #[should_panic(expected = "2 numbers are read")]
    fn numbers_behind_a_part_are_refused() {
        let numbers = [0.0; 4];
        // SAFETY: the check comes before the pointer, which is not followed.
        unsafe { Place::of(&numbers).part(1, 2).add(1).read(2) };
    }
}

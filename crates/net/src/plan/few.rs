//! A list of slices that is made anew for each run of a kernel: a short one, which is the
//! rule, lies where it is made and costs no allocation.

use std::ops::Deref;

/// How many slices a short list has.
const MOST: usize = 16;

/// Slices, in order.
#[derive(Debug)]
pub(crate) struct Few<'a> {
    short: [&'a [f32]; MOST],
    len: usize,
    /// All of them, where they are more.
    long: Vec<&'a [f32]>,
}

impl Default for Few<'_> {
    fn default() -> Self {
        Few { short: [&[]; MOST], len: 0, long: Vec::new() }
    }
}

impl<'a> Extend<&'a [f32]> for Few<'a> {
    fn extend<I: IntoIterator<Item = &'a [f32]>>(&mut self, slices: I) {
        for slice in slices {
            if self.len < MOST {
                self.short[self.len] = slice;
            } else {
                if self.len == MOST {
                    self.long.extend(self.short);
                }
                self.long.push(slice);
            }
            self.len += 1;
        }
    }
}

impl<'a> FromIterator<&'a [f32]> for Few<'a> {
    fn from_iter<I: IntoIterator<Item = &'a [f32]>>(slices: I) -> Self {
        let mut few = Few::default();
        few.extend(slices);
        few
    }
}

impl<'a> Deref for Few<'a> {
    type Target = [&'a [f32]];

    fn deref(&self) -> &Self::Target {
        if self.len <= MOST { &self.short[..self.len] } else { &self.long }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_lists_hold_what_was_put_into_them() {
        let numbers: Vec<f32> = (0u8..40).map(f32::from).collect();
        for n in [0, 1, 15, 16, 17, 40] {
            let few: Few<'_> = numbers[..n].chunks(1).collect();
            assert_eq!(few.concat(), &numbers[..n]);
        }
    }
}

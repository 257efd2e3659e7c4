//! How the columns of a matrix on the right of a product are grouped.

/// Columns in groups of `across` times sixteen, the last filled up to 1, 2 or 4 times
/// sixteen. A group lies as `[rows, its columns]`, one after another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    /// Columns in all, in units of sixteen.
    count: usize,
    /// The units of a full group.
    across: usize,
}

impl Columns {
    pub(super) fn new(columns: usize, across: usize) -> Columns {
        Columns { count: columns.div_ceil(16), across }
    }

    /// How many groups there are.
    pub(super) fn groups(&self) -> usize {
        self.count.div_ceil(self.across)
    }

    /// How wide a group is, in units of sixteen: 1, 2 or 4.
    pub(super) fn across(&self, group: usize) -> usize {
        (self.count - group * self.across).min(self.across).next_power_of_two()
    }

    /// Where a group of `rows` rows begins.
    pub(super) fn start(&self, group: usize, rows: usize) -> usize {
        group * self.across * 16 * rows
    }

    /// How many numbers the matrix takes.
    pub(super) fn len(&self, rows: usize) -> usize {
        let last = self.groups() - 1;
        self.start(last, rows) + self.across(last) * 16 * rows
    }

    /// Where sixteen columns of one row lie: `unit` counts them in sixteens.
    #[inline(always)]
    pub(super) fn at(&self, unit: usize, row: usize, rows: usize) -> usize {
        let group = unit / self.across;
        let place = unit % self.across;
        self.start(group, rows) + (row * self.across(group) + place) * 16
    }
}

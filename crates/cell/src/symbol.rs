//! Numbers that name something: a row of a table, or a class.

/// What a layer reads in each step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Features {
    /// So many numbers.
    Numbers(usize),
    /// One symbol of so many kinds: the row of a matrix that it names takes the place
    /// of the product with that matrix.
    Symbol(usize),
}

impl Features {
    /// How many rows the matrix of the inputs has.
    pub fn rows(self) -> usize {
        match self {
            Features::Numbers(rows) | Features::Symbol(rows) => rows,
        }
    }

    /// How many numbers a step of one sequence has.
    pub fn width(self) -> usize {
        match self {
            Features::Numbers(numbers) => numbers,
            Features::Symbol(_) => 1,
        }
    }
}

/// Which of `kinds` a number names: the nearest whole one below `kinds`; none if two are
/// as near, or if it is beyond them.
#[inline(always)]
pub fn named(number: f32, kinds: usize) -> Option<usize> {
    let nearest = number.round();
    let is_near = (number - nearest).abs() < 0.5;
    (is_near && nearest >= 0.0 && nearest < kinds as f32).then_some(nearest as usize)
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_number_names_the_row_that_it_is_nearest_to() {
        for (number, expected) in [
            (0.0, Some(0)),
            (-0.0, Some(0)),
            (2.0, Some(2)),
            (1.4, Some(1)),
            (3.0, None),
            (-1.0, None),
            (1.5, None),
            (f32::NAN, None),
            (f32::INFINITY, None),
        ] {
            assert_eq!(named(number, 3), expected, "{number}");
        }
    }
}

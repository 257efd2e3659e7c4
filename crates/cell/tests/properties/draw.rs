//! Shapes at random, and the smallest of those that fail.

use std::env;
use std::fmt::Debug;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a property is tried on: sizes and choices, from which numbers follow.
pub(crate) trait Shape: Clone + Debug {
    /// One at random.
    fn draw(dice: &mut Dice) -> Self;

    /// Those that are smaller or plainer by one step.
    fn smaller(&self) -> Vec<Self>;
}

/// Asserts that a property holds for `count` shapes drawn at random.
pub(crate) fn holds<S: Shape>(count: u64, check: impl Fn(&S) -> Result<(), String>) {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse().ok());
    let seed = number("PROPERTIES_SEED").unwrap_or(1);
    // An interpreter is a thousand times slower, and looks at memory, not at digits.
    let count = if cfg!(miri) { 2 } else { count * number("PROPERTIES").unwrap_or(1) };
    for draw in 0..count {
        let shape = S::draw(&mut Dice::new(seed, draw));
        if let Err(message) = outcome(&shape, &check) {
            let (shape, message) = smallest(shape, message, &check);
            panic!("draw {draw} of PROPERTIES_SEED={seed}: {message}\n{shape:#?}");
        }
    }
}

/// What a check says, a panic being a failure like others.
fn outcome<S>(
    shape: &S,
    check: &impl Fn(&S) -> Result<(), String>,
) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| check(shape))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("it panicked: {}", text.unwrap_or("without a message")))
    })
}

/// A shape that fails while none that is smaller by one step does.
fn smallest<S: Shape>(
    mut shape: S,
    mut message: String,
    check: &impl Fn(&S) -> Result<(), String>,
) -> (S, String) {
    let failing = |shape: &S| outcome(shape, check).err();
    while let Some((smaller, why)) = shape
        .smaller()
        .into_iter()
        .find_map(|smaller| failing(&smaller).map(|why| (smaller, why)))
    {
        (shape, message) = (smaller, why);
    }
    (shape, message)
}

/// A size made smaller: half of it, and one less, but not below `least`.
pub(crate) fn less(size: usize, least: usize) -> impl Iterator<Item = usize> {
    let half = (size / 2).max(least);
    [half, size.saturating_sub(1)].into_iter().filter(move |n| *n < size && *n >= least)
}

/// The symbols that [`Dice::single_ones`] stands for; zeros alone are what names nothing.
pub(crate) fn symbols(rows: &[f64], kinds: usize) -> Vec<f32> {
    let symbol = |row: &[f64]| row.iter().position(|x| *x == 1.0).unwrap_or(kinds);
    rows.chunks(kinds).map(|row| symbol(row) as f32).collect()
}

/// A stream of random choices.
#[derive(Debug)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64, stream: u64) -> Dice {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Dice(generator)
    }

    /// From 0 up to, not including, `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }

    pub(crate) fn within(&mut self, range: RangeInclusive<usize>) -> usize {
        range.start() + self.below(range.end() - range.start() + 1)
    }

    /// A size from 1 to `most`: small ones, those about a register's and any other are
    /// equally likely.
    pub(crate) fn size(&mut self, most: usize) -> usize {
        let most = if cfg!(miri) { most.min(3) } else { most };
        match self.below(3) {
            0 => self.within(1..=most.min(4)),
            1 => (self.within(1..=4) * 16 - 1 + self.below(3)).min(most),
            _ => self.within(1..=most),
        }
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, of: &mut [T]) {
        for k in (1..of.len()).rev() {
            of.swap(k, self.below(k + 1));
        }
    }

    /// Column blocks for i, f, g and o: half of them as PyTorch has them.
    pub(crate) fn gates(&mut self) -> [usize; 4] {
        let mut gates = [0, 1, 2, 3];
        if self.coin() {
            self.shuffle(&mut gates);
        }
        gates
    }

    /// How many steps each row takes part in, none among them; or all in all.
    pub(crate) fn lengths(&mut self, steps: usize, batch: usize) -> Option<Vec<usize>> {
        self.coin().then(|| (0..batch).map(|_| self.within(0..=steps)).collect())
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Numbers in [-1, 1), all multiples of 2^-10: the same in both precisions, and so
    /// are their products with powers of two.
    pub(crate) fn numbers(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| f64::from(self.0.next_u32() >> 21) / 1024.0 - 1.0).collect()
    }

    /// The same, so small that sums of `terms` of them stay of size 1.
    pub(crate) fn weights(&mut self, n: usize, terms: usize) -> Vec<f64> {
        let scale = terms.next_power_of_two().min(32) as f64;
        self.numbers(n).iter().map(|number| number / scale).collect()
    }

    /// Rows `[rows, kinds]` of zeros and a single one, or of zeros alone.
    pub(crate) fn single_ones(&mut self, rows: usize, kinds: usize) -> Vec<f64> {
        let mut numbers = vec![0.0; rows * kinds];
        for row in numbers.chunks_mut(kinds) {
            let symbol = self.below(kinds + 1);
            row.iter_mut().skip(symbol).take(1).for_each(|number| *number = 1.0);
        }
        numbers
    }
}

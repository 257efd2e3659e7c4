//! What the drivers of a layer know of its cell: the sums that it takes, what they are
//! sums of, the states that it carries, and where all of these lie.

use super::PANEL;
use crate::ScanShape;
use crate::code::Sum;
use crate::simd::Level;
use crate::symbol::Features;

/// A matrix and what it multiplies.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Source {
    /// The state that it multiplies; none is x.
    pub(super) state: Option<usize>,
    /// `I` or `H`: rows of the matrix.
    pub(super) len: usize,
    /// Whether x names a row of the matrix instead of being multiplied with it.
    pub(super) looked_up: bool,
    /// How many column blocks of `H` the matrix has.
    pub(super) blocks: usize,
    /// The blocks that are used, each in a sum of its own, by sums.
    pub(super) feeds: Vec<Feed>,
    /// Sums of neighbours that one tile makes.
    pub(super) runs: Vec<Run>,
}

/// A column block of a matrix goes into a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Feed {
    pub(super) sum: usize,
    pub(super) block: usize,
}

/// Neighbouring sums of one source, as many as a tile is wide or fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    /// The first sum.
    pub(super) sum: usize,
    /// How many.
    pub(super) width: usize,
    /// The group of sums that they are of: its first, and how many.
    pub(super) group: (usize, usize),
    /// Which of the source's feeds is the first.
    pub(super) fed: usize,
    /// Where its weights begin among those of a panel.
    pub(super) at: usize,
    /// Which of the sums have nothing of another source yet.
    pub(super) fresh: [bool; 4],
}

/// A layer as its drivers see it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Frame {
    pub(super) shape: ScanShape,
    /// The widest tile, in units of sixteen.
    pub(super) across: usize,
    pub(super) sums: Vec<Sum>,
    /// x, then the states that are multiplied.
    pub(super) sources: Vec<Source>,
    /// Whether each state is multiplied; its rows then lie one after another.
    pub(super) multiplied: Vec<bool>,
    /// How many numbers of each unit a pass keeps for the way back, states apart.
    pub(super) kept: usize,
    /// How many numbers of room a cell needs for each row, forward and backward.
    pub(super) room: [usize; 2],
}

impl Source {
    /// The matrix of x, without feeds and runs, which [`Frame::new`] finds.
    pub(super) fn of_inputs(features: Features, blocks: usize) -> Source {
        let looked_up = matches!(features, Features::Symbol(_));
        let (len, feeds, runs) = (features.rows(), Vec::new(), Vec::new());
        Source { state: None, len, looked_up, blocks, feeds, runs }
    }

    /// The matrix of a state of so many units, likewise.
    pub(super) fn of_state(state: usize, units: usize, blocks: usize) -> Source {
        let numbers = Source::of_inputs(Features::Numbers(units), blocks);
        Source { state: Some(state), ..numbers }
    }

    /// How many rows of factors it multiplies.
    pub(super) fn factors(&self) -> usize {
        if self.looked_up { 0 } else { self.len }
    }
}

impl Frame {
    /// Finds what a tile can make at once.
    pub(super) fn new(
        level: Level,
        shape: ScanShape,
        sums: Vec<Sum>,
        mut sources: Vec<Source>,
        states: usize,
    ) -> Frame {
        let across = level.across();
        let mut multiplied = vec![false; states];
        let mut touched = vec![false; sums.len()];
        let mut at = 0;
        for (of, source) in sources.iter_mut().enumerate() {
            if let Some(state) = source.state {
                multiplied[state] = true;
            }
            for (sum, terms) in sums.iter().enumerate() {
                if let Some(term) = terms.products.iter().find(|term| term.of == of) {
                    source.feeds.push(Feed { sum, block: term.block });
                }
            }
            for (fed, feed) in source.feeds.iter().enumerate() {
                let fresh = !std::mem::replace(&mut touched[feed.sum], true);
                match source.runs.last_mut() {
                    // Sums in groups of a tile's width lie together.
                    Some(run)
                        if run.sum + run.width == feed.sum && feed.sum % across != 0 =>
                    {
                        run.fresh[run.width] = fresh;
                        run.width += 1;
                    }
                    _ => source.runs.push(Run {
                        sum: feed.sum,
                        width: 1,
                        group: group(feed.sum, sums.len(), across),
                        fed,
                        at: 0,
                        fresh: [fresh, false, false, false],
                    }),
                }
            }
            for run in &mut source.runs {
                run.at = at;
                at += source.len * run.width * PANEL;
            }
        }
        Frame { shape, across, sums, sources, multiplied, kept: 0, room: [0; 2] }
    }

    /// `P`
    pub(super) fn panels(&self) -> usize {
        self.shape.units.div_ceil(PANEL)
    }

    /// How many units panel `p` really has.
    #[inline(always)]
    pub(super) fn width(&self, p: usize) -> usize {
        (self.shape.units - p * PANEL).min(PANEL)
    }

    /// What a step reads.
    pub(super) fn features(&self) -> Features {
        let Source { len, looked_up, .. } = self.sources[0];
        if looked_up { Features::Symbol(len) } else { Features::Numbers(len) }
    }

    /// How many numbers the packed weights of a panel are.
    pub(super) fn weights(&self) -> usize {
        let sizes = self.sources.iter().map(|source| source.len * source.feeds.len());
        sizes.sum::<usize>() * PANEL
    }

    /// How many of them are rows that are looked up, which come first.
    #[inline(always)]
    pub(super) fn table(&self) -> usize {
        let x = &self.sources[0];
        if x.looked_up { x.len * x.feeds.len() * PANEL } else { 0 }
    }

    /// How many rows the factors on the left have in all: I unless x is symbols, and H
    /// for each matrix of a state.
    pub(super) fn depth(&self) -> usize {
        self.sources.iter().map(Source::factors).sum()
    }

    /// How far apart two rows of a state that is multiplied lie: not a power of two,
    /// which would put the rows of a tile in the same places of the cache.
    #[inline(always)]
    pub(super) fn row(&self) -> usize {
        self.panels() * PANEL + PANEL
    }

    /// How many numbers a state of all rows takes.
    pub(super) fn state_len(&self, state: usize) -> usize {
        let row = if self.multiplied[state] { self.row() } else { self.panels() * PANEL };
        self.shape.batch * row
    }

    /// How far apart the sixteen units of two rows of a state lie.
    #[inline(always)]
    pub(super) fn apart(&self, state: usize) -> usize {
        if self.multiplied[state] { self.row() } else { PANEL }
    }

    /// Where sixteen units of a state lie, among the states of one slot after another.
    #[inline(always)]
    pub(super) fn state(&self, state: usize, slot: usize, p: usize, row: usize) -> usize {
        let batch = self.shape.batch;
        if self.multiplied[state] {
            (slot * batch + row) * self.row() + p * PANEL
        } else {
            ((slot * self.panels() + p) * batch + row) * PANEL
        }
    }

    /// Where sixteen units of a sum of panel p lie in `[rows, C * 16 P]`: by panels,
    /// groups of a tile's width, and rows.
    #[inline(always)]
    pub(super) fn sum(&self, p: usize, sum: usize, row: usize, rows: usize) -> usize {
        self.in_group(p, sum, self.group(sum), row, rows)
    }

    /// The same for the first sum of a run.
    #[inline(always)]
    pub(super) fn run(&self, p: usize, run: &Run, row: usize, rows: usize) -> usize {
        self.in_group(p, run.sum, run.group, row, rows)
    }

    #[inline(always)]
    fn in_group(
        &self,
        p: usize,
        sum: usize,
        (start, width): (usize, usize),
        row: usize,
        rows: usize,
    ) -> usize {
        let all = (p * self.sums.len() + start) * PANEL * rows;
        all + (row * width + sum - start) * PANEL
    }

    /// The group of a sum: its first, and how many.
    #[inline(always)]
    pub(super) fn group(&self, sum: usize) -> (usize, usize) {
        group(sum, self.sums.len(), self.across)
    }
}

/// The group of a sum: as many neighbours as a tile is wide.
#[inline(always)]
fn group(sum: usize, sums: usize, across: usize) -> (usize, usize) {
    let start = sum / across * across;
    (start, (sums - start).min(across))
}

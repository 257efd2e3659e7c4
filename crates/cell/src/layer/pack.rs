//! Between matrices as they come and as tiles want them.
#![allow(unsafe_code)]

use super::PANEL;
use super::columns::Columns;
use super::frame::{Frame, Source};
use crate::buffer::Parts;

impl Frame {
    /// Writes the columns of panel `p` of all matrices into the packed weights of that
    /// panel: by source and run, `[len, width * 16]`. Columns of no unit stay as they
    /// are.
    pub(super) fn pack_panel(&self, matrices: &[&[f32]], p: usize, packed: &mut [f32]) {
        let units = self.shape.units;
        let width = self.width(p);
        for (source, matrix) in self.sources.iter().zip(matrices) {
            for run in &source.runs {
                let feeds = &source.feeds[run.fed..run.fed + run.width];
                let to = packed[run.at..].chunks_exact_mut(run.width * PANEL);
                for (row, to) in matrix.chunks_exact(source.blocks * units).zip(to) {
                    let (to, _) = to.as_chunks_mut::<PANEL>();
                    for (feed, to) in feeds.iter().zip(to) {
                        let from = &row[feed.block * units + p * PANEL..][..width];
                        copy(from, &mut to[..width]);
                    }
                }
            }
        }
    }

    /// The reverse, for one source.
    ///
    /// # Safety
    /// Nobody else may use this panel's columns of the matrix.
    pub(super) unsafe fn unpack_panel(
        &self,
        packed: &[f32],
        p: usize,
        source: &Source,
        matrix: Parts<'_>,
    ) {
        let units = self.shape.units;
        let width = self.width(p);
        for run in &source.runs {
            let feeds = &source.feeds[run.fed..run.fed + run.width];
            for r in 0..source.len {
                for (v, feed) in feeds.iter().enumerate() {
                    let from = run.at + (r * run.width + v) * PANEL;
                    let to = (r * source.blocks + feed.block) * units + p * PANEL;
                    // SAFETY: the caller keeps all others away from these columns.
                    let to = unsafe { matrix.write(to, width) };
                    copy(&packed[from..from + width], to);
                }
            }
        }
    }

    /// Writes sixteen rows of a source's matrix, from `16 * unit` on, transposed, into
    /// the packed columns of the transposed matrix, whose rows are by panel and feed.
    /// `group` begins at `start`.
    pub(super) fn pack_transposed(
        &self,
        source: &Source,
        matrix: &[f32],
        unit: usize,
        group: &mut [f32],
        (columns, start): (Columns, usize),
    ) {
        let (units, depth) = (self.shape.units, self.transposed(source));
        let wide = source.blocks * units;
        let rows = (source.len - unit * 16).min(16);
        let matrix = &matrix[unit * 16 * wide..];
        for p in 0..self.panels() {
            for (fed, feed) in source.feeds.iter().enumerate() {
                let from = feed.block * units + p * PANEL;
                let mut block = [[0.0; 16]; PANEL];
                for r in 0..rows {
                    let row = &matrix[r * wide + from..][..self.width(p)];
                    for (k, value) in row.iter().enumerate() {
                        block[k][r] = *value;
                    }
                }
                for (k, row) in block.iter().enumerate() {
                    let column = (p * source.feeds.len() + fed) * PANEL + k;
                    let to = columns.at(unit, column, depth) - start;
                    group[to..to + 16].copy_from_slice(row);
                }
            }
        }
    }

    /// How many rows a source's transposed matrix has.
    pub(super) fn transposed(&self, source: &Source) -> usize {
        self.panels() * source.feeds.len() * PANEL
    }
}

/// Copies at most sixteen numbers; a whole panel, the common case, without a call.
#[inline(always)]
pub(super) fn copy(from: &[f32], to: &mut [f32]) {
    match (from.first_chunk::<16>(), to.first_chunk_mut::<16>()) {
        (Some(from), Some(to)) => *to = *from,
        _ => to.copy_from_slice(from),
    }
}

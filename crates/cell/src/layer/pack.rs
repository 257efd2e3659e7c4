//! Between matrices as they come and as tiles want them.
#![allow(unsafe_code)]

use super::columns::Columns;
use super::{GATES, LstmLayer, PANEL};
use crate::buffer::Parts;

impl LstmLayer {
    /// Writes the columns of panel `p` of a matrix `[rows, 4H]` into its place among
    /// `depth` packed rows, from row `first` on. Columns of no unit stay as they are.
    pub(super) fn pack_panel(
        &self,
        matrix: &[f32],
        p: usize,
        packed: &mut [f32],
        columns: Columns,
        (first, depth): (usize, usize),
    ) {
        let (width, start) = (self.width(p), columns.at(4 * p, 0, depth));
        for (r, row) in matrix.chunks_exact(4 * self.shape.units).enumerate() {
            for gate in 0..4 {
                let from = &row[self.column(p, gate)..][..width];
                let to = columns.at(4 * p + gate, first + r, depth) - start;
                copy(from, &mut packed[to..to + width]);
            }
        }
    }

    /// The reverse: the columns of panel `p` of `rows` packed rows into a matrix.
    ///
    /// # Safety
    /// Nobody else may use these columns of the matrix.
    pub(super) unsafe fn unpack_panel(
        &self,
        packed: &[f32],
        p: usize,
        matrix: Parts<'_>,
        columns: Columns,
        (first, rows, depth): (usize, usize, usize),
    ) {
        let (width, start) = (self.width(p), columns.at(4 * p, 0, depth));
        for r in 0..rows {
            for gate in 0..4 {
                let from = columns.at(4 * p + gate, first + r, depth) - start;
                let to = r * 4 * self.shape.units + self.column(p, gate);
                // SAFETY: the caller keeps all others away from this panel's columns.
                let to = unsafe { matrix.write(to, width) };
                copy(&packed[from..from + width], to);
            }
        }
    }

    /// Writes sixteen rows of a matrix `[rows, 4H]`, from `16 * unit` on, transposed,
    /// into the packed columns of the transposed matrix. `group` begins at `start`.
    pub(super) fn pack_transposed(
        &self,
        matrix: &[f32],
        unit: usize,
        group: &mut [f32],
        (columns, start): (Columns, usize),
    ) {
        let (units, depth) = (self.shape.units, self.panels() * GATES);
        let rows = (matrix.len() / (4 * units) - unit * 16).min(16);
        let matrix = &matrix[unit * 16 * 4 * units..];
        for p in 0..self.panels() {
            for gate in 0..4 {
                let from = self.column(p, gate);
                let mut block = [[0.0; 16]; PANEL];
                for r in 0..rows {
                    let row = &matrix[r * 4 * units + from..][..self.width(p)];
                    for (k, value) in row.iter().enumerate() {
                        block[k][r] = *value;
                    }
                }
                for (k, row) in block.iter().enumerate() {
                    let column = p * GATES + gate * PANEL + k;
                    let to = columns.at(unit, column, depth) - start;
                    group[to..to + 16].copy_from_slice(row);
                }
            }
        }
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

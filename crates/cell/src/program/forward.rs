//! A program's forward loop: projected inputs and first states in, outputs and last
//! states out.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::steps::Forward;
use super::tape::Chunk;
use super::{Instruction, Program, ProgramTape, Register};
use crate::ScanShape;
use crate::product::{View, product};
use crate::scan::live;
use crate::simd::dispatch;

impl Program {
    /// Runs the loop; false if `interrupt` was set, and the results are then unfinished.
    ///
    /// xw: `[T, B, inputs * H]`; mask: `[T, B]` of 1 and 0; each of carries0 and last:
    /// `[B, H]`; of vectors: `[H]`; of matrices: `[H, blocks * H]`; y: `[T, B, H]`.
    #[expect(clippy::too_many_arguments, reason = "one loop, plain slices")]
    pub fn forward(
        &self,
        shape: ScanShape,
        xw: &[f32],
        mask: Option<&[f32]>,
        carries0: &[&[f32]],
        vectors: &[&[f32]],
        matrices: &[&[f32]],
        tape: &mut ProgramTape,
        y: &mut [f32],
        last: &mut [Vec<f32>],
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        let n = shape.state_len();
        for (history, first) in tape.carries.iter_mut().zip(carries0) {
            history[shape.first() * n..][..n].copy_from_slice(first);
        }
        self.fix(shape.units, vectors, tape);
        for step in 0..shape.steps {
            if interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
                return false;
            }
            let whole = Chunk::whole(self, shape, shape.time(step));
            for k in 0..tape.of_states.len() {
                let at = tape.of_states[k];
                multiply(shape, whole, mask, matrices, tape, at);
            }
            for chunk in Chunk::of(self, shape, tape.chunk, shape.time(step)) {
                let mut start = 0;
                for k in 0..tape.of_others.len() {
                    let at = tape.of_others[k];
                    let leader = tape.groups[at].leader;
                    self.make(shape, chunk, start..leader, xw, tape);
                    multiply(shape, chunk, mask, matrices, tape, at);
                    start = leader;
                }
                self.make(shape, chunk, start..self.instructions.len(), xw, tape);
                self.keep(shape, chunk, mask, tape, y);
            }
        }
        for (history, last) in tape.carries.iter().zip(last) {
            last.copy_from_slice(&history[shape.last() * n..][..n]);
        }
        true
    }

    /// Fills the registers that are the same in each step.
    pub(super) fn fix(&self, units: usize, vectors: &[&[f32]], tape: &mut ProgramTape) {
        let stride = tape.stride;
        for (register, instruction) in self.instructions.iter().enumerate() {
            let value = &mut tape.values[register * stride..][..tape.chunk * units];
            if let Instruction::Constant(number) = *instruction {
                value.fill(number);
            }
            if let Instruction::Vector { index } = *instruction {
                for row in value.chunks_exact_mut(units.max(1)) {
                    row.copy_from_slice(vectors[index]);
                }
            }
        }
    }

    /// Makes the registers of a range; the products among them are on the tape.
    pub(super) fn make(
        &self,
        shape: ScanShape,
        chunk: Chunk,
        range: Range<usize>,
        xw: &[f32],
        tape: &mut ProgramTape,
    ) {
        dispatch(Forward {
            program: self,
            chunk,
            range,
            xw,
            carries: &tape.carries,
            before: chunk.slot(shape.before(chunk.time), shape.batch),
            groups: &tape.groups,
            group_of: &tape.group_of,
            stride: tape.stride,
            values: &mut tape.values,
        });
    }

    /// Writes the states after a step, and what is given out.
    fn keep(
        &self,
        shape: ScanShape,
        chunk: Chunk,
        mask: Option<&[f32]>,
        tape: &mut ProgramTape,
        y: &mut [f32],
    ) {
        let ProgramTape { carries, values, stride, .. } = tape;
        let row_of = |register: Register, row: usize| {
            &values[register * *stride + row * chunk.units..][..chunk.units]
        };
        for row in 0..chunk.rows {
            let live = live(mask, chunk.start + row);
            let y = &mut y[(chunk.start + row) * chunk.units..][..chunk.units];
            match live {
                true => y.copy_from_slice(row_of(self.output, row)),
                false => y.fill(0.0),
            }
            let at = (chunk.row + row) * chunk.units;
            for (history, next) in carries.iter_mut().zip(&self.next) {
                let (before, after) = shape.step(history, chunk.time);
                let value =
                    if live { row_of(*next, row) } else { &before[at..][..chunk.units] };
                after[at..][..chunk.units].copy_from_slice(value);
            }
        }
    }
}

/// Computes a group's product for a chunk and keeps it.
fn multiply(
    shape: ScanShape,
    chunk: Chunk,
    mask: Option<&[f32]>,
    matrices: &[&[f32]],
    tape: &mut ProgramTape,
    at: usize,
) {
    let group = &mut tape.groups[at];
    let (units, width) = (chunk.units, group.width);
    let source = match group.carry {
        Some(carry) => {
            &tape.carries[carry][chunk.slot(shape.before(chunk.time), shape.batch)]
        }
        None => {
            let kept = &mut group.sources[chunk.wide(units)];
            let value = &tape.values[group.source * tape.stride..][..chunk.len()];
            kept.copy_from_slice(value);
            // A row that does not take part must not reach the matrix's gradient, not
            // even as the product of 0 and a NaN.
            for row in (0..chunk.rows).filter(|row| !live(mask, chunk.start + row)) {
                kept[row * units..(row + 1) * units].fill(0.0);
            }
            &*kept
        }
    };
    let matrix = View::new(matrices[group.matrix], units, width);
    let result = &mut group.results[chunk.wide(width)];
    product(View::new(source, chunk.rows, units), matrix, result, false);
}

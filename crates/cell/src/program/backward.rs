//! A program's backward loop: gradients of outputs and last states in, gradients of
//! projected inputs, first states, vectors and matrices out.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::adjoint::Backward;
use super::tape::{Chunk, Group};
use super::{Program, ProgramTape};
use crate::ScanShape;
use crate::product::{View, product, transpose};
use crate::scan::live;
use crate::simd::dispatch;

/// Where a backward loop writes.
struct Gradients<'a, 'b> {
    dxw: &'a mut [f32],
    /// Of the states before the step that was walked last.
    dcarries: &'a mut [Vec<f32>],
    dvectors: &'a mut [&'b mut [f32]],
}

impl Program {
    /// Runs the loop backwards, after `forward` with the same arguments and tape; false
    /// if `interrupt` was set, and the results are then unfinished.
    ///
    /// xw, dxw: `[T, B, inputs * H]`; mask: `[T, B]`; dy: `[T, B, H]`; each of dlast and
    /// dcarries0: `[B, H]`; of vectors and dvectors: `[H]`; of matrices and dmatrices:
    /// `[H, blocks * H]`. A gradient that is not given is zero; those asked for are
    /// written, not added to.
    #[expect(clippy::too_many_arguments, reason = "one loop, plain slices")]
    pub fn backward(
        &self,
        shape: ScanShape,
        xw: &[f32],
        mask: Option<&[f32]>,
        vectors: &[&[f32]],
        matrices: &[&[f32]],
        tape: &mut ProgramTape,
        dy: Option<&[f32]>,
        dlast: &[Option<&[f32]>],
        dxw: &mut [f32],
        dcarries0: &mut [Vec<f32>],
        dvectors: &mut [&mut [f32]],
        dmatrices: &mut [Vec<f32>],
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        for (gradient, last) in dcarries0.iter_mut().zip(dlast) {
            match last {
                Some(last) => gradient.copy_from_slice(last),
                None => gradient.fill(0.0),
            }
        }
        dvectors.iter_mut().for_each(|gradient| gradient.fill(0.0));
        let mut out = Gradients { dxw, dcarries: dcarries0, dvectors };
        // The library's products with a transposed matrix of few rows are slow.
        for group in &mut tape.groups {
            let matrix = matrices[group.matrix];
            transpose(matrix, shape.units, group.width, &mut group.transposed);
        }
        self.fix(shape.units, vectors, tape);
        for step in (0..shape.steps).rev() {
            if interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
                return false;
            }
            for chunk in Chunk::of(self, shape, tape.chunk, shape.time(step)) {
                self.make(shape, chunk, 0..self.instructions.len(), xw, tape);
                // Each piece is cleared when its turn comes, while it is in the cache.
                out.dxw[chunk.wide(self.inputs * shape.units)].fill(0.0);
                self.begin(chunk, mask, dy, tape, out.dcarries);
                self.walk(chunk, mask, tape, &mut out);
            }
            let whole = Chunk::whole(self, shape, shape.time(step));
            for group in &tape.groups {
                if let Some(carry) = group.carry {
                    unmultiply(whole, group, &mut out.dcarries[carry]);
                }
            }
        }
        matrix_gradients(shape, tape, dmatrices);
        true
    }

    /// Puts the gradients of a step's results into their registers.
    fn begin(
        &self,
        chunk: Chunk,
        mask: Option<&[f32]>,
        dy: Option<&[f32]>,
        tape: &mut ProgramTape,
        dcarries: &mut [Vec<f32>],
    ) {
        let (units, stride) = (chunk.units, tape.stride);
        tape.gradients.fill(0.0);
        for group in &mut tape.groups {
            group.gradients[chunk.wide(group.width)].fill(0.0);
        }
        // A row that does not take part hands the gradients of its states through.
        for row in (0..chunk.rows).filter(|row| live(mask, chunk.start + row)) {
            let mut add = |register: usize, gradient: &[f32]| {
                let place =
                    &mut tape.gradients[register * stride + row * units..][..units];
                place.iter_mut().zip(gradient).for_each(|(sum, term)| *sum += term);
            };
            if let Some(dy) = dy {
                add(self.output, &dy[(chunk.start + row) * units..][..units]);
            }
            for (next, dcarry) in self.next.iter().zip(&mut *dcarries) {
                let dcarry = &mut dcarry[(chunk.row + row) * units..][..units];
                add(*next, dcarry);
                dcarry.fill(0.0);
            }
        }
    }

    /// Walks the instructions backwards; each product of a chunk's own after its leader.
    fn walk(
        &self,
        chunk: Chunk,
        mask: Option<&[f32]>,
        tape: &mut ProgramTape,
        out: &mut Gradients,
    ) {
        let mut end = self.instructions.len();
        for k in (0..tape.of_others.len()).rev() {
            let at = tape.of_others[k];
            let leader = tape.groups[at].leader;
            self.pull(chunk, mask, leader..end, tape, out);
            let group = &tape.groups[at];
            let source = &mut tape.gradients[group.source * tape.stride..][..chunk.len()];
            unmultiply(chunk, group, source);
            end = leader;
        }
        self.pull(chunk, mask, 0..end, tape, out);
    }

    fn pull(
        &self,
        chunk: Chunk,
        mask: Option<&[f32]>,
        range: Range<usize>,
        tape: &mut ProgramTape,
        out: &mut Gradients,
    ) {
        dispatch(Backward {
            program: self,
            chunk,
            range,
            mask,
            wanted: &tape.wanted,
            stride: tape.stride,
            values: &tape.values,
            gradients: &mut tape.gradients,
            groups: &mut tape.groups,
            group_of: &tape.group_of,
            dxw: out.dxw,
            dcarries: out.dcarries,
            dvectors: out.dvectors,
        });
    }
}

/// Adds to the gradient of a group's source, `[rows, H]`, what comes of its product.
fn unmultiply(chunk: Chunk, group: &Group, source: &mut [f32]) {
    let dz = &group.gradients[chunk.wide(group.width)];
    product(
        View::new(dz, chunk.rows, group.width),
        View::new(&group.transposed, group.width, chunk.units),
        source,
        true,
    );
}

/// The gradient of each matrix: one product over all times for each group.
fn matrix_gradients(shape: ScanShape, tape: &ProgramTape, dmatrices: &mut [Vec<f32>]) {
    let rows = shape.steps * shape.batch;
    for (matrix, gradient) in dmatrices.iter_mut().enumerate() {
        let mut written = false;
        for group in tape.groups.iter().filter(|group| group.matrix == matrix) {
            let sources = match group.carry {
                Some(carry) => shape.befores(&tape.carries[carry]),
                None => &group.sources,
            };
            let sources = View::new(sources, rows, shape.units).transposed();
            let dz = View::new(&group.gradients, rows, group.width);
            product(sources, dz, gradient, written);
            written = true;
        }
        if !written {
            gradient.fill(0.0);
        }
    }
}

//! Register programs: cells at random, run by the kernels and by an interpreter.

pub(crate) mod cell;
pub(crate) mod interpreter;
mod layer;
pub(crate) mod projection;

use carousel_cell::{Program, ProgramTape, ScanShape};

use crate::close::{near, room, single};
use crate::draw::{Dice, Shape, holds, less};
use cell::Cell;
use interpreter::Outcome;

/// Results, up to 8 in size: a program's steps hand their roundings on.
const RESULT: f64 = 3e-6;

/// Gradients, of the largest one: roots and reciprocals make more of a rounding.
const GRADIENT: f64 = 1e-5;

/// Numbers that are compared lie at least so far apart: where single precision finds
/// another one the greater, all goes another way.
pub(crate) const APART: f64 = 2e-5;

/// A cell, and what it is run on.
#[derive(Debug, Clone)]
pub(crate) struct ProgramShape {
    pub(crate) cell: Cell,
    pub(crate) steps: usize,
    pub(crate) batch: usize,
    pub(crate) units: usize,
    pub(crate) reverse: bool,
    /// How many steps each row takes part in.
    pub(crate) lengths: Option<Vec<usize>>,
    /// Whether there are gradients of y, and of each last state.
    pub(crate) dy: bool,
    pub(crate) dlast: Vec<bool>,
    pub(crate) seed: u64,
}

impl Shape for ProgramShape {
    fn draw(dice: &mut Dice) -> ProgramShape {
        let units = dice.size(40);
        let cell = Cell::draw(dice, units);
        let (steps, batch) =
            (dice.size(7) - usize::from(dice.below(9) == 0), dice.size(20));
        ProgramShape {
            lengths: dice.lengths(steps, batch),
            reverse: dice.coin(),
            dy: dice.below(4) > 0,
            dlast: (0..cell.program.carries).map(|_| dice.coin()).collect(),
            seed: dice.bits(),
            cell,
            steps,
            batch,
            units,
        }
    }

    fn smaller(&self) -> Vec<ProgramShape> {
        let mut all = Vec::new();
        all.extend(less(self.steps, 0).map(|steps| Self { steps, ..self.clone() }));
        all.extend(less(self.units, 1).map(|units| Self { units, ..self.clone() }));
        all.extend(less(self.batch, 1).map(|batch| {
            let lengths = self.lengths.as_ref().map(|all| all[..batch].to_vec());
            Self { batch, lengths, ..self.clone() }
        }));
        if self.lengths.is_some() {
            all.push(Self { lengths: None, ..self.clone() });
        }
        if self.reverse {
            all.push(Self { reverse: false, ..self.clone() });
        }
        all.extend(self.cell.shorter().map(|cell| Self { cell, ..self.clone() }));
        all
    }
}

/// What a program reads, and the gradients that come in.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// `[T, B, inputs * H]`
    pub(crate) xw: Vec<f64>,
    /// `[B, H]` each
    pub(crate) carries: Vec<Vec<f64>>,
    /// `[H]` each
    pub(crate) vectors: Vec<Vec<f64>>,
    /// `[H, blocks * H]` each
    pub(crate) matrices: Vec<Vec<f64>>,
    /// `[T, B, H]`, and `[B, H]` each; zeros if they are not given.
    pub(crate) dy: Vec<f64>,
    pub(crate) dlast: Vec<Vec<f64>>,
}

impl Given {
    fn new(shape: &ProgramShape) -> Given {
        let (mut dice, program) = (Dice::new(shape.seed, 0), &shape.cell.program);
        let (units, n) = (shape.units, shape.batch * shape.units);
        let mut some = |count: usize, len: usize| -> Vec<Vec<f64>> {
            (0..count).map(|_| dice.numbers(len)).collect()
        };
        let xw = some(1, shape.steps * n * program.inputs).swap_remove(0);
        let (carries, vectors) = (some(program.carries, n), some(program.vectors, units));
        let mut dy = some(1, shape.steps * n).swap_remove(0);
        let mut dlast = some(program.carries, n);
        let matrix = |blocks: &usize| dice.weights(blocks * units * units, units);
        let matrices = program.matrices.iter().map(matrix).collect();
        if !shape.dy {
            dy.fill(0.0);
        }
        for (gradient, _) in dlast.iter_mut().zip(&shape.dlast).filter(|(_, on)| !**on) {
            gradient.fill(0.0);
        }
        Given { xw, carries, vectors, matrices, dy, dlast }
    }
}

impl ProgramShape {
    /// Whether a row takes part in a step.
    fn live(&self, time: usize, row: usize) -> bool {
        self.lengths.as_ref().is_none_or(|lengths| time < lengths[row])
    }
}

/// y, the last states, and the gradients of all that is given, in its order.
fn run(shape: &ProgramShape, given: &Given) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
    let all = |of: &[Vec<f64>]| of.iter().map(|x| single(x)).collect::<Vec<_>>();
    let rooms = |of: &[Vec<f64>]| of.iter().map(|x| room(x.len())).collect::<Vec<_>>();
    let (carries, vectors) = (all(&given.carries), all(&given.vectors));
    let (matrices, dlast) = (all(&given.matrices), all(&given.dlast));
    let (xw, mask) = inputs(shape, given);
    let program: &Program = &shape.cell.program;
    let ProgramShape { steps, batch, units, reverse, .. } = *shape;
    let sizes = ScanShape { steps, batch, units, reverse };
    let dy = shape.dy.then(|| single(&given.dy));
    let seeds = dlast.iter().zip(&shape.dlast).map(|(x, on)| on.then_some(&x[..]));
    let seeds: Vec<Option<&[f32]>> = seeds.collect();
    let (mut y, mut last) = (room(given.dy.len()), rooms(&given.carries));
    let (mut dxw, mut dcarries) = (room(xw.len()), rooms(&given.carries));
    let (mut dvectors, mut dmatrices) = (rooms(&given.vectors), rooms(&given.matrices));
    let carries: Vec<&[f32]> = carries.iter().map(Vec::as_slice).collect();
    let vectors: Vec<&[f32]> = vectors.iter().map(Vec::as_slice).collect();
    let matrices: Vec<&[f32]> = matrices.iter().map(Vec::as_slice).collect();
    let (mask, mut tape) = (mask.as_deref(), ProgramTape::new(program, sizes));
    // Twice: a pass must leave nothing behind.
    for _ in 0..2 {
        assert!(program.forward(
            sizes, &xw, mask, &carries, &vectors, &matrices, &mut tape, &mut y,
            &mut last, None,
        ));
        let mut dvectors: Vec<&mut [f32]> =
            dvectors.iter_mut().map(Vec::as_mut_slice).collect();
        assert!(program.backward(
            sizes,
            &xw,
            mask,
            &vectors,
            &matrices,
            &mut tape,
            dy.as_deref(),
            &seeds,
            &mut dxw,
            &mut dcarries,
            &mut dvectors,
            &mut dmatrices,
            None,
        ));
    }
    last.insert(0, y);
    let gradients = std::iter::once(dxw).chain(dcarries).chain(dvectors).chain(dmatrices);
    (last, gradients.collect())
}

/// The projected inputs, no numbers where a row takes no part, and the mask.
fn inputs(shape: &ProgramShape, given: &Given) -> (Vec<f32>, Option<Vec<f32>>) {
    let live = |at: usize| shape.live(at / shape.batch, at % shape.batch);
    let mut xw = single(&given.xw);
    let wide = shape.cell.program.inputs * shape.units;
    for (_, row) in xw.chunks_mut(wide).enumerate().filter(|(at, _)| !live(*at)) {
        row.fill(f32::NAN);
    }
    let rows = shape.steps * shape.batch;
    let mask = || (0..rows).map(|at| f32::from(u8::from(live(at)))).collect();
    (xw, shape.lengths.as_ref().map(|_| mask()))
}

#[test]
fn programs_give_what_an_interpreter_gives() {
    holds(600, |shape: &ProgramShape| {
        let given = Given::new(shape);
        let Outcome { results, gradients, apart } = interpreter::run(shape, &given);
        if apart < APART {
            return Ok(());
        }
        let got = run(shape, &given);
        for (k, (got, want)) in got.0.iter().zip(&results).enumerate() {
            near(&format!("result {k}"), got, want, RESULT)?;
        }
        for (k, (got, want)) in got.1.iter().zip(&gradients).enumerate() {
            near(&format!("gradient {k}"), got, want, GRADIENT)?;
        }
        Ok(())
    });
}

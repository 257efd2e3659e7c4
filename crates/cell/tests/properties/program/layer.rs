//! The same cells with their projection, by the layer's kernel.

use std::cell::Cell;

use carousel_cell::{
    Features, ProgramGradients, ProgramInputs, ProgramLayer, ProgramOutputs,
    ProgramSeeds, ScanShape, Team,
};

use super::interpreter::{self, Outcome};
use super::projection::Projection;
use super::{APART, GRADIENT, Given, ProgramShape, RESULT};
use crate::close::{near, room, same, single};
use crate::draw::{holds, symbols};

fn wide(shape: &ProgramShape) -> usize {
    shape.cell.program.inputs * shape.units
}

/// y and the last states; the gradients of x, w and the bias, then those of first
/// states, vectors and matrices.
type Run = (Vec<Vec<f32>>, Vec<Vec<f32>>);

fn run(
    (shape, layer): (&ProgramShape, &ProgramLayer),
    (projection, given): (&Projection, &Given),
    team: Option<&Team>,
) -> Run {
    let all = |of: &[Vec<f64>]| of.iter().map(|x| single(x)).collect::<Vec<_>>();
    let rooms = |of: &[Vec<f64>]| of.iter().map(|x| room(x.len())).collect::<Vec<_>>();
    let (carries, vectors) = (all(&given.carries), all(&given.vectors));
    let (matrices, dlast) = (all(&given.matrices), all(&given.dlast));
    let (x, mask) = read(shape, projection);
    let (w, bias) = (single(&projection.w), single(&projection.bias));
    let states: Vec<&[f32]> = carries.iter().map(Vec::as_slice).collect();
    let vectors: Vec<&[f32]> = vectors.iter().map(Vec::as_slice).collect();
    let matrices: Vec<&[f32]> = matrices.iter().map(Vec::as_slice).collect();
    let inputs = ProgramInputs {
        x: &x,
        mask: mask.as_deref(),
        states: &states,
        w: &w,
        bias: Some(&bias),
        vectors: &vectors,
        matrices: &matrices,
    };
    let dy = shape.dy.then(|| single(&given.dy));
    let dlast: Vec<Option<&[f32]>> =
        dlast.iter().zip(&shape.dlast).map(|(x, on)| on.then_some(&x[..])).collect();
    let seeds = ProgramSeeds { dy: dy.as_deref(), dlast: &dlast };
    let (mut y, mut last) = (room(given.dy.len()), rooms(&given.carries));
    // Symbols have no gradient.
    let of_x = if projection.symbols { 0 } else { x.len() };
    let [mut dx, mut dw, mut dbias] = [of_x, w.len(), bias.len()].map(room);
    let (mut dstates, mut dmatrices) = (rooms(&given.carries), rooms(&given.matrices));
    let mut dvectors = rooms(&given.vectors);
    let mut tape = layer.tape(true);
    // Twice: a pass must leave nothing behind.
    for _ in 0..2 {
        let outputs = ProgramOutputs { y: &mut y, last: &mut last };
        assert!(layer.forward(&inputs, &mut tape, outputs, team, None));
        let mut dvectors: Vec<&mut [f32]> =
            dvectors.iter_mut().map(Vec::as_mut_slice).collect();
        let gradients = ProgramGradients {
            dx: (!projection.symbols).then_some(&mut dx),
            dstates: &mut dstates,
            dw: &mut dw,
            dbias: Some(&mut dbias),
            dvectors: &mut dvectors,
            dmatrices: &mut dmatrices,
        };
        assert!(layer.backward(&inputs, &mut tape, &seeds, gradients, team, None));
    }
    last.insert(0, y);
    let rest = dstates.into_iter().chain(dvectors).chain(dmatrices);
    (last, [dx, dw, dbias].into_iter().chain(rest).collect())
}

/// The inputs, no numbers where a row takes no part, and the mask.
fn read(shape: &ProgramShape, projection: &Projection) -> (Vec<f32>, Option<Vec<f32>>) {
    let live = |at: usize| shape.live(at / shape.batch, at % shape.batch);
    let mut x = if projection.symbols {
        symbols(&projection.x, projection.inputs)
    } else {
        single(&projection.x)
    };
    let rows = x.chunks_mut(projection.features().width()).enumerate();
    rows.filter(|(at, _)| !live(*at)).for_each(|(_, row)| row.fill(f32::NAN));
    let count = shape.steps * shape.batch;
    let mask = || (0..count).map(|at| f32::from(u8::from(live(at)))).collect();
    (x, shape.lengths.as_ref().map(|_| mask()))
}

#[test]
fn layers_of_programs_give_what_an_interpreter_gives() {
    let team = Team::new(2);
    let kernels = Cell::new(0);
    // Few of the cells multiply nothing but states, and need no whole rows.
    holds(15_000, |shape: &ProgramShape| {
        let ProgramShape { steps, batch, units, reverse, .. } = *shape;
        let sizes = ScanShape { steps, batch, units, reverse };
        if ProgramLayer::new(&shape.cell.program, sizes, Features::Numbers(1)).is_none() {
            return Ok(());
        }
        let (projection, mut given) = (Projection::new(shape), Given::new(shape));
        let layer = ProgramLayer::new(&shape.cell.program, sizes, projection.features());
        let Some(layer) = layer else { return Ok(()) };
        given.xw = projection.projected(wide(shape));
        let Outcome { results, gradients, apart } = interpreter::run(shape, &given);
        if apart < APART {
            return Ok(());
        }
        kernels.set(kernels.get() + 1);
        let own = projection.gradients(&gradients[0], wide(shape));
        let both = ((shape, &layer), (&projection, &given));
        let got = run(both.0, both.1, None);
        for (k, (got, want)) in got.0.iter().zip(&results).enumerate() {
            near(&format!("result {k}"), got, want, RESULT)?;
        }
        let want = own.iter().chain(&gradients[1..]);
        for (k, (got, want)) in got.1.iter().zip(want).enumerate() {
            // That of symbols is empty.
            if k > 0 || !projection.symbols {
                near(&format!("gradient {k}"), got, want, GRADIENT)?;
            }
        }
        let again = run(both.0, both.1, Some(&team));
        let pairs = got.0.iter().chain(&got.1).zip(again.0.iter().chain(&again.1));
        pairs.enumerate().try_for_each(|(k, (a, b))| same(&format!("number {k}"), b, a))
    });
    assert!(
        cfg!(miri) || kernels.get() > 100,
        "only {} cells have a layer",
        kernels.get()
    );
}

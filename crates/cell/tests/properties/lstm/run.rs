//! The same by the kernels.

use carousel_cell::{
    Features, LayerGradients, LayerInputs, LayerOutputs, LayerSeeds, LayerTape, Lstm,
    LstmLayer, LstmTape, ScanShape, Team,
};

use super::oracle::{Given, Results};
use super::shape::LstmShape;
use crate::close::{room, single};
use crate::draw::symbols;

/// What is given, in single precision. Inputs of rows that take no part are no numbers:
/// they must not matter.
struct Single {
    x: Vec<f32>,
    mask: Option<Vec<f32>>,
    h0: Vec<f32>,
    c0: Vec<f32>,
    w: Vec<f32>,
    u: Vec<f32>,
    bias: Vec<f32>,
    /// The gradients that come in, where they are given.
    seeds: [Option<Vec<f32>>; 3],
}

impl Single {
    fn new(shape: &LstmShape, given: &Given, features: Features) -> Single {
        let LstmShape { steps, batch, inputs, .. } = *shape;
        let mut x = match features {
            Features::Numbers(_) => single(&given.x),
            Features::Symbol(_) => symbols(&given.x, inputs),
        };
        let live = |at: usize| shape.live(at / batch, at % batch);
        let rows = x.chunks_mut(features.width()).enumerate();
        for (at, row) in rows.filter(|(at, _)| !live(*at)) {
            row.fill(if at % 2 == 0 { f32::NAN } else { f32::INFINITY });
        }
        let mask =
            || (0..steps * batch).map(|at| f32::from(u8::from(live(at)))).collect();
        let seeds = [&given.dy, &given.dh, &given.dc];
        Single {
            x,
            mask: shape.lengths.as_ref().map(|_| mask()),
            h0: single(&given.h0),
            c0: single(&given.c0),
            w: single(&given.w),
            u: single(&given.u),
            bias: single(&given.bias),
            seeds: [0, 1, 2].map(|k| shape.seeds[k].then(|| single(seeds[k]))),
        }
    }

    fn inputs(&self) -> LayerInputs<'_> {
        LayerInputs {
            x: &self.x,
            mask: self.mask.as_deref(),
            h0: &self.h0,
            c0: &self.c0,
            w: &self.w,
            u: &self.u,
            bias: &self.bias,
        }
    }

    fn seeds(&self) -> [Option<&[f32]>; 3] {
        self.seeds.each_ref().map(Option::as_deref)
    }
}

fn scan_shape(shape: &LstmShape) -> ScanShape {
    let LstmShape { steps, batch, units, reverse, .. } = *shape;
    ScanShape { steps, batch, units, reverse }
}

fn layer_of(shape: &LstmShape) -> LstmLayer {
    LstmLayer { shape: scan_shape(shape), inputs: features(shape), gates: shape.gates }
}

fn features(shape: &LstmShape) -> Features {
    if shape.symbols {
        Features::Symbol(shape.inputs)
    } else {
        Features::Numbers(shape.inputs)
    }
}

fn few_of(shape: &LstmShape) -> Lstm {
    Lstm { shape: scan_shape(shape), inputs: shape.inputs, gates: shape.gates }
}

/// By the layer, twice with one tape: a pass must leave nothing behind.
pub(super) fn layer(
    shape: &LstmShape,
    given: &Given,
    team: Option<&Team>,
) -> Results<f32> {
    let layer = layer_of(shape);
    let mut tape = LayerTape::new(&layer, true);
    twice(shape, given, layer.inputs, |inputs, outputs, seeds, gradients| {
        assert!(layer.forward(inputs, &mut tape, outputs, team, None));
        assert!(layer.backward(inputs, &mut tape, seeds, gradients, team, None));
    })
}

/// By the kernel for few rows, likewise.
pub(super) fn few(shape: &LstmShape, given: &Given, team: Option<&Team>) -> Results<f32> {
    let lstm = few_of(shape);
    let mut tape = LstmTape::new(&lstm, true);
    twice(
        shape,
        given,
        Features::Numbers(lstm.inputs),
        |inputs, outputs, seeds, gradients| {
            assert!(lstm.forward(inputs, &mut tape, outputs, team, None));
            assert!(lstm.backward(inputs, &mut tape, seeds, gradients, team, None));
        },
    )
}

/// y and the last states by the layer that keeps nothing.
pub(super) fn layer_forward(shape: &LstmShape, given: &Given) -> [Vec<f32>; 3] {
    let layer = layer_of(shape);
    let mut tape = LayerTape::new(&layer, false);
    forward(shape, given, layer.inputs, |inputs, outputs| {
        assert!(layer.forward(inputs, &mut tape, outputs, None, None));
    })
}

/// The same by the kernel for few rows.
pub(super) fn few_forward(shape: &LstmShape, given: &Given) -> [Vec<f32>; 3] {
    let lstm = few_of(shape);
    let mut tape = LstmTape::new(&lstm, false);
    forward(shape, given, Features::Numbers(lstm.inputs), |inputs, outputs| {
        assert!(lstm.forward(inputs, &mut tape, outputs, None, None));
    })
}

fn forward(
    shape: &LstmShape,
    given: &Given,
    features: Features,
    mut run: impl FnMut(&LayerInputs<'_>, LayerOutputs<'_>),
) -> [Vec<f32>; 3] {
    let given = Single::new(shape, given, features);
    let n = given.h0.len();
    let (mut y, mut h, mut c) = (room(shape.steps * n), room(n), room(n));
    run(&given.inputs(), LayerOutputs { y: &mut y, h_last: &mut h, c_last: &mut c });
    [y, h, c]
}

fn twice(
    shape: &LstmShape,
    given: &Given,
    features: Features,
    mut run: impl FnMut(
        &LayerInputs<'_>,
        LayerOutputs<'_>,
        &LayerSeeds<'_>,
        LayerGradients<'_>,
    ),
) -> Results<f32> {
    let given = Single::new(shape, given, features);
    let (inputs, [dy, dh_last, dc_last]) = (given.inputs(), given.seeds());
    let seeds = LayerSeeds { dy, dh_last, dc_last };
    let n = given.h0.len();
    let (mut y, mut h, mut c) = (room(shape.steps * n), room(n), room(n));
    // Symbols have no gradient.
    let dx = shape.dx && matches!(features, Features::Numbers(_));
    let mut of_x = room(if dx { given.x.len() } else { 0 });
    let (mut dh, mut dc) = (room(n), room(n));
    let (mut dw, mut db) = (room(given.w.len()), room(given.bias.len()));
    let mut du = room(given.u.len());
    for _ in 0..2 {
        let outputs = LayerOutputs { y: &mut y, h_last: &mut h, c_last: &mut c };
        let gradients = LayerGradients {
            dx: dx.then_some(&mut of_x[..]),
            dh0: &mut dh,
            dc0: &mut dc,
            dw: &mut dw,
            dbias: &mut db,
            du: &mut du,
        };
        run(&inputs, outputs, &seeds, gradients);
    }
    [y, h, c, of_x, dh, dc, dw, db, du]
}

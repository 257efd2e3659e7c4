//! A program with its projection, sizes and numbers, run as a layer, as a loop after a
//! projection, and by the interpreter.

use std::sync::atomic::AtomicBool;

use crate::layer::program::{
    ProgramGradients, ProgramInputs, ProgramLayer, ProgramOutputs, ProgramSeeds,
};
use crate::layer::tape::LayerTape;
use crate::program::Program;
use crate::program::tests::case::{Case, numbers, single};
use crate::simd::Level;
use crate::symbol::Features;
use crate::team::Team;

/// Results or gradients by name.
pub(super) type Results<T> = Vec<(&'static str, Vec<T>)>;

pub(super) struct LayerCase {
    layer: ProgramLayer,
    inputs: usize,
    /// `[T, B, I]`
    x: Vec<f64>,
    /// `[I, inputs * H]`
    w: Vec<f64>,
    /// `[inputs * H]`
    bias: Vec<f64>,
    /// The loop on what they give.
    case: Case,
}

impl LayerCase {
    pub(super) fn new(
        program: Program,
        sizes: [usize; 4],
        reverse: bool,
        masked: bool,
    ) -> LayerCase {
        let [steps, batch, inputs, units] = sizes;
        let wide = program.inputs * units;
        let mut case = Case::new(program, [steps, batch, units], reverse, masked);
        let first = case.matrices();
        // Sums stay of size 1, whatever the sizes.
        let shrink = |x: &mut [f64], terms: usize| {
            let scale =
                1.0 / f64::from(u32::try_from(terms.next_power_of_two()).unwrap());
            x.iter_mut().for_each(|x| *x *= scale.max(1.0 / 32.0));
        };
        case.given[first..].iter_mut().for_each(|matrix| shrink(matrix, units));
        let mut w = numbers(inputs * wide, 51);
        shrink(&mut w, inputs);
        let layer =
            ProgramLayer::new(&case.program, case.shape, Features::Numbers(inputs));
        let layer = layer.unwrap();
        let x = numbers(steps * batch * inputs, 50);
        let bias = numbers(wide, 52);
        let mut case = LayerCase { layer, inputs, x, w, bias, case };
        case.project();
        case
    }

    fn wide(&self) -> usize {
        self.bias.len()
    }

    fn project(&mut self) {
        let (wide, inputs) = (self.wide(), self.inputs);
        for (row, out) in self.case.given[0].chunks_mut(wide).enumerate() {
            out.copy_from_slice(&self.bias);
            for k in 0..inputs {
                for (j, out) in out.iter_mut().enumerate() {
                    *out += self.x[row * inputs + k] * self.w[k * wide + j];
                }
            }
        }
    }

    pub(super) fn what(&self) -> String {
        let masked = if self.case.mask.is_some() { " with a mask" } else { "" };
        let (inputs, shape) = (self.inputs, self.case.shape);
        format!("{inputs} inputs, {shape:?}{masked}: {:?}", self.case.program)
    }

    /// Results and gradients of the interpreter.
    pub(super) fn oracle(&self) -> (Results<f64>, Results<f64>) {
        let gradients = self.through(self.case.differences());
        (named(self.case.interpret()), gradients)
    }

    /// Those of the loop after a projection.
    pub(super) fn unfused(&self) -> (Results<f64>, Results<f64>) {
        let wide = |all: Vec<Vec<f32>>| -> Vec<Vec<f64>> {
            all.iter().map(|x| x.iter().map(|x| f64::from(*x)).collect()).collect()
        };
        let (results, gradients) = self.case.run();
        (named(wide(results)), self.through(wide(gradients)))
    }

    /// The gradients of a loop, through its projection.
    fn through(&self, mut gradients: Vec<Vec<f64>>) -> Results<f64> {
        let (wide, inputs) = (self.wide(), self.inputs);
        let of_projected = gradients.remove(0);
        let (mut dx, mut dw, mut dbias) =
            (vec![0.0; self.x.len()], vec![0.0; self.w.len()], vec![0.0; wide]);
        for (row, d) in of_projected.chunks(wide).enumerate() {
            for (j, d) in d.iter().enumerate() {
                dbias[j] += d;
                for k in 0..inputs {
                    dx[row * inputs + k] += d * self.w[k * wide + j];
                    dw[k * wide + j] += d * self.x[row * inputs + k];
                }
            }
        }
        let mut all = vec![("dx", dx), ("dw", dw), ("dbias", dbias)];
        all.extend(gradients.into_iter().map(|gradient| ("of the loop", gradient)));
        all
    }

    /// Results and gradients of the layer, of the second of two runs.
    pub(super) fn run(
        &self,
        level: Level,
        team: Option<&Team>,
    ) -> (Results<f32>, Results<f32>) {
        let mut tape = self.layer.tape_at(level, true);
        let (dy, dlast) = self.seeds();
        let dlast: Vec<Option<&[f32]>> =
            dlast.iter().map(|x| Some(x.as_slice())).collect();
        let seeds = ProgramSeeds { dy: Some(&dy), dlast: &dlast };
        let mut both = None;
        for _ in 0..2 {
            let (done, results) = self.forward(&mut tape, team, None);
            assert!(done);
            let (done, gradients) = self.backward(&mut tape, &seeds, true, team, None);
            assert!(done);
            both = Some((results, gradients));
        }
        both.unwrap()
    }

    pub(super) fn forward_only(&self, level: Level) -> Results<f32> {
        let mut tape = self.layer.tape_at(level, false);
        self.forward(&mut tape, None, None).1
    }

    /// The gradients without any that come in, and without that of x.
    pub(super) fn run_without_seeds(&self) -> Results<f32> {
        let mut tape = self.layer.tape(true);
        self.forward(&mut tape, None, None);
        let none = vec![None; self.case.program.carries];
        let seeds = ProgramSeeds { dy: None, dlast: &none };
        self.backward(&mut tape, &seeds, false, None, None).1
    }

    pub(super) fn interrupted(
        &self,
        team: Option<&Team>,
        flag: &AtomicBool,
    ) -> [bool; 2] {
        let mut tape = self.layer.tape(true);
        let none = vec![None; self.case.program.carries];
        let seeds = ProgramSeeds { dy: None, dlast: &none };
        let forward = self.forward(&mut tape, team, Some(flag)).0;
        [forward, self.backward(&mut tape, &seeds, true, team, Some(flag)).0]
    }

    pub(super) fn first_bad_block(&self) -> Option<usize> {
        let mut tape = self.layer.tape(true);
        assert_eq!(self.layer.first_bad_block(&tape), None);
        self.forward(&mut tape, None, None);
        self.layer.first_bad_block(&tape)
    }

    /// Makes the inputs of rows that take no part no numbers.
    pub(super) fn spoil_padding(&mut self) {
        let mask = self.case.mask.clone().unwrap();
        for (row, mask) in self.x.chunks_mut(self.inputs).zip(mask) {
            if mask == 0.0 {
                row.fill(f64::NAN);
            }
        }
    }

    /// Makes a weight of a column block no number.
    pub(super) fn spoil_block(&mut self, block: usize) {
        self.w[block * self.case.shape.units] = f64::NAN;
    }

    pub(super) fn without_seeds(&mut self) {
        self.case.dy.fill(0.0);
        self.case.dlast.iter_mut().for_each(|last| last.fill(0.0));
    }

    fn seeds(&self) -> (Vec<f32>, Vec<Vec<f32>>) {
        (single(&self.case.dy), self.case.dlast.iter().map(|x| single(x)).collect())
    }

    /// What the layer reads, in single precision.
    fn given<R>(&self, run: impl FnOnce(&ProgramInputs<'_>) -> R) -> R {
        let given: Vec<Vec<f32>> = self.case.given.iter().map(|x| single(x)).collect();
        let given: Vec<&[f32]> = given.iter().map(Vec::as_slice).collect();
        let (x, w, bias) = (single(&self.x), single(&self.w), single(&self.bias));
        let mask = self.case.mask.as_deref().map(single);
        run(&ProgramInputs {
            x: &x,
            mask: mask.as_deref(),
            states: &given[1..self.case.vectors()],
            w: &w,
            bias: Some(&bias),
            vectors: &given[self.case.vectors()..self.case.matrices()],
            matrices: &given[self.case.matrices()..],
        })
    }

    fn forward(
        &self,
        tape: &mut LayerTape,
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> (bool, Results<f32>) {
        // What lies in the places of results must not matter.
        let mut y = vec![7.0; self.case.dy.len()];
        let mut last: Vec<Vec<f32>> =
            self.case.dlast.iter().map(|x| vec![7.0; x.len()]).collect();
        let outputs = ProgramOutputs { y: &mut y, last: &mut last };
        let done = self
            .given(|inputs| self.layer.forward(inputs, tape, outputs, team, interrupt));
        last.insert(0, y);
        (done, named(last))
    }

    fn backward(
        &self,
        tape: &mut LayerTape,
        seeds: &ProgramSeeds<'_>,
        of_x: bool,
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> (bool, Results<f32>) {
        let place = |x: &Vec<f64>| vec![7.0; x.len()];
        let places = |from: &[Vec<f64>]| from.iter().map(place).collect::<Vec<_>>();
        let case = &self.case;
        let (vectors, matrices) = (case.vectors(), case.matrices());
        let (mut dx, mut dw, mut dbias) =
            (place(&self.x), place(&self.w), place(&self.bias));
        let mut dstates = places(&case.given[1..vectors]);
        let mut of_vectors = places(&case.given[vectors..matrices]);
        let mut dmatrices = places(&case.given[matrices..]);
        let mut dvectors: Vec<&mut [f32]> =
            of_vectors.iter_mut().map(Vec::as_mut_slice).collect();
        let gradients = ProgramGradients {
            dx: of_x.then_some(&mut dx),
            dstates: &mut dstates,
            dw: &mut dw,
            dbias: Some(&mut dbias),
            dvectors: &mut dvectors,
            dmatrices: &mut dmatrices,
        };
        let done = self.given(|inputs| {
            self.layer.backward(inputs, tape, seeds, gradients, team, interrupt)
        });
        let mut all = if of_x { vec![("dx", dx)] } else { Vec::new() };
        all.extend([("dw", dw), ("dbias", dbias)]);
        let rest = dstates.into_iter().chain(of_vectors).chain(dmatrices);
        all.extend(rest.map(|gradient| ("of the loop", gradient)));
        (done, all)
    }
}

/// y, then the last states.
fn named<T>(results: Vec<Vec<T>>) -> Results<T> {
    let names = std::iter::once("y").chain(std::iter::repeat("last state"));
    names.zip(results).collect()
}

//! A program with its sizes and numbers, run by the kernels and by a plain interpreter
//! in double precision.

use crate::ScanShape;
use crate::program::{Instruction as I, Program, ProgramTape};

/// Numbers in [-1, 1), all multiples of 2^-10.
pub(crate) fn numbers(n: usize, seed: u32) -> Vec<f64> {
    let mut x = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        f64::from(x >> 21) / 1024.0 - 1.0
    };
    (0..n).map(|_| next()).collect()
}

pub(crate) fn single(x: &[f64]) -> Vec<f32> {
    x.iter().map(|x| *x as f32).collect()
}

#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) program: Program,
    pub(crate) shape: ScanShape,
    pub(crate) mask: Option<Vec<f64>>,
    /// What gradients are asked of: the projected input, then the states, vectors and
    /// matrices.
    pub(crate) given: Vec<Vec<f64>>,
    pub(crate) dy: Vec<f64>,
    pub(crate) dlast: Vec<Vec<f64>>,
}

impl Case {
    pub(crate) fn new(
        program: Program,
        sizes: [usize; 3],
        reverse: bool,
        masked: bool,
    ) -> Case {
        let [steps, batch, units] = sizes;
        let n = batch * units;
        let matrices = program.matrices.iter().map(|blocks| blocks * units * units);
        let lens = std::iter::once(steps * n * program.inputs)
            .chain(vec![n; program.carries])
            .chain(vec![units; program.vectors])
            .chain(matrices);
        let mask = |at: usize| f64::from(u8::from(at / batch < 1 + (at % batch) * 2));
        Case {
            shape: ScanShape { steps, batch, units, reverse },
            mask: masked.then(|| (0..steps * batch).map(mask).collect()),
            given: lens.enumerate().map(|(k, n)| numbers(n, k as u32 + 1)).collect(),
            dy: numbers(steps * n, 91),
            dlast: (0..program.carries).map(|k| numbers(n, 92 + k as u32)).collect(),
            program,
        }
    }

    pub(crate) fn vectors(&self) -> usize {
        1 + self.program.carries
    }

    pub(crate) fn matrices(&self) -> usize {
        self.vectors() + self.program.vectors
    }

    /// y, then the last states: one row, one step, one number at a time.
    pub(crate) fn interpret(&self) -> Vec<Vec<f64>> {
        let ScanShape { steps, batch, units, .. } = self.shape;
        let mut carries = self.given[1..self.vectors()].to_vec();
        let mut y = vec![0.0; steps * batch * units];
        for step in 0..steps {
            for row in 0..batch {
                let at = self.shape.time(step) * batch + row;
                if self.mask.as_ref().is_some_and(|mask| mask[at] == 0.0) {
                    continue;
                }
                let rows: Vec<&[f64]> =
                    carries.iter().map(|c| &c[row * units..(row + 1) * units]).collect();
                let values = self.interpret_row(at, &rows);
                y[at * units..(at + 1) * units]
                    .copy_from_slice(&values[self.program.output]);
                for (carry, next) in carries.iter_mut().zip(&self.program.next) {
                    carry[row * units..(row + 1) * units].copy_from_slice(&values[*next]);
                }
            }
        }
        carries.insert(0, y);
        carries
    }

    pub(crate) fn interpret_row(&self, at: usize, carries: &[&[f64]]) -> Vec<Vec<f64>> {
        let (n, inputs) = (self.shape.units, self.program.inputs);
        let mut values: Vec<Vec<f64>> = Vec::new();
        for instruction in &self.program.instructions {
            let each = |f: &dyn Fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
            let v = &values;
            let value = match *instruction {
                I::Input { block } => {
                    self.given[0][at * inputs * n..][block * n..][..n].to_vec()
                }
                I::Carry { index } => carries[index].to_vec(),
                I::Vector { index } => self.given[self.vectors() + index].clone(),
                I::Constant(number) => vec![f64::from(number); n],
                I::Product { source, matrix, block } => {
                    let width = self.program.matrices[matrix] * n;
                    let u = &self.given[self.matrices() + matrix];
                    let entry = |r: usize, c: usize| u[r * width + block * n + c];
                    each(&|c| (0..n).map(|r| v[source][r] * entry(r, c)).sum())
                }
                I::Add(a, b) => each(&|k| v[a][k] + v[b][k]),
                I::Multiply(a, b) => each(&|k| v[a][k] * v[b][k]),
                I::LessThan(a, b) => each(&|k| f64::from(u8::from(v[a][k] < v[b][k]))),
                I::Exp2(a) => each(&|k| v[a][k].exp2()),
                I::Log2(a) => each(&|k| v[a][k].log2()),
                I::Recip(a) => each(&|k| v[a][k].recip()),
                I::Sqrt(a) => each(&|k| v[a][k].sqrt()),
                I::Sigmoid(a) => each(&|k| 1.0 / (1.0 + (-v[a][k]).exp())),
                I::Tanh(a) => each(&|k| v[a][k].tanh()),
                I::RowSum(a) => vec![v[a].iter().sum(); n],
                I::RowMax(a) => vec![v[a].iter().copied().fold(f64::MIN, f64::max); n],
            };
            values.push(value);
        }
        values
    }

    pub(crate) fn loss(&self) -> f64 {
        let weights = std::iter::once(&self.dy).chain(&self.dlast);
        let results = self.interpret();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        results.iter().zip(weights).map(|(a, b)| dot(a, b)).sum()
    }

    /// The gradients of everything given, by finite differences.
    pub(crate) fn differences(&self) -> Vec<Vec<f64>> {
        let mut case = self.clone();
        let mut gradients = self.given.clone();
        for (part, gradient) in gradients.iter_mut().enumerate() {
            for (k, gradient) in gradient.iter_mut().enumerate() {
                let start = case.given[part][k];
                let mut at = |by: f64| {
                    case.given[part][k] = start + by;
                    case.loss()
                };
                *gradient = (at(1e-6) - at(-1e-6)) / 2e-6;
                case.given[part][k] = start;
            }
        }
        gradients
    }

    /// What `interpret` gives, and what `differences` gives, by the kernels.
    pub(crate) fn run(&self) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
        let given: Vec<Vec<f32>> = self.given.iter().map(|x| single(x)).collect();
        let given: Vec<&[f32]> = given.iter().map(Vec::as_slice).collect();
        let (carries, rest) = given[1..].split_at(self.program.carries);
        let (vectors, matrices) = rest.split_at(self.program.vectors);
        let mask = self.mask.as_deref().map(single);
        let mask = mask.as_deref();
        let dy = single(&self.dy);
        let dlast: Vec<Vec<f32>> = self.dlast.iter().map(|x| single(x)).collect();
        let dlast: Vec<Option<&[f32]>> =
            dlast.iter().map(|x| Some(x.as_slice())).collect();
        // What lies in the places of results must not matter.
        let place = |like: &&[f32]| vec![7.0; like.len()];
        let (mut y, mut last) =
            (vec![7.0; dy.len()], Vec::from_iter(carries.iter().map(place)));
        let mut dxw = place(&given[0]);
        let mut dcarries = Vec::from_iter(carries.iter().map(place));
        let mut dvectors = Vec::from_iter(vectors.iter().map(place));
        let mut dmatrices = Vec::from_iter(matrices.iter().map(place));
        let (program, shape) = (&self.program, self.shape);
        let mut tape = ProgramTape::new(program, shape);
        for _ in 0..2 {
            assert!(program.forward(
                shape, given[0], mask, carries, vectors, matrices, &mut tape, &mut y,
                &mut last, None,
            ));
            let mut dvectors: Vec<&mut [f32]> =
                dvectors.iter_mut().map(Vec::as_mut_slice).collect();
            assert!(program.backward(
                shape,
                given[0],
                mask,
                vectors,
                matrices,
                &mut tape,
                Some(&dy),
                &dlast,
                &mut dxw,
                &mut dcarries,
                &mut dvectors,
                &mut dmatrices,
                None,
            ));
        }
        last.insert(0, y);
        let gradients =
            std::iter::once(dxw).chain(dcarries).chain(dvectors).chain(dmatrices);
        (last, gradients.collect())
    }
}

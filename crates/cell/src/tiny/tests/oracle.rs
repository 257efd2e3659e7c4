//! Networks of random numbers, and what they give in plain loops and double precision.

use super::super::{Tiny, TinyCell, TinyLayer, TinyShape, TinyTensor};
use crate::lstm::{Lstm, LstmReference, lstm_backward_reference, lstm_forward_reference};
use crate::{Level, ScanShape};

const GATES: [usize; 4] = [2, 0, 3, 1];

pub(super) fn numbers(n: usize, seed: u32) -> Vec<f32> {
    let mut x = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        (x >> 8) as f32 / 8_388_608.0 - 1.0
    };
    (0..n).map(|_| next()).collect()
}

pub(super) fn shape(sizes: [usize; 4], units: &[usize], two_biases: bool) -> TinyShape {
    let [steps, batch, features, outputs] = sizes;
    let cell = TinyCell::Lstm { gates: GATES, two_biases };
    let layer = |units: &usize| TinyLayer { units: *units, cell: cell.clone() };
    let layers = units.iter().map(layer).collect();
    TinyShape { steps, batch, features, layers, outputs: Some(outputs) }
}

/// How many bias vectors its layers have, all of which are LSTMs.
fn biases(shape: &TinyShape) -> usize {
    match shape.layers[0].cell {
        TinyCell::Lstm { two_biases: true, .. } => 2,
        TinyCell::Lstm { .. } | TinyCell::Program(_) => 1,
    }
}

/// Every width, odd ones and stacks of them.
pub(super) fn shapes() -> Vec<TinyShape> {
    let mut all = vec![
        shape([3, 1, 1, 1], &[4], false),
        shape([1, 1, 3, 1], &[4], false),
        shape([3, 1, 1, 1], &[4, 4], false),
        shape([5, 3, 2, 2], &[3, 7, 4], true),
        shape([4, 2, 5, 3], &[20, 33], false),
        shape([2, 4, 1, 1], &[64, 1], true),
        shape([6, 9, 17, 1], &[32, 16], false),
    ];
    let one = |units: usize| shape([units % 4 + 1, units % 3 + 1, 2, 2], &[units], false);
    all.extend([1, 2, 5, 8, 9, 16, 31, 40, 48, 49, 63].map(one));
    all
}

fn tensors(shape: &TinyShape) -> Vec<TinyTensor> {
    let mut all = Vec::new();
    for layer in 0..shape.layers.len() {
        all.push(TinyTensor::Input { layer });
        all.push(TinyTensor::Hidden { layer, matrix: 0 });
        for second in [false, true].into_iter().take(biases(shape)) {
            all.push(TinyTensor::Bias { layer, second });
        }
    }
    all.extend([TinyTensor::Weight, TinyTensor::OutputBias]);
    all
}

/// A network, what it is fed, and what the plain reference makes of it.
pub(super) struct Case {
    pub(super) shape: TinyShape,
    pub(super) weights: Vec<f32>,
    pub(super) inputs: Vec<f32>,
    pub(super) targets: Vec<f32>,
    pub(super) shares: Vec<f32>,
    /// h and c of each layer.
    pub(super) states: Vec<[Vec<f32>; 2]>,
}

impl Case {
    pub(super) fn new(shape: TinyShape) -> Case {
        let TinyShape { steps, batch, features, .. } = shape;
        let outputs = shape.output_len(1);
        let units: Vec<usize> = shape.layers.iter().map(|layer| layer.units).collect();
        let below = |k: usize| if k == 0 { features } else { units[k - 1] };
        let layers = units.iter().enumerate();
        let wide = |(k, h): (usize, &usize)| 4 * h * (below(k) + h + biases(&shape));
        let count = layers.map(wide).sum::<usize>();
        let top = units.last().unwrap();
        let state = |(k, h): (usize, &usize)| {
            [5, 6].map(|seed| numbers(batch * h, seed + 10 * k as u32))
        };
        Case {
            weights: numbers(count + (top + 1) * outputs, 1)
                .iter()
                .map(|w| w * 0.4)
                .collect(),
            inputs: numbers(steps * batch * features, 2),
            targets: numbers(batch * outputs, 3),
            shares: numbers(batch, 4).iter().map(|s| s.abs()).collect(),
            states: units.iter().enumerate().map(state).collect(),
            shape,
        }
    }

    pub(super) fn tiny(&self, level: Level) -> Tiny {
        let mut tiny = Tiny::on(level, self.shape.clone(), &tensors(&self.shape));
        tiny.set_weights(&self.weights);
        for (layer, [h, c]) in self.states.iter().enumerate() {
            tiny.set_state(layer, 0, h);
            tiny.set_state(layer, 1, c);
        }
        tiny
    }

    fn lstm(&self, layer: usize) -> Lstm {
        let (steps, batch, units) =
            (self.shape.steps, self.shape.batch, self.shape.layers[layer].units);
        let shape = ScanShape { steps, batch, units, reverse: false };
        Lstm { shape, inputs: 0, gates: GATES }
    }

    /// Outputs, loss, gradients and last states in plain loops.
    pub(super) fn reference(&self) -> Reference {
        let TinyShape { steps, batch, .. } = self.shape;
        let outputs = self.shape.output_len(1);
        let (layers, w, bias) = self.layers();
        let (rows, width) = (steps * batch, self.shape.width());
        let top = &layers.last().unwrap().seen;
        let mut y = product(&top.h_last, &w, batch, width, outputs);
        y.iter_mut().enumerate().for_each(|(at, y)| *y += bias[at % outputs]);
        let share = |at: usize| f64::from(self.shares[at / outputs]);
        let error = |at: usize| y[at] - f64::from(self.targets[at]);
        let all = 0..y.len();
        let loss = all.clone().map(|at| error(at).powi(2) * share(at)).sum();
        let slope: Vec<f64> = all.map(|at| 2.0 * error(at) * share(at)).collect();
        let mut gradients = product_tn(&top.h_last, &slope, batch, width, outputs);
        gradients.extend(sums(&slope, outputs));
        let states =
            layers.iter().map(|l| [l.seen.h_last.clone(), l.seen.c_last.clone()]);
        let states = states.collect();
        let mut dy = vec![0.0; (rows - batch) * width];
        dy.extend(product_nt(&slope, &w, batch, outputs, width));
        for (k, Oracle { x, w, u, seen }) in layers.iter().enumerate().rev() {
            let (h, below) = (self.shape.layers[k].units, x.len() / rows);
            let (lstm, zeros) = (self.lstm(k), vec![0.0; batch * h]);
            let back = lstm_backward_reference(&lstm, seen, None, u, &dy, &zeros, &zeros);
            let mut own = product_tn(x, &back.dxw, rows, below, 4 * h);
            own.extend(&back.du);
            for _ in 0..biases(&self.shape) {
                own.extend(sums(&back.dxw, 4 * h));
            }
            gradients.splice(0..0, own);
            dy = product_nt(&back.dxw, w, rows, 4 * h, below);
        }
        Reference { y, loss, gradients, states }
    }

    /// The layers run forward, then the weights and biases of the dense layer.
    fn layers(&self) -> (Vec<Oracle>, Vec<f64>, Vec<f64>) {
        let rows = self.shape.steps * self.shape.batch;
        let wide = |x: &[f32]| x.iter().map(|x| f64::from(*x)).collect::<Vec<f64>>();
        let mut rest = wide(&self.weights);
        let mut take = |n: usize| {
            let tail = rest.split_off(n);
            std::mem::replace(&mut rest, tail)
        };
        let (mut x, mut width) = (wide(&self.inputs), self.shape.features);
        let mut layers = Vec::new();
        for (k, layer) in self.shape.layers.iter().enumerate() {
            let h = layer.units;
            let (w, u, mut bias) = (take(width * 4 * h), take(h * 4 * h), take(4 * h));
            if biases(&self.shape) == 2 {
                bias.iter_mut().zip(take(4 * h)).for_each(|(a, b)| *a += b);
            }
            let mut xw = product(&x, &w, rows, width, 4 * h);
            xw.iter_mut().enumerate().for_each(|(at, z)| *z += bias[at % (4 * h)]);
            let [h0, c0] = self.states[k].each_ref().map(|state| wide(state));
            let seen = lstm_forward_reference(&self.lstm(k), &xw, None, &h0, &c0, &u);
            let y = seen.y.clone();
            layers.push(Oracle { x: std::mem::replace(&mut x, y), w, u, seen });
            width = h;
        }
        (layers, take(width * self.shape.output_len(1)), take(self.shape.output_len(1)))
    }
}

/// One layer of the reference: what it read, its matrices, and what it saw.
struct Oracle {
    x: Vec<f64>,
    w: Vec<f64>,
    u: Vec<f64>,
    seen: LstmReference,
}

pub(super) struct Reference {
    pub(super) y: Vec<f64>,
    pub(super) loss: f64,
    pub(super) gradients: Vec<f64>,
    pub(super) states: Vec<[Vec<f64>; 2]>,
}

/// The product of a: `[m, k]` and b: `[k, n]`.
fn product(a: &[f64], b: &[f64], m: usize, k: usize, n: usize) -> Vec<f64> {
    let one = |at: usize| (0..k).map(|p| a[at / n * k + p] * b[p * n + at % n]).sum();
    (0..m * n).map(one).collect()
}

/// The same for b: `[n, k]`.
fn product_nt(a: &[f64], b: &[f64], m: usize, k: usize, n: usize) -> Vec<f64> {
    let one = |at: usize| (0..k).map(|p| a[at / n * k + p] * b[at % n * k + p]).sum();
    (0..m * n).map(one).collect()
}

/// The same for a: `[k, m]` and b: `[k, n]`.
fn product_tn(a: &[f64], b: &[f64], k: usize, m: usize, n: usize) -> Vec<f64> {
    let one = |at: usize| (0..k).map(|p| a[p * m + at / n] * b[p * n + at % n]).sum();
    (0..m * n).map(one).collect()
}

/// Sums of columns.
fn sums(a: &[f64], columns: usize) -> Vec<f64> {
    (0..columns).map(|c| a.iter().skip(c).step_by(columns).sum()).collect()
}

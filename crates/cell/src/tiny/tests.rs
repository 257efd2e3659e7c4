//! Whole networks against the plain reference, on each instruction set.

use super::table::Level;
use super::{Learned, Tiny, TinyFeed, TinyLesson, TinyShape, TinyTensor};
use crate::lstm::{Lstm, LstmReference, lstm_backward_reference, lstm_forward_reference};
use crate::{Form, Optimiser, ScanShape};

/// Outputs and states, which are sums of at most 64 terms below 1, and gradients, of
/// the largest one.
const CLOSE: f64 = 5e-6;

/// Weights after one change, on two instruction sets: sums in another order.
const LEVELS: f32 = 1e-6;

const GATES: [usize; 4] = [2, 0, 3, 1];

fn numbers(n: usize, seed: u32) -> Vec<f32> {
    let mut x = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        (x >> 8) as f32 / 8_388_608.0 - 1.0
    };
    (0..n).map(|_| next()).collect()
}

fn shape(sizes: [usize; 4], units: &[usize], two_biases: bool) -> TinyShape {
    let [steps, batch, features, outputs] = sizes;
    TinyShape { steps, batch, features, units: units.to_vec(), outputs, two_biases }
}

/// Every width, odd ones and stacks of them.
fn shapes() -> Vec<TinyShape> {
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
    for layer in 0..shape.units.len() {
        let gates = GATES;
        all.push(TinyTensor::Input { layer, gates });
        all.push(TinyTensor::Hidden { layer, gates });
        for second in [false, true].into_iter().take(1 + usize::from(shape.two_biases)) {
            all.push(TinyTensor::Bias { layer, gates, second });
        }
    }
    all.extend([TinyTensor::Weight, TinyTensor::OutputBias]);
    all
}

/// A network, what it is fed, and what the plain reference makes of it.
struct Case {
    shape: TinyShape,
    weights: Vec<f32>,
    inputs: Vec<f32>,
    targets: Vec<f32>,
    shares: Vec<f32>,
    /// h and c of each layer.
    states: Vec<[Vec<f32>; 2]>,
}

impl Case {
    fn new(shape: TinyShape) -> Case {
        let TinyShape { steps, batch, features, outputs, .. } = shape;
        let below = |k: usize| if k == 0 { features } else { shape.units[k - 1] };
        let biases = 1 + usize::from(shape.two_biases);
        let layers = shape.units.iter().enumerate();
        let count = layers.map(|(k, h)| 4 * h * (below(k) + h + biases)).sum::<usize>();
        let top = shape.units.last().unwrap();
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
            states: shape.units.iter().enumerate().map(state).collect(),
            shape,
        }
    }

    fn tiny(&self, level: Level) -> Tiny {
        let mut tiny = Tiny::on(level, self.shape.clone(), &tensors(&self.shape));
        tiny.set_weights(&self.weights);
        for (layer, [h, c]) in self.states.iter().enumerate() {
            tiny.set_state(layer, false, h);
            tiny.set_state(layer, true, c);
        }
        tiny
    }

    fn lstm(&self, layer: usize) -> Lstm {
        let (steps, batch, units) =
            (self.shape.steps, self.shape.batch, self.shape.units[layer]);
        Lstm { shape: ScanShape { steps, batch, units, reverse: false }, gates: GATES }
    }

    /// Outputs, loss, gradients and last states in plain loops.
    fn reference(&self) -> Reference {
        let TinyShape { steps, batch, outputs, .. } = self.shape;
        let (layers, w, bias) = self.layers();
        let (rows, width) = (steps * batch, *self.shape.units.last().unwrap());
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
            let (h, below) = (self.shape.units[k], x.len() / rows);
            let (lstm, zeros) = (self.lstm(k), vec![0.0; batch * h]);
            let back = lstm_backward_reference(&lstm, seen, None, u, &dy, &zeros, &zeros);
            let mut own = product_tn(x, &back.dxw, rows, below, 4 * h);
            own.extend(&back.du);
            for _ in 0..1 + usize::from(self.shape.two_biases) {
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
        for (k, h) in self.shape.units.iter().enumerate() {
            let (w, u, mut bias) = (take(width * 4 * h), take(h * 4 * h), take(4 * h));
            if self.shape.two_biases {
                bias.iter_mut().zip(take(4 * h)).for_each(|(a, b)| *a += b);
            }
            let mut xw = product(&x, &w, rows, width, 4 * h);
            xw.iter_mut().enumerate().for_each(|(at, z)| *z += bias[at % (4 * h)]);
            let [h0, c0] = self.states[k].each_ref().map(|state| wide(state));
            let seen = lstm_forward_reference(&self.lstm(k), &xw, None, &h0, &c0, &u);
            let y = seen.y.clone();
            layers.push(Oracle { x: std::mem::replace(&mut x, y), w, u, seen });
            width = *h;
        }
        (layers, take(width * self.shape.outputs), take(self.shape.outputs))
    }
}

/// One layer of the reference: what it read, its matrices, and what it saw.
struct Oracle {
    x: Vec<f64>,
    w: Vec<f64>,
    u: Vec<f64>,
    seen: LstmReference,
}

struct Reference {
    y: Vec<f64>,
    loss: f64,
    gradients: Vec<f64>,
    states: Vec<[Vec<f64>; 2]>,
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

fn near(got: &[f32], want: &[f64], what: &str) {
    let largest = want.iter().fold(1e-3_f64, |largest, x| largest.max(x.abs()));
    assert_eq!(got.len(), want.len(), "{what}");
    for (k, (got, want)) in got.iter().zip(want).enumerate() {
        let error = (f64::from(*got) - want).abs();
        assert!(error <= CLOSE * largest, "{what} {k}: {got} for {want}");
    }
}

#[test]
fn networks_of_all_widths_give_what_the_reference_gives() {
    for case in shapes().into_iter().map(Case::new) {
        let want = case.reference();
        for level in Level::all() {
            let what = format!("{level:?} {:?}", case.shape);
            let mut tiny = case.tiny(level);
            let aim = Some((&case.targets[..], &case.shares[..]));
            let loss = tiny.run(&TinyFeed { inputs: &case.inputs, aim });
            near(&[loss], &[want.loss], &format!("{what} loss"));
            near(tiny.outputs(), &want.y, &format!("{what} y"));
            let mut gradients = vec![0.0; case.weights.len()];
            tiny.gradients(&mut gradients);
            near(&gradients, &want.gradients, &format!("{what} gradients"));
            for (layer, states) in want.states.iter().enumerate() {
                for (c, state) in [(false, &states[0]), (true, &states[1])] {
                    let mut got = vec![0.0; state.len()];
                    tiny.last_state(layer, c, &mut got);
                    near(&got, state, &format!("{what} state"));
                }
            }
            let mut again = case.tiny(level);
            again.run(&TinyFeed { inputs: &case.inputs, aim: None });
            assert_eq!(again.outputs(), tiny.outputs(), "{what}");
        }
    }
}

fn optimisers() -> Vec<Optimiser> {
    let adam = |form| Optimiser::Adam {
        rate: 0.01,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-7,
        decay: if form == Form::Keras { 0.0 } else { 0.1 },
        form,
    };
    vec![
        adam(Form::Keras),
        adam(Form::PyTorch),
        Optimiser::Sgd { rate: 0.1, momentum: 0.0, nesterov: false },
        Optimiser::Sgd { rate: 0.1, momentum: 0.9, nesterov: true },
        Optimiser::RmsProp {
            rate: 0.01,
            rho: 0.9,
            epsilon: 1e-7,
            momentum: 0.5,
            form: Form::Keras,
        },
        Optimiser::Adagrad { rate: 0.1, epsilon: 1e-7 },
    ]
}

/// Weights, both memories and the number of changes.
type Arenas = (Vec<f32>, Vec<f32>, Vec<f32>, u64);

const WINDOWS: usize = 150;

struct School {
    case: Case,
    inputs: Vec<f32>,
    targets: Vec<f32>,
    order: Vec<usize>,
    stateful: Vec<bool>,
    optimiser: Optimiser,
}

impl School {
    fn new(shape: TinyShape, stateful: bool, optimiser: Optimiser) -> School {
        let mut case = Case::new(shape);
        for states in &mut case.states {
            states.iter_mut().for_each(|state| state.fill(0.0));
        }
        let TinyShape { steps, features, outputs, .. } = case.shape;
        School {
            inputs: numbers(WINDOWS * steps * features, 8),
            targets: numbers(WINDOWS * outputs, 9),
            order: (0..WINDOWS).map(|k| k * 7 % WINDOWS).collect(),
            stateful: vec![stateful; case.shape.units.len()],
            optimiser,
            case,
        }
    }

    fn fresh(&self) -> Arenas {
        let zeros = vec![0.0; self.case.weights.len()];
        (self.case.weights.clone(), zeros.clone(), zeros, 0)
    }

    /// Learns from a part of the order; gives the loss.
    fn lesson(
        &self,
        tiny: &mut Tiny,
        order: std::ops::Range<usize>,
        to: &mut Arenas,
    ) -> f64 {
        let lesson = TinyLesson {
            inputs: &self.inputs,
            targets: &self.targets,
            order: &self.order[order.start..],
            stateful: &self.stateful,
            optimiser: self.optimiser,
            clip: None,
        };
        let (weights, first, second, step) = to;
        let mut learned = Learned { weights, first, second, step };
        let count = order.len();
        let progress = tiny.train(&lesson, &mut learned, &mut |done| done < count);
        assert!(progress.finite && progress.done == count, "{progress:?}");
        progress.loss
    }

    /// The same by single runs and the optimiser on slices.
    fn by_hand(&self, tiny: &mut Tiny, to: &mut Arenas) -> f64 {
        let TinyShape { steps, features, outputs, .. } = self.case.shape;
        let (mut total, mut gradients) = (0.0, vec![0.0; to.0.len()]);
        for window in &self.order {
            tiny.set_weights(&to.0);
            let inputs = &self.inputs[window * steps * features..][..steps * features];
            let targets = &self.targets[window * outputs..][..outputs];
            let shares = [(1.0 / outputs as f64) as f32];
            let aim = Some((targets, &shares[..]));
            total += f64::from(tiny.run(&TinyFeed { inputs, aim }));
            tiny.gradients(&mut gradients);
            to.3 += 1;
            self.optimiser.update(to.3, &mut to.0, &gradients, &mut to.1, &mut to.2);
            for (layer, units) in self.case.shape.units.iter().enumerate() {
                for c in [false, true].into_iter().filter(|_| self.stateful[layer]) {
                    let mut state = vec![0.0; *units];
                    tiny.last_state(layer, c, &mut state);
                    tiny.set_state(layer, c, &state);
                }
            }
        }
        total
    }
}

#[test]
fn a_lesson_is_single_runs_and_changes_to_the_bit_wherever_it_is_cut() {
    for optimiser in optimisers() {
        for (units, stateful) in [(&[4][..], false), (&[3, 6], true), (&[20], true)] {
            let shape = shape([3, 1, 2, 2], units, false);
            let school = School::new(shape, stateful, optimiser);
            for level in Level::all() {
                let mut want = school.fresh();
                let loss = school.by_hand(&mut school.case.tiny(level), &mut want);
                let mut whole = school.fresh();
                let mut tiny = school.case.tiny(level);
                let got = school.lesson(&mut tiny, 0..WINDOWS, &mut whole);
                assert_eq!((got, &whole), (loss, &want), "{level:?} {optimiser:?}");
                let mut cut = school.fresh();
                let mut tiny = school.case.tiny(level);
                for part in [0..1, 1..1, 1..70, 70..WINDOWS] {
                    school.lesson(&mut tiny, part, &mut cut);
                }
                assert_eq!(cut, want, "{level:?} {optimiser:?}");
            }
        }
    }
}

#[test]
fn instruction_sets_differ_by_roundings() {
    for shape in shapes().into_iter().filter(|shape| shape.batch == 1) {
        let adam = optimisers()[0];
        let school = School::new(shape, true, adam);
        let results = Level::all().into_iter().map(|level| {
            let mut arenas = school.fresh();
            school.lesson(&mut school.case.tiny(level), 0..1, &mut arenas);
            arenas.1
        });
        let results: Vec<_> = results.collect();
        for other in &results[1..] {
            for (a, b) in results[0].iter().zip(other) {
                assert!((a - b).abs() <= LEVELS, "{:?}: {a} {b}", school.case.shape);
            }
        }
    }
}

#[test]
fn what_is_not_finite_stops_at_its_window_and_changes_nothing() {
    let sgd = Optimiser::Sgd { rate: 0.1, momentum: 0.0, nesterov: false };
    let mut school = School::new(shape([3, 1, 1, 1], &[4], false), false, sgd);
    let bad = school.order[5];
    school.inputs[bad * 3 + 1] = f32::NAN;
    for level in Level::all() {
        let mut tiny = school.case.tiny(level);
        let lesson = TinyLesson {
            inputs: &school.inputs,
            targets: &school.targets,
            order: &school.order,
            stateful: &school.stateful,
            optimiser: sgd,
            clip: Some(1.0),
        };
        let mut arenas = school.fresh();
        let (weights, first, second, step) =
            (&mut arenas.0[..], &mut arenas.1[..], &mut arenas.2[..], &mut arenas.3);
        let mut learned = Learned { weights, first, second, step };
        let progress = tiny.train(&lesson, &mut learned, &mut |_| true);
        assert_eq!((progress.done, progress.finite), (5, false));
        assert_eq!(arenas, school.fresh());
    }
}

#[test]
fn prediction_is_single_runs() {
    for stateful in [false, true] {
        let sgd = optimisers()[2];
        let school = School::new(shape([3, 1, 2, 2], &[5, 20], false), stateful, sgd);
        let level = *Level::all().last().unwrap();
        let mut tiny = school.case.tiny(level);
        let mut got = vec![0.0; WINDOWS * 2];
        let flags = &school.stateful;
        assert!(tiny.predict(&school.inputs, flags, &mut got, &mut |_| true));
        let mut tiny = school.case.tiny(level);
        for (window, got) in got.chunks(2).enumerate() {
            tiny.run(&TinyFeed { inputs: &school.inputs[window * 6..][..6], aim: None });
            assert_eq!(tiny.outputs(), got);
            for (layer, units) in [(0, 5), (1, 20)] {
                for c in [false, true].into_iter().filter(|_| stateful) {
                    let mut state = vec![0.0; units];
                    tiny.last_state(layer, c, &mut state);
                    tiny.set_state(layer, c, &state);
                }
            }
        }
    }
}

//! Whole networks against the plain reference, on each instruction set.

mod oracle;
mod ran_away;

use std::ops::Range;

use super::{Learned, Tiny, TinyAim, TinyFeed, TinyLesson, TinyShape};
use crate::{Form, Level, Optimiser};
use oracle::{Case, numbers, shape, shapes};

/// Outputs and states, which are sums of at most 64 terms below 1, and gradients, of
/// the largest one.
const CLOSE: f64 = 5e-6;

/// Weights after one change, on two instruction sets: sums in another order.
const LEVELS: f32 = 1e-6;

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
            let (targets, shares) = (&case.targets[..], &case.shares[..]);
            let aim = Some(TinyAim::Loss { targets, shares });
            let loss = tiny.run(&TinyFeed { inputs: &case.inputs, aim });
            near(&[loss], &[want.loss], &format!("{what} loss"));
            near(tiny.outputs(), &want.y, &format!("{what} y"));
            let mut gradients = vec![0.0; case.weights.len()];
            tiny.gradients(&mut gradients);
            near(&gradients, &want.gradients, &format!("{what} gradients"));
            for (layer, states) in want.states.iter().enumerate() {
                for (which, state) in states.iter().enumerate() {
                    let mut got = vec![0.0; state.len()];
                    tiny.last_state(layer, which, &mut got);
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
        let TinyShape { steps, features, .. } = case.shape;
        let outputs = case.shape.output_len(1);
        School {
            inputs: numbers(WINDOWS * steps * features, 8),
            targets: numbers(WINDOWS * outputs, 9),
            order: (0..WINDOWS).map(|k| k * 7 % WINDOWS).collect(),
            stateful: vec![stateful; case.shape.layers.len()],
            optimiser,
            case,
        }
    }

    fn fresh(&self) -> Arenas {
        let zeros = vec![0.0; self.case.weights.len()];
        (self.case.weights.clone(), zeros.clone(), zeros, 0)
    }

    /// Learns from a part of the order; gives the loss.
    fn lesson(&self, tiny: &mut Tiny, order: Range<usize>, to: &mut Arenas) -> f64 {
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
        let TinyShape { steps, features, .. } = self.case.shape;
        let outputs = self.case.shape.output_len(1);
        let (mut total, mut gradients) = (0.0, vec![0.0; to.0.len()]);
        for window in &self.order {
            tiny.set_weights(&to.0);
            let inputs = &self.inputs[window * steps * features..][..steps * features];
            let targets = &self.targets[window * outputs..][..outputs];
            let shares = [(1.0 / outputs as f64) as f32];
            let aim = Some(TinyAim::Loss { targets, shares: &shares });
            total += f64::from(tiny.run(&TinyFeed { inputs, aim }));
            tiny.gradients(&mut gradients);
            to.3 += 1;
            self.optimiser.update(to.3, &mut to.0, &gradients, &mut to.1, &mut to.2);
            for (layer, of) in self.case.shape.layers.iter().enumerate() {
                for which in (0..of.states()).filter(|_| self.stateful[layer]) {
                    let mut state = vec![0.0; of.units];
                    tiny.last_state(layer, which, &mut state);
                    tiny.set_state(layer, which, &state);
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
                for which in (0..2).filter(|_| stateful) {
                    let mut state = vec![0.0; units];
                    tiny.last_state(layer, which, &mut state);
                    tiny.set_state(layer, which, &state);
                }
            }
        }
    }
}

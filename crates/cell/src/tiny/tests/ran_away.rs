//! A lesson that runs away, and the next run of the same kernels.

use super::super::{
    Learned, Tiny, TinyAim, TinyCell, TinyFeed, TinyLayer, TinyLesson, TinyProgram,
    TinyShape, TinyTensor,
};
use super::oracle::numbers;
use crate::code::tests::programs::rnn;
use crate::{Level, Optimiser};

const UNITS: usize = 3;
const STEPS: usize = 4;
const WINDOWS: usize = 9;

/// The plain cell on one whose states have no bound.
fn tiny(level: Level) -> Tiny {
    let mut linear = rnn();
    linear.instructions.pop();
    (linear.next, linear.output) = (vec![3], 3);
    let layer = |program| {
        let program = TinyProgram::new(&program, 1).unwrap();
        TinyLayer { units: UNITS, cell: TinyCell::Program(program) }
    };
    let shape = TinyShape {
        steps: STEPS,
        batch: 1,
        features: 1,
        layers: [linear, rnn()].map(layer).to_vec(),
        outputs: Some(1),
    };
    let of_layer = |layer| {
        [
            TinyTensor::Input { layer },
            TinyTensor::Hidden { layer, matrix: 0 },
            TinyTensor::Bias { layer, second: false },
        ]
    };
    let mut tensors = [0, 1].map(of_layer).concat();
    tensors.extend([TinyTensor::Weight, TinyTensor::OutputBias]);
    Tiny::on(level, shape, &tensors)
}

/// The loss and the gradients of the first window.
fn run(mut tiny: Tiny, weights: &[f32], inputs: &[f32]) -> (f32, Vec<f32>) {
    tiny.set_weights(weights);
    let aim = TinyAim::Loss { targets: &[0.5], shares: &[1.0] };
    let loss = tiny.run(&TinyFeed { inputs: &inputs[..STEPS], aim: Some(aim) });
    let mut gradients = vec![0.0; weights.len()];
    tiny.gradients(&mut gradients);
    (loss, gradients)
}

/// Infinity times the zeros of padding is no number, and no weight of the caller's.
#[test]
fn nothing_is_left_of_it_in_padding() {
    let first = 2 * UNITS + UNITS * UNITS;
    let count = first + 2 * UNITS * UNITS + UNITS + UNITS + 1;
    // None is negative, so that infinite states are not subtracted from each other.
    let weights: Vec<f32> = numbers(count, 1).iter().map(|weight| weight.abs()).collect();
    let mut inputs = numbers(WINDOWS * STEPS, 2);
    inputs[6 * STEPS - 1] = f32::INFINITY;
    let order: Vec<usize> = (0..WINDOWS).collect();
    for level in Level::all() {
        let mut spoiled = tiny(level);
        let lesson = TinyLesson {
            inputs: &inputs,
            targets: &[0.1; WINDOWS],
            order: &order,
            stateful: &[false; 2],
            optimiser: Optimiser::Sgd { rate: 0.1, momentum: 0.5, nesterov: false },
            clip: None,
        };
        let zeros = vec![0.0; weights.len()];
        let mut memory = [weights.clone(), zeros.clone(), zeros];
        let [weights, first, second] = &mut memory;
        let mut learned = Learned { weights, first, second, step: &mut 0 };
        let progress = spoiled.train(&lesson, &mut learned, &mut |_| true);
        // The loss of the sixth window is a number, its gradient is none.
        assert_eq!((progress.done, progress.finite), (6, false), "{level:?}");
        let [got, want] =
            [spoiled, tiny(level)].map(|tiny| run(tiny, &memory[0], &inputs));
        assert!(want.0.is_finite());
        assert_eq!(got, want, "{level:?}");
    }
}

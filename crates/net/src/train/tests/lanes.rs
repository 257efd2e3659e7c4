//! What stateful layers remember, in training and in prediction.

use std::sync::atomic::AtomicBool;

use carousel_data::Sequences;

use super::super::{Options, Training};
use super::EVEN;
use crate::engine::{BatchShape, Engine, Executor, Feed, Goal, Loss, Settings};
use crate::model::{Memory, Model};
use crate::testing::{PLAN, model, options, run, waves};

#[test]
fn validation_reads_on_from_the_train_part() {
    let (train, validation) = (waves(&EVEN, false), waves(&[5; 4], false));
    let mut model = model("lstm 4 stateful frozen -> dense 1 frozen", "", &train);
    model.weights.iter_mut().for_each(|weight| *weight *= 2.0);
    let mut training = Training::new(model, Options { batch: 1, ..options() });
    run(&mut training, 1, &train, Some(&validation)).unwrap();
    let mut memory = Memory::default();
    let model = &training.model;
    model.predict(&train, &mut memory, PLAN, None).unwrap();
    assert_eq!(training.memory, memory);
    let outputs = model.predict(&validation, &mut memory, PLAN, None).unwrap();
    let square = |(a, b): (&f32, &f32)| (f64::from(*a) - f64::from(*b)).powi(2);
    let sum: f64 = outputs.iter().zip(&validation.targets).map(square).sum();
    assert_eq!(training.history.validation, [sum / 4.0]);
}

/// Two lanes, the second one sequence shorter: by hand, lane after lane.
#[test]
fn lanes_carry_their_own_states_and_keep_them_where_they_end() {
    let train = waves(&[3; 5], false);
    let line = "lstm 4 stateful frozen -> dense 1 frozen";
    let options = Options { batch: 2, ..options() };
    let mut training = Training::new(model(line, "", &train), options);
    run(&mut training, 1, &train, None).unwrap();
    let model = training.model.clone();
    let mut losses = Vec::new();
    for lane in [0..3, 3..5] {
        let part = waves(&[3; 5], false);
        let lane = Sequences {
            lengths: part.lengths[lane.clone()].to_vec(),
            inputs: part.inputs[lane.start * 6..lane.end * 6].to_vec(),
            targets: part.targets[lane.clone()].to_vec(),
            rows: part.rows[lane].to_vec(),
            ..part
        };
        let (outputs, memory) = by_hand(&model, &lane);
        losses.extend(outputs.iter().zip(&lane.targets).map(|(a, b)| (a - b).powi(2)));
        // The memory of the training is that of the second lane, which ends first.
        let h = training.memory.state(0, "h").unwrap();
        let same = h.iter().zip(&memory).all(|(a, b)| (a - b).abs() < 1e-6);
        assert_eq!(same, lane.lengths.len() == 2);
    }
    let mean = f64::from(losses.iter().sum::<f32>()) / 5.0;
    assert!((training.history.train[0] - mean).abs() < 1e-6);
}

/// Outputs, and h at the end, of sequences that follow each other.
fn by_hand(model: &Model, lane: &Sequences) -> (Vec<f32>, Vec<f32>) {
    let shape = BatchShape { steps: lane.lengths[0], size: 1, masked: false };
    let way = Settings { fusion: false, executor: Executor::Luminal, ..PLAN };
    let (network, flows) = (&model.network, &model.flows);
    let goal = Goal::Train(Loss::SumOfSquares);
    let mut engine = Engine::new(network, flows, shape, goal, false, way).unwrap();
    let mut states = vec![vec![0.0; 4]; 2];
    let mut outputs = Vec::new();
    let mut gradients = vec![0.0; model.weights.len()];
    for inputs in lane.inputs.chunks(shape.steps * lane.features) {
        let feed = Feed {
            inputs,
            mask: None,
            states: &states,
            targets: &[],
            weights: &[],
            dropouts: &[],
            interrupt: None,
        };
        engine.run(&model.weights, &mut gradients, &feed).unwrap();
        outputs.extend_from_slice(engine.output());
        states = (0..2).map(|state| engine.last_state(state).to_vec()).collect();
    }
    (outputs, states.swap_remove(0))
}

#[test]
fn stateful_prediction_is_one_lane_read_by_hand() {
    let sequences = waves(&[3; 5], false);
    let model = model("lstm 4 stateful -> dense 1", "", &sequences);
    let (want, h) = by_hand(&model, &sequences);
    let mut memory = model.memory();
    let got = model.predict(&sequences, &mut memory, PLAN, None).unwrap();
    // A few roundings of numbers below 1.
    let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
    assert!(got.len() == 5 && close(&got, &want), "{got:?} {want:?}");
    assert!(close(memory.state(0, "h").unwrap(), &h));
    let again = model.predict(&sequences, &mut memory, PLAN, None).unwrap();
    assert_ne!(got, again);
    let flag = AtomicBool::new(true);
    let kept = memory.clone();
    assert!(model.predict(&sequences, &mut memory, PLAN, Some(&flag)).is_err());
    assert_eq!(memory, kept);
}

//! Symbols in, classes out.

use carousel_data::Sequences;

use super::super::{Options, Training};
use crate::engine::{
    BatchShape, Engine, Executor, Feed, Goal, KernelTime, Loss, Settings,
};
use crate::model::{Like, Memory, Model};
use crate::testing::{PLAN, network, options, run, swing_shape, swings};

const WAYS: [Settings; 4] = [
    PLAN,
    Settings { fusion: false, ..PLAN },
    Settings { fusion: true, executor: Executor::Luminal, ..PLAN },
    Settings { fusion: false, executor: Executor::Luminal, ..PLAN },
];

/// Two ways differ by the roundings of a few dozen operations on numbers below 3.
const TOLERANCE: f32 = 2e-6;

fn model(line: &str, sequences: &Sequences) -> Model {
    let data = swing_shape(sequences);
    Model::new(&network(line, ""), data, Like::Keras, 7).unwrap()
}

fn training(line: &str, train: &Sequences) -> Training {
    let options = Options { loss: Loss::CrossEntropy, batch: 2, ..options() };
    Training::new(model(line, train), options)
}

#[test]
fn a_periodic_text_is_learned_by_heart() {
    let lines = [
        ("embed 4 -> lstm 8 stateful -> dense", true),
        ("embed 4 -> lstm 8 -> dense 3 softmax", false),
        ("embed 4 -> gru 8 -> dense", false),
    ];
    for (line, every) in lines {
        // Lanes of 10 pieces of 5 steps: both end in the middle of a period.
        let train = swings(&[5; 20], every);
        let mut training = training(line, &train);
        run(&mut training, 60, &train, Some(&swings(&[5; 4], every))).unwrap();
        let losses = &training.history.train;
        // Nothing known is ln 3 = 1.1; the last symbol alone leaves (ln 2) / 2.
        assert!(losses[0] > 0.7, "{line}: {losses:?}");
        assert!(losses[59] < 0.02, "{line}: {losses:?}");
        let validation = &training.history.validation;
        assert!(validation[59] < 0.05, "{line}: {validation:?}");
        says_what_follows(&training.model, &train);
    }
}

/// Predictions are probabilities, and the greatest is that of the target.
fn says_what_follows(model: &Model, sequences: &Sequences) {
    let unknown = Sequences { targets: Vec::new(), ..sequences.clone() };
    for way in WAYS {
        let shares = model.predict(&unknown, &mut Memory::default(), way, None).unwrap();
        assert_eq!(shares.len(), 3 * sequences.targets.len());
        for (shares, class) in shares.chunks(3).zip(&sequences.targets) {
            assert!((shares.iter().sum::<f32>() - 1.0).abs() < TOLERANCE);
            assert!(shares[*class as usize] > 0.5, "{shares:?} at {class}");
        }
    }
}

/// What one batch gives in one way: logits, loss and gradients.
fn one_batch(model: &Model, way: Settings, masked: bool) -> Vec<f32> {
    let shape = BatchShape { steps: 4, size: 2, masked };
    let goal = Goal::Train(Loss::CrossEntropy);
    let mut engine =
        Engine::new(&model.network, &model.flows, shape, goal, false, way).unwrap();
    let states: Vec<Vec<f32>> =
        engine.states.iter().map(|state| vec![0.25; 2 * state.units]).collect();
    let mask = [1., 1., 1., 1., 1., 0., 1., 0.];
    let feed = Feed {
        inputs: &[0., 2., 1., 1., 2., 0., 1., 0.],
        mask: masked.then_some(&mask[..]),
        states: &states,
        targets: &[1., 1., 2., 0., 1., 0., 2., 0.],
        weights: &[0.2, 0.1, 0.2, 0.1, 0.2, 0., 0.2, 0.],
        dropouts: &[],
        interrupt: None,
    };
    let mut gradients = vec![0.0; model.weights.len()];
    engine.run(&model.weights, &mut gradients, &feed).unwrap();
    [engine.output(), &[engine.loss()], &gradients].concat()
}

#[test]
fn all_ways_agree() {
    let train = swings(&[4; 2], true);
    for line in [
        "embed 4 -> lstm 5 -> dense",
        "embed 4 frozen -> rnn 5 -> dense softmax",
        "embed 4 -> dense 4 softmax -> dense",
        "embed 3",
    ] {
        let model = model(line, &train);
        for masked in [false, true] {
            let want = one_batch(&model, WAYS[3], masked);
            for way in &WAYS[..3] {
                let got = one_batch(&model, *way, masked);
                let same = |(a, b): (&f32, &f32)| (a - b).abs() < TOLERANCE;
                let close = got.len() == want.len() && got.iter().zip(&want).all(same);
                assert!(close, "{line} {way:?}: {got:?} {want:?}");
            }
        }
    }
}

#[test]
fn tables_and_losses_are_fused_unless_fusion_is_off() {
    let train = swings(&[4; 2], true);
    let model = model("embed 4 -> lstm 5 -> dense 4 softmax -> dense", &train);
    for (way, expected) in [(PLAN, 6), (WAYS[1], 0)] {
        let report = model.report(&train, 2, Loss::CrossEntropy, way).unwrap();
        let endings = ["the table", "softmax", "cross-entropy"];
        let is_fused =
            |kernel: &&KernelTime| endings.iter().any(|end| kernel.name.ends_with(end));
        let count = report.kernels.iter().filter(is_fused).count();
        assert_eq!(count, expected, "{report:?}");
    }
}

#[test]
fn unknown_symbols_and_classes_are_told() {
    let train = swings(&[4; 2], false);
    let model = model("embed 4 -> lstm 5 -> dense", &train);
    assert_eq!(model.check(&train), Ok(()));
    let mut other = train.clone();
    other.inputs[3] = 3.0;
    let told = |sequences: &Sequences| model.check(sequences).unwrap_err().title;
    assert_eq!(
        told(&other),
        "the model knows 3 symbols, numbered from 0, and 3 is none of them"
    );
    let mut other = train.clone();
    other.targets[1] = 0.5;
    assert_eq!(
        told(&other),
        "the model knows 3 classes, numbered from 0, and 0.5 is none of them"
    );
}

//! What ends a training, and what is left then.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use carousel_cell::Optimiser;
use carousel_data::Sequences;

use super::super::{Diverged, Epoch, Options, Stopped, Training};
use super::{EVEN, trained};
use crate::testing::{PLAN, model, options, run, waves};

/// A rate at which the weights grow without bounds.
fn too_fast() -> Options {
    let optimiser = Optimiser::Sgd { rate: 1e4, momentum: 0.0, nesterov: false };
    Options { optimiser, ..options() }
}

#[test]
fn what_diverges_goes_back_to_the_last_good_epoch() {
    let train = waves(&EVEN, false);
    for line in ["flat -> dense 1", "lstm 4 stateful -> dense 1"] {
        let good = trained(line, "", &train, 2);
        let mut training = good.clone();
        training.options = too_fast();
        let Diverged { epoch, batch, batches, tensor, norm_before } =
            run(&mut training, 40, &train, None).unwrap_err();
        assert_eq!(batches, 6);
        assert!(epoch >= 3 && (1..=batches).contains(&batch), "{epoch} {batch}");
        assert!(norm_before.unwrap() > 1.0, "{norm_before:?}");
        assert!(tensor.is_some());
        assert_eq!(training.history.train.len(), epoch - 1);
        assert!(training.model.weights.iter().all(|weight| weight.is_finite()));
        let mut again = good.clone();
        again.options = too_fast();
        run(&mut again, epoch - 3, &train, None).unwrap();
        assert_eq!(training.model.weights, again.model.weights, "{line}");
        assert_eq!(training.moments, again.moments);
        assert_eq!(training.memory, again.memory);
    }
}

#[test]
fn what_diverges_after_a_break_goes_back_to_the_break() {
    let train = waves(&EVEN, false);
    let line = "lstm 4 -> dense 1";
    let mut training = Training::new(model(line, "", &train), options());
    let mut watch = |epoch: &Epoch| match epoch.number {
        2 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let flag = AtomicBool::new(false);
    training.run(5, &train, None, PLAN, &flag, &mut watch).unwrap();
    let optimiser = Optimiser::Sgd { rate: 1e30, momentum: 0.0, nesterov: false };
    training.options.optimiser = optimiser;
    assert_eq!(run(&mut training, 3, &train, None).unwrap_err().epoch, 3);
    assert_eq!(training.model.weights, trained(line, "", &train, 2).model.weights);
}

#[test]
fn a_validation_part_may_come_later() {
    let train = waves(&EVEN, false);
    let mut training = trained("lstm 4 -> dense 1", "", &train, 2);
    run(&mut training, 1, &train, Some(&train)).unwrap();
    let [a, b, c] = training.history.validation[..] else { panic!("three epochs") };
    assert!(a.is_nan() && b.is_nan() && c.is_finite());
}

#[test]
fn a_bad_number_names_its_layer() {
    let mut train = waves(&EVEN, false);
    train.inputs[7] = f32::NAN;
    let mut training =
        Training::new(model("gru 4 -> lstm 4 -> dense 1", "", &train), options());
    let fresh = training.model.weights.clone();
    let diverged = run(&mut training, 3, &train, None).unwrap_err();
    assert_eq!((diverged.epoch, diverged.batches), (1, 6));
    assert!(diverged.tensor.unwrap().starts_with("gru 1"));
    assert_eq!(training.model.weights, fresh);
    assert!(training.history.train.is_empty());
}

/// A validation part that contradicts the train part: its loss grows.
fn contrary(train: &Sequences) -> Sequences {
    let targets = train.targets.iter().map(|target| -target).collect();
    Sequences { targets, ..train.clone() }
}

#[test]
fn the_best_epoch_is_kept_and_patience_ends() {
    let train = waves(&EVEN, false);
    let validation = contrary(&train);
    for line in ["lstm 4 -> dense 1", "lstm 4 stateful -> dense 1"] {
        let options = Options { patience: Some(3), keep_best: true, ..options() };
        let mut training = Training::new(model(line, "", &train), options);
        let stopped = run(&mut training, 100, &train, Some(&validation)).unwrap();
        let Stopped::Patience { best } = stopped else { panic!("{stopped:?}") };
        let losses = &training.history.validation;
        assert_eq!(losses.len(), best + 3);
        assert!(losses.iter().all(|loss| *loss >= losses[best - 1]), "{losses:?}");
        let straight = trained(line, "", &train, best);
        assert_eq!(training.model.weights, straight.model.weights);
        assert_eq!(training.memory, straight.memory);
    }
}

#[test]
fn a_good_enough_loss_and_the_time_end_training() {
    let train = waves(&EVEN, false);
    let fresh = Training::new(model("lstm 4 -> dense 1", "", &train), options());
    let mut until = fresh.clone();
    until.options.until = Some(0.3);
    assert_eq!(run(&mut until, 500, &train, None), Ok(Stopped::Until));
    let (last, before) = until.history.train.split_last().unwrap();
    assert!(*last <= 0.3 && before.iter().all(|loss| *loss > 0.3));
    let mut time = fresh.clone();
    time.options.time = Some(Duration::ZERO);
    assert_eq!(run(&mut time, 500, &train, None), Ok(Stopped::Time));
    assert!(time.history.train.is_empty());
    let mut nothing = fresh;
    assert_eq!(run(&mut nothing, 5, &Sequences::default(), None), Ok(Stopped::Done));
}

//! A training that was stopped goes on with the same digits.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use carousel_data::Sequences;

use super::super::run::Task;
use super::super::{Epoch, Stopped, Training};
use super::{EVEN, LINES, RAGGED, trained};
use crate::testing::{PLAN, model, options, run, waves};

/// Trains with an interruption before each of these batches (epoch from 1, batch from
/// 0), going on each time.
fn interrupted(training: &mut Training, train: &Sequences, at: &[(usize, usize)]) {
    let flag = AtomicBool::new(false);
    let task = Task {
        train,
        validation: Some(train),
        settings: PLAN,
        interrupt: &flag,
        end: None,
    };
    let mut left: Vec<_> = at.to_vec();
    let mut epochs = 3;
    loop {
        flag.store(false, Ordering::Relaxed);
        let mut before = |epoch, batch| {
            if left.first() == Some(&(epoch, batch)) {
                left.remove(0);
                flag.store(true, Ordering::Relaxed);
            }
        };
        let mut watch = |_: &Epoch| ControlFlow::Continue(());
        match training.run_task(epochs, &task, &mut watch, &mut before).unwrap() {
            Stopped::Interrupted { epoch, of } => epochs = of - epoch,
            stopped => {
                assert_eq!(stopped, Stopped::Done);
                break;
            }
        }
    }
    assert!(left.is_empty(), "{left:?} never came");
}

#[test]
fn an_interrupted_training_goes_on_with_the_same_digits() {
    for (line, cell, every) in LINES {
        let train = waves(&EVEN, every);
        let fresh = Training::new(model(line, cell, &train), options());
        let mut straight = fresh.clone();
        interrupted(&mut straight, &train, &[]);
        for at in [&[(1, 0)][..], &[(1, 2)], &[(2, 4)], &[(1, 1), (1, 3), (3, 5)]] {
            let mut training = fresh.clone();
            interrupted(&mut training, &train, at);
            assert_eq!(training.model.weights, straight.model.weights, "{line} {at:?}");
            assert_eq!(training.history, straight.history, "{line} {at:?}");
            assert_eq!(training.memory, straight.memory, "{line} {at:?}");
            assert_eq!(training.moments, straight.moments, "{line} {at:?}");
        }
    }
}

#[test]
fn training_in_two_calls_is_training_in_one() {
    let train = waves(&RAGGED, false);
    let mut two = trained("lstm 4 stateful -> dense 1", "", &train, 2);
    run(&mut two, 3, &train, None).unwrap();
    let one = trained("lstm 4 stateful -> dense 1", "", &train, 5);
    assert_eq!(two.model.weights, one.model.weights);
    assert_eq!(two.history, one.history);
}

#[test]
fn a_watch_that_breaks_stops_and_can_go_on() {
    let train = waves(&EVEN, false);
    let mut training = Training::new(model("lstm 4 -> dense 1", "", &train), options());
    let flag = AtomicBool::new(false);
    let mut told = Vec::new();
    let mut watch = |epoch: &Epoch| {
        told.push(*epoch);
        if epoch.number == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let stopped = training.run(5, &train, None, PLAN, &flag, &mut watch);
    assert_eq!(stopped, Ok(Stopped::Interrupted { epoch: 3, of: 5 }));
    assert_eq!(run(&mut training, 2, &train, None), Ok(Stopped::Done));
    let straight = trained("lstm 4 -> dense 1", "", &train, 5);
    assert_eq!(training.model.weights, straight.model.weights);
    let numbers: Vec<_> = told.iter().map(|e| (e.number, e.of, e.steps)).collect();
    assert_eq!(numbers, [(1, 5, 6), (2, 5, 6)]);
    assert_eq!(told[1].loss, training.history.train[1]);
}

/// At no chosen batch, and inside of some.
#[test]
fn a_flag_set_at_any_moment_changes_no_digit() {
    let train = waves(&[40; 12], true);
    let line = "lstm 24 stateful -> lstm 24 dropout 0.2 -> dense 1";
    let straight = trained(line, "", &train, 4);
    let mut training = Training::new(model(line, "", &train), options());
    let (mut epochs, mut wait) = (4, Duration::from_millis(1));
    loop {
        let flag = AtomicBool::new(false);
        let stopped = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(wait);
                flag.store(true, Ordering::Relaxed);
            });
            let mut watch = |_: &Epoch| ControlFlow::Continue(());
            training.run(epochs, &train, None, PLAN, &flag, &mut watch)
        });
        match stopped.unwrap() {
            Stopped::Interrupted { epoch, of } => epochs = of - epoch,
            stopped => {
                assert_eq!(stopped, Stopped::Done);
                break;
            }
        }
        // Longer each time, so that it comes to an end on any machine.
        wait += Duration::from_millis(2);
    }
    assert_eq!(training.model.weights, straight.model.weights);
    assert_eq!(training.history, straight.history);
}

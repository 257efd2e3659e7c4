//! Training options, what they become, and what is said of wrong ones.

use std::time::Duration;

use carousel_cell::{Form, Optimiser};
use carousel_net::engine::Loss;
use carousel_net::model::Like;

use super::{command, said};
use crate::read::optimiser::{OptimiserKind, OptimiserWords};
use crate::read::{TrainingWords, training};

fn words(text: &str) -> TrainingWords {
    training(&command(text)).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

#[test]
fn nothing_said_is_the_default() {
    assert_eq!(words("train m on air"), TrainingWords::default());
    let options = words("train m on air").options(1000, false, 7);
    assert_eq!((options.batch, options.shuffle, options.seed), (1, true, 7));
    let adam = |form, epsilon| Optimiser::Adam {
        rate: 0.001,
        beta1: 0.9,
        beta2: 0.999,
        epsilon,
        decay: 0.0,
        form,
    };
    assert_eq!(options.optimiser, adam(Form::Keras, 1e-7));
    let options = words("train m on air like pytorch").options(1001, true, 7);
    assert_eq!((options.batch, options.shuffle), (32, false));
    assert_eq!(options.optimiser, adam(Form::PyTorch, 1e-8));
}

#[test]
fn all_options_are_read() {
    let text = "train m on air epochs 50 batch 4 seed 3 times 10 like pytorch clip 1.5 \
                patience 5 keep best until loss 0.01 for 2m loss mae shuffle off";
    let expected = TrainingWords {
        epochs: Some(50),
        batch: Some(4),
        seed: Some(3),
        times: 10,
        like: Like::PyTorch,
        clip: Some(1.5),
        patience: Some(5),
        keep_best: true,
        until: Some(0.01),
        time: Some(Duration::from_secs(120)),
        loss: Loss::Mae,
        shuffle: Some(false),
        any: true,
        ..TrainingWords::default()
    };
    assert_eq!(words(text), expected);
    let options = words(text).options(5000, false, 3);
    assert_eq!((options.batch, options.shuffle, options.loss), (4, false, Loss::Mae));
    assert_eq!((options.clip, options.patience), (Some(1.5), Some(5)));
    assert!(words("train m with adam").any && words("continue m epochs 5").any);
    assert!(words("train m shuffle on").options(10, false, 7).shuffle);
}

#[test]
fn optimisers_are_read() {
    let read = |text: &str| words(&format!("train m {text}")).optimiser;
    let plain = OptimiserWords::default();
    let kind = |kind| OptimiserWords { kind, ..plain };
    assert_eq!(read("with adam rate 1e-2"), OptimiserWords { rate: 0.01, ..plain });
    assert_eq!(
        read("rate 0.1 with sgd momentum 0.9 nesterov"),
        OptimiserWords {
            rate: 0.1,
            momentum: 0.9,
            nesterov: true,
            ..kind(OptimiserKind::Sgd)
        }
    );
    assert_eq!(
        read("with adamw decay 0.01"),
        OptimiserWords { decay: 0.01, ..kind(OptimiserKind::AdamW) }
    );
    let optimiser =
        |text: &str| words(&format!("train m {text}")).options(1, false, 7).optimiser;
    let rms = |rho, epsilon, form| Optimiser::RmsProp {
        rate: 0.001,
        rho,
        epsilon,
        momentum: 0.0,
        form,
    };
    assert_eq!(optimiser("with rmsprop"), rms(0.9, 1e-7, Form::Keras));
    assert_eq!(optimiser("with rmsprop like pytorch"), rms(0.99, 1e-8, Form::PyTorch));
    let sgd = Optimiser::Sgd { rate: 0.001, momentum: 0.0, nesterov: false };
    assert_eq!(optimiser("with sgd"), sgd);
    assert_eq!(
        optimiser("with adagrad"),
        Optimiser::Adagrad { rate: 0.001, epsilon: 1e-7 }
    );
}

/// The message about the options of `train m`.
fn check(options: &str, expected: &str) {
    let text = format!("train m {options}");
    let error = training(&command(&text)).expect_err(&text);
    assert_eq!(said(&error), expected, "{text}");
}

#[test]
fn values_of_options_are_checked() {
    check(
        "epochs 0",
        "the number of `epochs` is a whole number from 1 to 10000000, not 0 | train m epochs 1",
    );
    check(
        "batch 1.5",
        "the size of `batch` is a whole number from 1 to 1000000, not 1.5 | train m batch 2",
    );
    check(
        "seed -1",
        "the value of `seed` is a whole number from 0 to 9007199254740992, not -1 | \
         train m seed 0",
    );
    check(
        "times 1001",
        "the number of seeds of `times` is a whole number from 1 to 1000, not 1001 | \
         train m times 1000",
    );
    check(
        "rate 0",
        "the value of `rate` is a number above 0, not 0 | train m rate 0.001",
    );
    check("clip -1", "the norm of `clip` is a number above 0, not -1 | train m clip 1");
    check("for 30", "`for` takes a time such as 30s or 5m, not 30 | train m for 30s");
    check("keep last", "`keep` takes `best`, not last | train m keep best");
    check(
        "like torch",
        "`like` takes `pytorch` or `keras`, not torch | train m like pytorch",
    );
    check("loss 0.5", "`loss` takes `mse` or `mae`, not 0.5 | train m loss mse");
    check(
        "shuffle never",
        "`shuffle` takes `off` or `on`, not never | train m shuffle off",
    );
    let until = "E2 `until` needs its loss: `until loss 0.01`";
    check("until 0.5", &format!("{until} | train m until loss 0.5"));
    check("until epochs 5", &format!("{until} | train m until loss 0.01 epochs 5"));
    check(
        "until loss 0",
        "the loss of `until` is a number above 0, not 0 | train m until loss 0.01",
    );
    let braces = "braces sweep the numbers of layers, nothing else";
    check("batch {1 8}", &format!("{braces} | train m batch 1"));
    check("like {keras pytorch}", &format!("{braces} | train m like keras"));
}

#[test]
fn options_must_go_together() {
    check("epochs 5 epochs 6", "`epochs` stands twice | -");
    check("until loss 1 until loss 2", "`until` stands twice | -");
    check("on air on air", "`on` stands twice | -");
    check(
        "momentum 0.9",
        "`momentum` means nothing to `adam` | train m with sgd momentum 0.9",
    );
    check(
        "with rmsprop momentum 0.9 nesterov",
        "`nesterov` means nothing to `rmsprop` | train m with sgd momentum 0.9 nesterov",
    );
    check("decay 0.1", "`decay` means nothing to `adam` | train m with adamw decay 0.1");
    check(
        "with sgd nesterov",
        "`nesterov` needs a momentum to look ahead with | \
         train m with sgd nesterov momentum 0.9",
    );
    check("with adm", "E1 `adm` is no optimiser | train m with adam");
    check("with lstm 4", "`lstm 4` is no optimiser | train m with adam");
    check("with sgd 0.1", "`sgd 0.1` is no optimiser | train m with sgd rate 0.1");
    check("on air to \"m.svg\"", "`train` has no use for `to` | train m on air");
    let error = training(&command("continue m on air epochs 5")).expect_err("`on`");
    assert_eq!(said(&error), "`continue` has no use for `on` | continue m epochs 5");
}

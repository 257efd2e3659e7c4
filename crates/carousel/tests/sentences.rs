//! Sentences of the language and what a session makes of them.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use carousel::{Output, Session};

const DATA: &str = "a = airline | split 67% | scale 0..1 | window 3
m = train lstm 2 -> dense 1 on a epochs 1\n";

/// The results of a text after `DATA`, or the title and hint of its first error.
fn told(text: &str) -> Result<Vec<Output>, (String, String)> {
    let mut session = Session::new();
    let mut outputs = Vec::new();
    let mut keep = |output| {
        outputs.push(output);
        ControlFlow::Continue(())
    };
    let text = format!("{DATA}{text}");
    match session.run_named("test", &text, &mut keep) {
        Ok(()) => Ok(outputs),
        Err(errors) => Err((
            errors[0].title.clone(),
            errors[0].hint.clone().unwrap_or_default().into_string(),
        )),
    }
}

#[track_caller]
fn check_error(text: &str, title: &str, hint: &str) {
    let (found, line) = told(text).expect_err("it is wrong");
    assert_eq!((found.as_str(), line.as_str()), (title, hint), "{text}");
}

#[track_caller]
fn check_expect(text: &str, holds: bool) {
    let outputs = told(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    let Some(Output::Expect { passed, found, .. }) = outputs.last() else {
        panic!("{text}: no test at the end")
    };
    assert_eq!(*passed, holds, "{text}: {found}");
}

/// The RMSE of the train part that `score` tells.
fn train_rmse(text: &str) -> f64 {
    let outputs = told(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    let mut scores = outputs.into_iter().filter_map(|output| match output {
        Output::Score(score) => score.line.parts[0].errors.map(|errors| errors.rmse),
        _ => None,
    });
    scores.next_back().expect("a score")
}

#[test]
fn nothing_that_is_written_goes_unread() {
    check_error("score m on a on a", "`on` stands twice", "");
    check_error("score loss of m", "`score` has no views", "score m");
    check_error("score m < 5", "only `expect` compares", "");
    check_error(
        "expect mea of m beats naive",
        "`mea` is not measured",
        "expect mae of m < 60",
    );
}

#[test]
fn a_baseline_or_no_model_is_answered_with_a_line() {
    check_error(
        "score naive on a",
        "`naive` is a baseline, and a model is needed",
        "compare naive on a",
    );
    check_error("let b = lstm 4", "a name needs no `let` before it", "b = lstm 4");
    check_error(
        "data = airline",
        "`data` says what a name stands for, not the name",
        "data air = airline",
    );
}

#[test]
fn until_needs_no_other_loss() {
    assert!(told("continue m until loss 1000 epochs 5").is_ok());
    assert!(told("train m on a loss mae until loss 0.5 epochs 2").is_ok());
}

/// Twelve rows of the same series have another maximum, and the model must not notice.
#[test]
fn other_data_is_read_as_the_model_has_learned_to_read() {
    let whole = train_rmse("score m on (a | split 67%)");
    let same = train_rmse("score m");
    assert!((whole - same).abs() < 1e-12, "{whole} and {same}");
    let head = train_rmse("score m on (a | take 20 | split 50%)");
    assert!(head < 60.0, "the first years lie low in the scale of all: {head}");
    check_error(
        "score m on (airline | window 3)",
        "the data is not prepared as the model has learned it",
        "| scale 0..1",
    );
    check_error("score m on (a | window 4)", "`a | window 4` does not fit the model", "");
}

#[test]
fn models_of_other_rows_are_not_compared() {
    let (title, _) = told(
        "n = count 40 | window 3\nk = train lstm 1 -> dense 1 on n epochs 1\ncompare m, k",
    )
    .expect_err("passengers and counts");
    assert_eq!(title, "`k` has learned from other rows than the rest");
}

#[test]
fn expectations_measure_what_they_name() {
    let big = "b = train lstm 9 -> dense 1 on a epochs 1\n";
    check_expect(&format!("{big}expect weights of m < b"), true);
    check_expect(&format!("{big}expect weights of b < m"), false);
    check_expect("expect rmse of m on (a | take 30) < 1000", true);
    check_error(
        "expect validation rmse of m < 5",
        "the data has no validation part",
        "air | split 60% 20% 20%",
    );
    check_error(
        "expect test loss of m < 5",
        "training computes no loss of the test part",
        "expect test rmse of m < 60",
    );
}

/// The line that an interrupted training offers leads to the weights of an uninterrupted
/// one, in the last epoch too.
#[test]
fn an_interrupt_offers_the_line_that_goes_on() {
    let train = "w = train lstm 2 -> dense 1 on a epochs 5";
    let whole = weights(&mut session(train, None));
    for (stop, line) in [(2, "continue w epochs 2"), (4, "continue w epochs 0")] {
        let mut session = session(train, Some((stop, line)));
        session
            .run_named("test", line, &mut |_| ControlFlow::Continue(()))
            .expect("it goes on");
        assert_eq!(weights(&mut session), whole, "stopped after epoch {stop}");
    }
}

/// A session that has run a line, interrupted after an epoch where that is asked for;
/// it then offers the line.
fn session(line: &str, stop: Option<(usize, &str)>) -> Session {
    let mut session = Session::new();
    session
        .run_named("data", DATA, &mut |_| ControlFlow::Continue(()))
        .expect("it is right");
    let interrupt = session.interrupt();
    let mut offered = stop.is_none();
    let mut watch = |output| {
        match (output, stop) {
            (Output::Epoch(epoch), Some((stop, _))) if epoch.number == stop => {
                interrupt.store(true, Ordering::SeqCst);
            }
            (Output::Text(text), Some((_, line))) => offered = text.ends_with(line),
            _ => {}
        }
        ControlFlow::Continue(())
    };
    session.run_named("test", line, &mut watch).expect("it is right");
    assert!(offered, "{stop:?} is offered");
    session
}

fn weights(session: &mut Session) -> String {
    let mut told = String::new();
    let mut keep = |output| {
        told += &format!("{output:?}");
        ControlFlow::Continue(())
    };
    session.run_named("test", "show w as weights", &mut keep).expect("it has learned");
    told
}

/// A folder with files in it, for one test.
fn folder(name: &str, files: &[(&str, &str)]) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    for (file, text) in files {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().expect("it has a folder"))
            .expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }
    folder
}

/// Also after the used script has ended, and for data of the outer script in the used.
#[test]
fn paths_begin_at_the_script_that_names_them() {
    let outer = "a = csv \"a.csv\" | window 1\nuse \"in ö/b.lstm\"\nshow b\nshow c";
    let inner = "b = csv \"数.csv\" | window 1\nc = a | window 2\nshow c\nshow a\n\
                 c = csv \"../a.csv\" | window 1";
    let rows = "v\n1\n2\n3\n4\n";
    let files = [("in ö/b.lstm", inner), ("in ö/数.csv", rows), ("a.csv", rows)];
    let folder = folder("paths", &files);
    let mut session = Session::in_folder(&folder);
    assert_eq!(session.check("outer", outer), []);
    let ended = session.run_named("outer", outer, &mut |_| ControlFlow::Continue(()));
    assert_eq!(ended, Ok(()));
    let errors = session
        .run_named("outer", "use \"none.lstm\"", &mut |_| ControlFlow::Continue(()))
        .expect_err("there is no such file");
    assert_eq!(errors[0].title, "cannot read `none.lstm`: no such file");
}

#[test]
fn a_check_reads_the_scripts_that_are_used() {
    let files = [
        ("self.lstm", "use \"self.lstm\""),
        ("wrong.lstm", "lstm -> dense 1\nd = count 9"),
        ("names.lstm", "z = count 9 | window 2"),
    ];
    let mut session = Session::in_folder(folder("checked", &files));
    let mut titles = |text: &str| -> Vec<String> {
        session.check("outer", text).into_iter().map(|found| found.title).collect()
    };
    assert_eq!(titles("use \"names.lstm\"\nz"), [""; 0]);
    assert_eq!(titles("use \"self.lstm\""), ["`self.lstm` uses itself"]);
    assert_eq!(
        titles("use \"wrong.lstm\"\nd"),
        ["`lstm` needs its number of units: `lstm 4`"]
    );
}

#[test]
fn a_hint_keeps_the_line_that_it_mends() {
    check_error(
        "train m on a epochs 5 with adam momentum 0.9",
        "`momentum` means nothing to `adam`",
        "train m on a with sgd epochs 5 momentum 0.9",
    );
    check_error(
        "train m on a epochs 5 decay 0.1",
        "`decay` means nothing to `adam`",
        "train m on a epochs 5 with adamw decay 0.1",
    );
    check_error(
        "train m on a with rmsprop nesterov",
        "`nesterov` means nothing to `rmsprop`",
        "train m on a with sgd momentum 0.9 nesterov",
    );
    check_error(
        "train m on a until loss",
        "`until` needs its loss: `until loss 0.01`",
        "train m on a until loss 0.01",
    );
    check_error(
        "e = lstm 2\ntrain e frozen -> dense 1 on a",
        "`e` has learned nothing that could be frozen",
        "e = train e on a",
    );
    check_error(
        "cell k\n  h = sigmod(W x)\nend",
        "unknown function `sigmod`",
        "h = sigmoid(W x)",
    );
}

/// The texts and tables that a text leads to.
fn printed(text: &str) -> String {
    let outputs = told(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    outputs.iter().map(|output| output.to_text(100, false)).collect()
}

#[test]
fn data_without_samples_says_what_makes_them() {
    let sine = printed("sine 20");
    assert!(sine.contains("no samples yet: `window 12` or `stream 12` makes"), "{sine}");
    let parity = printed("parity 6");
    assert!(parity.contains("a sample: up to 6 steps of 1 value, and 1"), "{parity}");
    let stream = printed("count 10 | stream 6");
    assert!(stream.contains("a sample: up to 6 steps of 1 value, and 1"), "{stream}");
    let log = printed("airline | log | difference | window 2");
    assert!(!log.contains("learns nothing"), "{log}");
}

#[test]
fn runs_of_a_sweep_are_told_apart() {
    let runs = printed("train lstm {1 2} -> dense 1 on a epochs 1\nruns");
    for line in ["train lstm 1 -> dense 1 on a", "train lstm 2 -> dense 1 on a"] {
        assert!(runs.contains(line), "{runs}");
    }
}

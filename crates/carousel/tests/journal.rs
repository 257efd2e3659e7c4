//! `save session`: the script that it writes, and that it leads to the same digits.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use carousel::{Output, Session};

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// What a text tells in a session; errors are told too.
fn told(session: &mut Session, text: &str) -> String {
    let mut told = String::new();
    let result = session.run_named("<test>", text, &mut |output| {
        if !output.is_progress() {
            told += &output.to_text(90, false);
        }
        ControlFlow::Continue(())
    });
    for error in result.err().into_iter().flatten() {
        told += &error.title;
    }
    told
}

/// The script of a session that was told these lines, one after another.
fn script(name: &str, lines: &[&str]) -> String {
    let folder = folder(name);
    let mut session = Session::in_folder(&folder);
    for line in lines {
        told(&mut session, line);
    }
    let saved = told(&mut session, "save session to \"lesson.lstm\"");
    assert!(saved.contains("saved the session"), "{saved}");
    fs::read_to_string(folder.join("lesson.lstm")).expect("it was saved")
}

const AIR: &str = "data air = airline | split 67% | scale 0..1 | window 3";

#[test]
fn what_was_overtaken_or_only_asked_is_left_out() {
    let found = script(
        "overtaken",
        &[
            "help lstm",
            AIR,
            "lstm 8",
            "m = train lstm 2 -> dense 1 on air epochs 2",
            "score m",
            "runs",
            "m = train lstm 3 -> dense 1 on air epochs 2",
            "score m",
            "score n",
            "set hints off",
            "plot m",
        ],
    );
    assert_eq!(
        found,
        format!(
            "{AIR}\nm = train lstm 3 -> dense 1 on air epochs 2\nscore m\nset hints off\nplot m\n"
        )
    );
}

#[test]
fn what_a_later_statement_was_made_from_is_kept() {
    let found = script(
        "made_from",
        &[
            AIR,
            "m = train lstm 2 -> dense 1 on air epochs 2",
            "data air = airline | split 67% | scale 0..1 | window 12",
            "seed 5",
            "n = train lstm 2 -> dense 1 on air epochs 2",
            "continue m epochs 1",
        ],
    );
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 6, "{found}");
    assert_eq!(lines[0], AIR);
    assert_eq!(lines[3], "seed 5");
}

#[test]
fn what_was_taken_back_is_left_out_with_what_spoke_of_it() {
    let found = script(
        "taken_back",
        &[
            AIR,
            "m = train lstm 2 -> dense 1 on air epochs 2",
            "score m",
            "m = train lstm 3 -> dense 1 on air epochs 2",
            "score m",
            "undo",
            "forecast m 2",
        ],
    );
    assert_eq!(
        found,
        format!(
            "{AIR}\nm = train lstm 2 -> dense 1 on air epochs 2\nscore m\nforecast m 2\n"
        )
    );
}

#[test]
fn a_replay_tells_the_same_digits() {
    let folder = folder("replay");
    let mut session = Session::in_folder(&folder);
    session.set_seed(11);
    let mut last = String::new();
    for line in [
        "data air = airline | split 67% | log | difference | standardize | window 6",
        "cell plain\n  h = tanh(W x + U h + b)\nend",
        "a = train plain 3 -> dense 1 on air epochs 3",
        "a = train plain 2 -> dense 1 on air epochs 3",
        "continue a epochs 2",
        "seed 3",
        "train lstm 2 -> dense 1 on air epochs 2 times 2",
        "compare naive, a, it on air",
        "help seed",
        "score a",
    ] {
        last = told(&mut session, line);
    }
    told(&mut session, "save session to \"lesson.lstm\"");
    let script = fs::read_to_string(folder.join("lesson.lstm")).unwrap();
    assert!(script.starts_with("seed 11\n"), "{script}");
    assert!(!script.contains("plain 3"), "{script}");
    let replayed = told(&mut Session::in_folder(&folder), &script);
    assert!(last.contains("rmse") && replayed.ends_with(&last), "{last}\n{replayed}");
}

#[test]
fn a_training_that_failed_is_no_part_of_a_lesson() {
    let found = script(
        "failed",
        &[
            AIR,
            "m = train lstm 2 -> dense 1 on air epochs 20 with sgd rate 1e30",
            "n = train lstm 2 -> dense 1 on air epochs 1",
        ],
    );
    assert_eq!(found, format!("{AIR}\nn = train lstm 2 -> dense 1 on air epochs 1\n"));
}

#[test]
fn a_training_that_was_stopped_and_continued_is_one_again() {
    let folder = folder("stopped");
    let mut session = Session::in_folder(&folder);
    told(&mut session, AIR);
    let interrupt = session.interrupt();
    let mut epochs = 0;
    let train = "m = train lstm 2 -> dense 1 on air epochs 9";
    let stopped = session.run_named("<test>", train, &mut |output| {
        if let Output::Epoch(_) = output {
            epochs += 1;
            interrupt.store(epochs == 4, Ordering::SeqCst);
        }
        ControlFlow::Continue(())
    });
    assert!(stopped.is_ok());
    let save = "save session to \"lesson.lstm\"";
    let read = || fs::read_to_string(folder.join("lesson.lstm")).unwrap();
    told(&mut session, save);
    let remark = "# it was stopped in epoch 5 of 9; here it runs to its end";
    assert_eq!(read(), format!("{AIR}\n{remark}\n{train}\n"));
    told(&mut session, "continue m epochs 4");
    told(&mut session, save);
    assert_eq!(read(), format!("{AIR}\n{train}\n"));
    let continued = told(&mut session, "score m");
    let replayed = told(&mut Session::new(), &format!("{}score m", read()));
    assert!(replayed.ends_with(&continued), "{continued}\n{replayed}");
}

#[test]
fn where_it_goes_is_checked() {
    let mut session = Session::in_folder(folder("checked"));
    let empty = told(&mut session, "save session to \"lesson.lstm\"");
    assert!(empty.contains("nothing to save yet"), "{empty}");
    let ending = told(&mut session, "save session to \"lesson.txt\"");
    assert!(ending.contains("saved as a script"), "{ending}");
}

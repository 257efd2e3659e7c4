//! Exit codes and the messages that go with them.

use std::fs;

use super::{SMALL, ends_with, folder, run, run_script, stderr, stdout};

#[test]
fn a_script_that_is_carried_out_ends_with_0() {
    let folder = folder("ends-0");
    let output = run_script(&folder, SMALL, &[]);
    ends_with(&output, 0);
    assert!(stdout(&output).contains("naive"), "{}", stdout(&output));
    ends_with(&run(&folder, &["run", "script.lstm"]), 0);
}

#[test]
fn an_expectation_that_fails_ends_with_1() {
    let script = format!("{SMALL}expect test rmse of m < 0.001\n");
    ends_with(&run_script(&folder("ends-1"), &script, &[]), 1);
    let script = format!("{SMALL}expect test rmse of m > 0.001\n");
    ends_with(&run_script(&folder("ends-1-passes"), &script, &[]), 0);
}

#[test]
fn the_rest_of_a_script_runs_after_an_expectation_that_fails() {
    let script = format!("{SMALL}expect test rmse of m < 0.001\nhelp lstm\n");
    let output = run_script(&folder("ends-1-goes-on"), &script, &[]);
    ends_with(&output, 1);
    assert!(stdout(&output).contains("recurrent-dropout"), "{}", stdout(&output));
}

#[test]
fn an_error_ends_with_2_and_stands_on_standard_error() {
    let output = run_script(&folder("ends-2"), "ltsm 4 -> dense 1\n", &[]);
    ends_with(&output, 2);
    assert!(stdout(&output).is_empty());
    let message = stderr(&output);
    for part in ["error", "ltsm", "script.lstm:1:1", "lstm 4 -> dense 1"] {
        assert!(message.contains(part), "{part} is not in:\n{message}");
    }
}

#[test]
fn a_missing_script_is_told_with_the_one_that_was_meant() {
    let folder = folder("ends-missing");
    fs::write(folder.join("airline.lstm"), SMALL).unwrap();
    let output = run(&folder, &["airlin.lstm"]);
    ends_with(&output, 2);
    let message = stderr(&output);
    assert!(message.contains("cannot read `airlin.lstm`: no such file"), "{message}");
    assert!(message.contains("carousel airline.lstm"), "{message}");
}

#[test]
fn a_folder_is_no_script() {
    let folder = folder("ends-folder");
    fs::create_dir(folder.join("lesson")).unwrap();
    fs::write(folder.join("lesson/one.lstm"), SMALL).unwrap();
    let output = run(&folder, &["lesson"]);
    ends_with(&output, 2);
    assert!(stderr(&output).contains("`lesson` is a folder"), "{}", stderr(&output));
    assert!(stderr(&output).contains("one.lstm"), "{}", stderr(&output));
}

#[test]
fn a_script_that_is_not_text_is_told_where() {
    let folder = folder("ends-bytes");
    fs::write(folder.join("bytes.lstm"), b"runs\n\xc3\x28\n").unwrap();
    for words in [&["bytes.lstm"][..], &["check", "bytes.lstm"], &["fmt", "bytes.lstm"]] {
        let output = run(&folder, words);
        ends_with(&output, 2);
        assert!(stderr(&output).contains("line 2 holds bytes"), "{}", stderr(&output));
    }
}

#[test]
fn an_unknown_option_ends_with_2() {
    let output = run(&folder("ends-option"), &["--fast", "script.lstm"]);
    ends_with(&output, 2);
    assert!(stderr(&output).contains("--fast"));
}

#[test]
fn a_benchmark_needs_a_number_of_threads_from_1_on() {
    let output = run(&folder("bench"), &["bench", "--threads", "0"]);
    ends_with(&output, 2);
    assert!(stderr(&output).contains("--threads"), "{}", stderr(&output));
}

#[test]
fn checking_trains_nothing_and_is_strict_on_request() {
    let folder = folder("ends-check");
    let half_stateful = "lstm 4 stateful -> lstm 4 -> dense 1\n";
    fs::write(folder.join("hint.lstm"), half_stateful).unwrap();
    let output = run(&folder, &["check", "hint.lstm"]);
    ends_with(&output, 0);
    assert!(stderr(&output).contains("H3"), "{}", stderr(&output));
    ends_with(&run(&folder, &["check", "--strict", "hint.lstm"]), 1);
    let long = SMALL.replace("epochs 2", "epochs 10000000");
    fs::write(folder.join("long.lstm"), long).unwrap();
    ends_with(&run(&folder, &["check", "long.lstm"]), 0);
    fs::write(folder.join("error.lstm"), "score nobody\nlstm -> dense 1\n").unwrap();
    let output = run(&folder, &["check", "error.lstm"]);
    ends_with(&output, 2);
    assert!(stderr(&output).contains("E2"), "{}", stderr(&output));
}

#[test]
fn checking_tells_the_shapes_of_models_and_the_parts_of_data() {
    let folder = folder("ends-check-shapes");
    fs::write(folder.join("lesson.lstm"), format!("# one\n{SMALL}")).unwrap();
    let output = run(&folder, &["check", "lesson.lstm"]);
    ends_with(&output, 0);
    assert_eq!(
        stdout(&output),
        "lesson.lstm:2: 93 train, 48 test windows of 3 steps\n\
         lesson.lstm:3: 3x1 -> 2 -> 1, 35 weights\n\
         lesson.lstm:4: 3x1 -> 2 -> 1, 35 weights\n"
    );
}

#[test]
fn help_explains_words_and_errors() {
    let folder = folder("ends-help");
    let output = run(&folder, &["help", "lstm"]);
    ends_with(&output, 0);
    assert!(stdout(&output).contains("stateful"), "{}", stdout(&output));
    ends_with(&run(&folder, &["help", "E4"]), 0);
    assert!(stdout(&run(&folder, &["help"])).contains("Usage"));
}

//! What is read from and written to pipes.

use std::process::Stdio;

use super::{SMALL, carousel, ends_with, folder, run, run_script, run_with_input};
use super::{stderr, stdout};

#[test]
fn a_script_comes_from_standard_input() {
    let folder = folder("streams-input");
    let from_file = run_script(&folder, SMALL, &[]);
    for words in [&[][..], &["-"], &["run"]] {
        let output = run_with_input(&folder, words, SMALL);
        ends_with(&output, 0);
        assert_eq!(stdout(&output), stdout(&from_file));
    }
}

#[test]
fn lines_come_from_the_command_line() {
    let folder = folder("streams-lines");
    let from_file = run_script(&folder, SMALL, &[]);
    let words: Vec<&str> = SMALL.lines().flat_map(|line| ["-e", line]).collect();
    let output = run(&folder, &words);
    ends_with(&output, 0);
    assert_eq!(stdout(&output), stdout(&from_file));
}

#[test]
fn a_bare_model_prints_its_summary_and_hint() {
    let line = "lstm 4 stateful -> lstm 4 -> dense 1";
    let output = run(&folder("streams-bare"), &["-e", line]);
    ends_with(&output, 0);
    let all = stdout(&output) + &stderr(&output);
    for part in ["245", "H3", "layer 2 starts every window at zero"] {
        assert!(all.contains(part), "{part} is not in:\n{all}");
    }
}

#[test]
fn a_pipe_gets_no_progress_and_no_colour() {
    let output = run_script(&folder("streams-plain"), SMALL, &[]);
    ends_with(&output, 0);
    let all = stdout(&output) + &stderr(&output);
    assert!(!all.contains(['\r', '\u{1b}']), "{all:?}");
    assert!(!all.contains("steps/s"), "{all}");
}

#[test]
fn a_quiet_run_prints_results_only() {
    let folder = folder("streams-quiet");
    let script = "lstm 4 stateful -> lstm 4 -> dense 1\n".to_owned() + SMALL;
    let loud = stdout(&run_script(&folder, &script, &[]));
    let output = run_script(&folder, &script, &["--quiet"]);
    ends_with(&output, 0);
    let quiet = stdout(&output);
    assert!(quiet.len() < loud.len());
    assert!(quiet.contains("naive"), "{quiet}");
    assert!(!quiet.contains("H3") && !stderr(&output).contains("H3"), "{quiet}");
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let folder = folder("streams-closed");
    let script = SMALL.to_owned() + &"help lstm\n".repeat(2000);
    std::fs::write(folder.join("long.lstm"), script).unwrap();
    let mut command = carousel(&folder, &["long.lstm"]);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    ends_with(&output, 0);
    assert_eq!(stderr(&output), "");
}

#[test]
fn a_file_where_plots_should_go_is_named() {
    let folder = folder("streams-plots");
    std::fs::write(folder.join("plots"), "no folder").unwrap();
    let output = run_script(&folder, &(SMALL.to_owned() + "plot m\n"), &[]);
    ends_with(&output, 2);
    let message = stderr(&output);
    assert!(message.contains("cannot write `plots`: a file stands where"), "{message}");
}

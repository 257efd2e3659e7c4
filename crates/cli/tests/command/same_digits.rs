//! The same line gives the same digits.

use std::fs;

use super::{SMALL, ends_with, folder, run_script, stdout};

/// Without a seed of its own, several runs at once, a plot.
fn script() -> String {
    SMALL.to_owned() + "train m on air epochs 2 batch 16 times 3\nscore m\nplot m\n"
}

/// Results without the lines that name the number of threads.
fn results(name: &str, script: &str, words: &[&str]) -> String {
    let output = run_script(&folder(name), script, words);
    ends_with(&output, 0);
    stdout(&output)
        .lines()
        .filter(|line| !line.contains("threads"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn two_runs_print_the_same_bytes() {
    let first = results("same-first", &script(), &[]);
    assert_eq!(first, results("same-second", &script(), &[]));
}

#[test]
fn one_thread_and_two_print_the_same_bytes() {
    let one = results("same-one", &format!("set threads 1\n{}", script()), &[]);
    let two = results("same-two", &format!("set threads 2\n{}", script()), &[]);
    assert_eq!(one, two);
    assert_eq!(one, results("same-default", &script(), &[]));
}

#[test]
fn two_runs_draw_the_same_picture() {
    let [first, second] = ["same-picture-1", "same-picture-2"].map(|name| {
        let folder = folder(name);
        let output = run_script(&folder, &script(), &["--plots", "pictures"]);
        ends_with(&output, 0);
        let path = folder.join("pictures").join("script-1.svg");
        assert!(stdout(&output).contains("script-1.svg"), "{}", stdout(&output));
        fs::read(path).unwrap()
    });
    assert!(first == second, "the pictures differ");
    assert!(first.starts_with(b"<svg"));
}

#[test]
fn the_seed_is_where_digits_come_from() {
    let seven = results("same-seed-7", SMALL, &["--seed", "7"]);
    assert_eq!(
        seven,
        results("same-seed-none", SMALL, &[]),
        "7 is the seed of the language"
    );
    assert_ne!(seven, results("same-seed-8", SMALL, &["--seed", "8"]));
}

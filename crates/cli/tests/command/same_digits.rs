//! The same line gives the same digits.

use std::fs;
use std::path::Path;

use super::{SMALL, carousel, ends_with, folder, run_script, stderr, stdout};

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
fn one_thread_two_and_three_print_the_same_bytes() {
    let one = results("same-one", &format!("set threads 1\n{}", script()), &[]);
    let two = results("same-two", &format!("set threads 2\n{}", script()), &[]);
    let three = results("same-three", &format!("set threads 3\n{}", script()), &[]);
    assert_eq!(one, two);
    assert_eq!(one, three);
    assert_eq!(one, results("same-default", &script(), &[]));
}

/// A layer that is large enough for several threads.
const LARGE: &str = "\
data air = airline | split 67% | scale 0..1 | window 24
model m = lstm 120 -> dense 1
train m on air epochs 2 batch 32
score m
save m to \"m.safetensors\"
";

#[test]
fn a_layer_that_threads_share_has_the_same_bytes_on_one_two_and_three() {
    let [one, two, three] = [1, 2, 3].map(|threads| {
        let name = format!("same-large-{threads}");
        let text = results(&name, &format!("set threads {threads}\n{LARGE}"), &[]);
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name);
        (text, fs::read(file.join("m.safetensors")).unwrap())
    });
    assert!(one == two && two == three, "{}\n{}\n{}", one.0, two.0, three.0);
}

/// Digits that depend on the level differ by their last bits.
#[test]
fn the_environment_chooses_the_level_and_a_wrong_name_is_told() {
    let folder = folder("same-level");
    fs::write(folder.join("script.lstm"), SMALL).unwrap();
    let at = |level: &str| {
        let mut command = carousel(&folder, &["script.lstm"]);
        command.env("CAROUSEL_LEVEL", level).output().unwrap()
    };
    ends_with(&at("portable"), 0);
    ends_with(&at(""), 0);
    let wrong = at("portabel");
    ends_with(&wrong, 2);
    assert!(stdout(&wrong).is_empty());
    for part in ["no instruction set `portabel`", "export CAROUSEL_LEVEL=portable"] {
        assert!(stderr(&wrong).contains(part), "{}", stderr(&wrong));
    }
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

//! `help`, `set`, `seed`.

use crate::{LEARNED, Talk, holds};

#[test]
fn help_explains_every_word_that_it_lists() {
    let mut talk = Talk::after("help", LEARNED);
    talk.outputs("data raw = airline\nd = gru 2 -> dense 1\ncell old\n  h = tanh(W x + U h + b)\nend");
    for (line, parts) in [
        (
            "help",
            &["verbs", "train  continue  score", "sources", "airline", "to begin with"][..],
        ),
        (
            "help lstm",
            &["lstm N (layer)", "stateful: keeps its memory", "for example: lstm 4"],
        ),
        ("help train", &["epochs N: how often", "without it: 100", "batch N"]),
        ("help loss", &["loss mse or mae (option of commands)", "loss (view)"]),
        (
            "help generate",
            &["generate MODEL N from TEXT (verb)", "not built into this version"],
        ),
        ("help E4", &["E4: ", "type instead: "]),
        ("help h2", &["H2: "]),
        ("help m", &["the model lstm 4 -> dense 1, learned from air"]),
        ("help d", &["the model gru 2 -> dense 1"]),
        ("help raw", &["data of this session"]),
        ("help old", &["a cell of this session"]),
    ] {
        holds(&talk.text(line), parts);
    }
    let listed = talk.text("help");
    let words =
        listed.lines().filter(|line| line.starts_with("  ") && !line.contains('|'));
    for word in words
        .flat_map(str::split_whitespace)
        .filter(|w| w.chars().all(char::is_alphabetic))
    {
        assert!(!talk.text(&format!("help {word}")).is_empty(), "{word}");
    }
    holds(&talk.error("help ltsm"), &["there is no word `ltsm`", "hint: help lstm"]);
    holds(&talk.error("help xyzzy"), &["`help` alone lists all words"]);
    holds(&talk.error("help lstm gru"), &["one word at a time"]);
}

#[test]
fn settings_change_and_are_listed() {
    let mut talk = Talk::new("settings");
    for (line, parts) in [
        (
            "set",
            &[
                "fusion    on ",
                "executor  plan",
                "threads   auto",
                "memory    high",
                "hints     on",
                "theme     light",
                "plots     auto",
            ][..],
        ),
        ("set fusion off", &["fusion off"]),
        ("set executor luminal", &["executor luminal"]),
        ("set threads auto", &["threads auto"]),
        ("set threads 4", &["threads 4"]),
        ("set memory low", &["memory low"]),
        ("set memory high", &["memory high"]),
        ("set hints off", &["hints off"]),
        ("set theme dark", &["theme dark"]),
        ("set plots text", &["plots text"]),
        ("set plots off", &["plots off"]),
        ("set plots graphics", &["plots graphics"]),
        ("set plots window", &["plots window"]),
        ("set", &["off", "luminal", "4", "dark", "window"]),
    ] {
        holds(&talk.text(line), parts);
    }
}

#[test]
fn settings_refuse_other_values() {
    let mut talk = Talk::after(
        "settings-refused",
        "set fusion off\nset theme dark\nset plots window",
    );
    for (line, parts) in [
        (
            "set fusion maybe",
            &["`set fusion` needs one value: on or off", "hint: set fusion on"][..],
        ),
        ("set fusion", &["on or off"]),
        ("set fusion on on", &["on or off"]),
        ("set memory less", &["high or low", "set memory low"]),
        ("set threads 0", &["a whole number from 1 to 256"]),
        ("set threads 1.5", &["a whole number from 1 to 256"]),
        ("set theme red", &["light or dark", "hint: set theme light"]),
        ("set thread 2", &["did you mean `threads`?"]),
        ("set xyzzy 2", &["the settings are fusion, executor"]),
        (
            "set plots paper",
            &[
                "auto, off, text, graphics or window",
                "`plots` is `window` now",
                "set plots auto",
            ],
        ),
    ] {
        holds(&talk.error(line), parts);
    }
}

#[test]
fn the_seed_makes_the_start_weights() {
    let line = "train lstm 2 -> dense 1 on air epochs 1\npredict it on [1 2 3]";
    let data = "data air = airline | split 67% | scale 0..1 | window 3";
    let mut talk = Talk::after("seed", data);
    let by_itself = talk.values(line).values;
    holds(&talk.text("seed 42"), &["seed 42"]);
    let other = talk.values(line).values;
    assert_ne!(other, by_itself);
    talk.outputs("seed 7");
    assert_eq!(talk.values(line).values, by_itself);
    for line in ["seed", "seed -1", "seed 1.5", "seed \"a\""] {
        holds(&talk.error(line), &["whole number"]);
    }
}

//! `show`, `plot`, `runs`, `reset`, `check`.

use carousel::{Output, Plots};

use crate::{LEARNED, Talk, holds};

/// Runs `line` after `before` and looks for parts of what it says.
fn check(name: &str, before: &str, cases: &[(&str, &[&str])]) {
    let mut talk = Talk::after(name, before);
    for (line, parts) in cases {
        holds(&talk.text(line), parts);
    }
}

/// The same for what is wrong.
fn fails(name: &str, before: &str, cases: &[(&str, &[&str])]) {
    let mut talk = Talk::after(name, before);
    for (line, parts) in cases {
        holds(&talk.error(line), parts);
    }
}

#[test]
fn models_are_sized_on_what_there_is() {
    check(
        "sized",
        "",
        &[
            ("lstm 4 -> dense 1", &["1x1 -> 4", "101 weights, for 1 step of 1 value"]),
            ("flat -> dense 8 relu -> dense 2", &["dense 8 relu", "1 -> 8", "8 -> 2"]),
            ("lstm 4 every -> dense 1", &["1x1 -> 1x4", "1x4 -> 1x1"]),
            (
                "data air = airline | split 67% | window 3 as features\nlstm 4 -> dense 1",
                &["1x3 -> 4", "133 weights, for air (1 step of 3 values)"],
            ),
            (
                "lstm 4 -> dense 2",
                &["for 1 step of 1 value; on `air`, the model's output"],
            ),
            (
                "show lstm 4 x 2 -> dense on (airline | window 5)",
                &["5x1 -> 5x4", "5x4 -> 4"],
            ),
            ("show shapes of lstm 2 -> dense 1", &["1x3  [lstm 2]  2  [dense 1]  1"]),
        ],
    );
}

#[test]
fn what_was_learned_is_shown() {
    let cases: [(&str, &[&str]); 6] = [
        ("show m", &["3x1 -> 4", "learned in 3 epochs from air: loss 0."]),
        (
            "show weights of m",
            &[
                "layer 1, lstm 4: matrices before the input [1 x 16]",
                "Wf",
                "Uo",
                "bf",
                "layer 2, dense 1: bias [1]",
            ],
        ),
        ("show m as equations", &["cₜ = fₜ * cₜ₋₁ + iₜ * gₜ", "y = W x + b"]),
        (
            "show kernels of m",
            &[
                "nodes as written",
                "hand-written gate loop",
                "lstm 1, dense 2: one kernel",
            ],
        ),
        (
            "show data of m",
            &[
                "train    96  1949-01  1956-12       93",
                "scale 0..1: Passengers from 104 to 413, learned from the train part",
                "the first 5 of 144 rows",
            ],
        ),
        ("runs", &["train lstm 4 -> dense 1 on air epochs 3", "Passengers"]),
    ];
    check("learned", LEARNED, &cases);
}

#[test]
fn long_tables_of_weights_are_cut() {
    let lines =
        "m = train lstm 20 -> dense 1 on (airline | split 67% | window 3) epochs 1";
    check(
        "long",
        lines,
        &[(
            "show weights of m",
            &["Uo", "8 of 20 columns are shown", "12 of 20 rows are shown"],
        )],
    );
}

#[test]
fn data_tells_its_parts_and_its_leaks() {
    check(
        "leaks",
        "",
        &[
            (
                "show airline | scale 0..1 over all | split 70% 15% 15% | window 12",
                &[
                    "validation",
                    "from 104 to 622, learned from all rows, the test part too",
                ],
            ),
            (
                "show airline | log | difference | standardize | window 2 ahead 3",
                &["2 steps of 1 value, and 3 targets"],
            ),
        ],
    );
}

#[test]
fn cells_show_their_equations() {
    let cell = "cell leaky\n  h = 0.5 * h + 0.5 * tanh(W x + U h + b)\nend";
    let equation = "hₜ = 0.5 * hₜ₋₁ + 0.5 * tanh(W xₜ + U hₜ₋₁ + b)";
    check(
        "cells",
        cell,
        &[
            ("show leaky", &[equation]),
            (
                "show equations of leaky 3 -> leaky 2 -> dense 1",
                &[equation, "layer 2, leaky 2: the same equations"],
            ),
        ],
    );
}

#[test]
fn wrong_views_are_answered() {
    fails(
        "views",
        LEARNED,
        &[
            (
                "show attention of m",
                &["`show` with `attention` is not built into this version"],
            ),
            ("show m as keras", &["not built into this version"]),
            (
                "show wieghts of m",
                &["did you mean `weights`?", "hint: show weights of m"],
            ),
            ("show loss of m", &["`plot` has", "hint: plot loss of m"]),
            ("plot kernels of m", &["hint: show kernels of m"]),
            ("show weights of air", &["`air` is data, and has no weights to show"]),
            ("show weights of lstm 4", &["has not learned yet"]),
            ("reset m", &["`m` has no memory to empty"]),
            ("check m", &["hint: check mine 4 with lstm 4"]),
            ("check lstm {1 2} with lstm 1", &["one model with one other"]),
        ],
    );
}

#[test]
fn figures_are_named() {
    let mut talk = Talk::after("figures", LEARNED);
    talk.outputs("n = train gru 2 -> dense 1 on air epochs 2 times 2");
    for (line, expected) in [
        ("plot m", "fit of m"),
        ("plot m on (airline | take 100 | scale 0..1 | window 3)", "fit of m"),
        ("plot loss of m, n", "loss of m, n"),
        ("plot loss", "loss of it"),
        ("plot scores of m, n", "scores of m, n"),
        ("plot forecast of m, n", "forecast of m, n"),
        ("plot air", "series of air"),
    ] {
        let outputs = talk.outputs(line);
        let [Output::Plot { name, figure, dark, plots: Plots::Auto }] = &outputs[..]
        else {
            panic!("{line}: {outputs:?}");
        };
        assert_eq!((name.as_str(), *dark), (expected, false), "{line}");
        assert!(!figure.panels.is_empty(), "{line}");
    }
    let fit = talk.outputs("set theme dark\nplot m");
    assert!(matches!(&fit[1], Output::Plot { dark: true, figure, .. }
        if figure.title == "m: lstm 4 -> dense 1" && figure.subtitle.starts_with("air; test RMSE ")));
}

#[test]
fn equal_cells_agree_and_others_do_not() {
    let mine = "cell mine\n  f = sigmoid(Wf x + Uf h + bf)\n  i = sigmoid(Wi x + Ui h + bi)\n  \
                o = sigmoid(Wo x + Uo h + bo)\n  g = tanh(Wg x + Ug h + bg)\n  \
                c = f * c + i * g\n  h = o * tanh(c)\n  bf starts 1\nend";
    let two =
        format!("{mine}\n{LEARNED}\nn = train lstm 4 -> dense 1 on air epochs 3 seed 8");
    check(
        "agree",
        &two,
        &[
            ("check mine 4 with lstm 4", &["outputs", "gradients", "they are the same"]),
            ("check m with m", &["they are the same, digit by digit"]),
            ("check m with n", &["weights", "they are not the same"]),
        ],
    );
}

#[test]
fn reset_empties_a_memory() {
    let lines = "m = train lstm 2 stateful -> dense 1 on (airline | split 67% | scale 0..1 | \
                 stream 12) epochs 5\none = m";
    let mut talk = Talk::after("reset", lines);
    let kept = talk.values("forecast m 2").values;
    holds(&talk.text("reset m"), &["the memory of `m` is empty"]);
    let emptied = talk.values("forecast m 2").values;
    assert_ne!(kept, emptied);
    // The same model under another name.
    assert_eq!(talk.values("forecast one 2").values, emptied);
    talk.outputs("undo");
    assert_eq!(talk.values("forecast m 2").values, kept);
}

//! What a training says of the memory that it takes.

use crate::{LEARNED, Talk, holds};

/// Windows of so many steps that the tape of a few is large.
const LONG: &str = "data long = sine 1464 | split 90% | window 1200";

#[test]
fn a_large_training_says_what_it_takes_and_low_takes_less() {
    let mut talk = Talk::after("large", LONG);
    let high = talk.text("train lstm 96 -> dense 1 on long epochs 1 batch 64");
    holds(
        &high,
        &["this training takes about ", " MiB of memory; `set memory low` takes "],
    );
    let low =
        talk.text("set memory low\ntrain lstm 96 -> dense 1 on long epochs 1 batch 64");
    assert!(!low.contains("takes"), "{low}");
    let checked = talk.check("train lstm 96 -> dense 1 on long epochs 1 batch 64");
    assert_eq!(checked, "");
}

#[test]
fn a_small_training_says_nothing_of_memory() {
    let mut talk = Talk::new("small");
    talk.outputs("set hints off");
    let text = talk.text(LEARNED);
    assert!(!text.contains("memory"), "{text}");
    let high = talk.text("score m");
    talk.outputs("set memory low");
    talk.outputs("m = train m epochs 3");
    assert_eq!(talk.text("score m"), high);
}

// Elsewhere nothing tells how much memory is free.
#[cfg(target_os = "linux")]
#[test]
fn a_training_that_cannot_fit_is_refused_before_it_begins() {
    let mut talk = Talk::after("refused", LEARNED);
    for (line, parts) in [
        (
            "train lstm 65536 -> lstm 65536 -> dense 1 on air",
            &["does not fit", "fewer units"][..],
        ),
        ("train lstm 65536 -> lstm 65536 -> dense 1 on air batch 8", &["hint: batch 4"]),
        (
            "compare m, lstm 65536 -> lstm 65536 -> dense 1 on air",
            &["TiB of memory, and "],
        ),
    ] {
        let error = talk.error(line);
        holds(&error, &["error: this training takes about "]);
        holds(&error, parts);
    }
    holds(
        &talk.check("train lstm 65536 -> lstm 65536 -> dense 1 on air"),
        &["does not fit"],
    );
}

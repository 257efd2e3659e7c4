//! Sources and data steps.

use super::{Entry, WordKind};

const fn source(
    word: &'static str,
    usage: &'static str,
    options: &'static [&'static str],
    help: &'static str,
    example: &'static str,
) -> Entry {
    let kind = WordKind::Source;
    Entry { word, kind, usage, default: "", options, help, example, ready: true }
}

const fn step(
    word: &'static str,
    usage: &'static str,
    options: &'static [&'static str],
    help: &'static str,
    example: &'static str,
) -> Entry {
    let kind = WordKind::Step;
    Entry { word, kind, usage, default: "", options, help, example, ready: true }
}

const fn later(entry: Entry) -> Entry {
    Entry { ready: false, ..entry }
}

const FILE: &[&str] =
    &["column", "columns", "time", "by", "label", "text", "skip", "target"];

/// Sources and data steps.
pub(super) const WORDS: &[Entry] = &[
    source(
        "csv",
        "FILE [column NAME|N] [skip first N] [skip last N]",
        FILE,
        "a table from a file of comma-separated values",
        "csv \"air.csv\" column 2 | split 67% | scale 0..1 | window 12",
    ),
    later(source(
        "parquet",
        "FILE",
        FILE,
        "a table from a Parquet file",
        "parquet \"air.parquet\"",
    )),
    later(source(
        "arrow",
        "FILE",
        FILE,
        "a table from an Arrow file",
        "arrow \"air.arrow\"",
    )),
    later(source(
        "text",
        "FILE",
        &[],
        "the characters of a text file",
        "text \"alice.txt\"",
    )),
    later(source("strokes", "FILE", &[], "pen strokes", "strokes \"hand.json\"")),
    later(source(
        "pairs",
        "[SEQUENCE] TARGET ...",
        &[],
        "sequences with their targets, typed in",
        "pairs [1 2 3] \"good\" [3 2 1] \"bad\"",
    )),
    source("load", "FILE", &[], "a model that was saved", "n = load \"air.safetensors\""),
    source(
        "airline",
        "",
        &[],
        "144 months of airline passengers, in thousands, 1949 to 1960",
        "airline | split 67% | scale 0..1 | window 12",
    ),
    source(
        "count",
        "N",
        &[],
        "the numbers 1 to N",
        "count 60 | split 80% | scale 0..1 | window 5",
    ),
    source(
        "sine",
        "N [period P] [noise S]",
        &["period", "noise"],
        "N values of a sine wave",
        "sine 200 period 25 noise 0.1 | split 80% | window 10",
    ),
    source(
        "echo",
        "N [lag K]",
        &["lag"],
        "N random bits, to be repeated K steps later",
        "echo 2000 lag 3 | split 80% | stream 20",
    ),
    source(
        "adding",
        "N",
        &[],
        "Hochreiter's long-lag task: add the two marked numbers among N",
        "adding 100",
    ),
    source(
        "parity",
        "N",
        &[],
        "bits of up to N steps: is the number of ones odd?",
        "parity 20",
    ),
    later(source("verse", "", &[], "a short text", "verse | chars | stream 50")),
    step(
        "split",
        "SHARE [SHARE SHARE] [apart]",
        &["apart"],
        "train and test part; three shares: train, validation, test",
        "airline | split 70% 15% 15%",
    ),
    step(
        "scale",
        "LOW..HIGH [over all]",
        &["over", "all"],
        "maps the range of the train part to LOW..HIGH",
        "airline | split 67% | scale 0..1",
    ),
    step(
        "standardize",
        "[over all]",
        &["over", "all"],
        "mean 0 and standard deviation 1 on the train part",
        "airline | split 67% | standardize",
    ),
    step("log", "", &[], "the logarithm", "airline | log | difference"),
    step(
        "difference",
        "[K]",
        &[],
        "each value minus the one K steps before (1 where nothing is said)",
        "airline | log | difference 12",
    ),
    step(
        "window",
        "N [as features] [ahead H] [stride K]",
        &["as", "features", "ahead", "stride"],
        "the N values before each target",
        "airline | split 67% | scale 0..1 | window 12",
    ),
    step(
        "stream",
        "N",
        &[],
        "contiguous chunks of N steps with a target at every step",
        "airline | split 67% | scale 0..1 | stream 12",
    ),
    step(
        "target",
        "COLUMN",
        &[],
        "the column to predict",
        "csv \"w.csv\" | target \"temp\"",
    ),
    step(
        "fill",
        "",
        &[],
        "missing values take the last one before them",
        "csv \"w.csv\" | fill",
    ),
    later(step(
        "calendar",
        "",
        &[],
        "adds month and weekday",
        "csv \"w.csv\" | calendar",
    )),
    later(step("lower", "", &[], "small letters", "text \"alice.txt\" | lower")),
    later(step(
        "chars",
        "",
        &[],
        "a number for each character",
        "text \"alice.txt\" | chars",
    )),
    later(step(
        "words",
        "N",
        &[],
        "a number for each of the N commonest words",
        "| words 5000",
    )),
    later(step("pad", "N", &[], "sequences of N steps", "| pad 200")),
    step("take", "N", &[], "the first N steps", "airline | take 100"),
    step(
        "skip",
        "first N or last N",
        &["first", "last"],
        "drops lines of a file, steps, or after `window` windows of each part",
        "airline | window 3 | skip last 1",
    ),
];

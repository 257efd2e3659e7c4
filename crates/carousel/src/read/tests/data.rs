//! Pipes: recipes, and what is said of wrong ones.

use carousel_data::{ColumnName, Recipe, Source, StepKind};

use super::{said, state, value};
use crate::read::{data, is_data};

/// The recipe, or the message.
fn check(text: &str, expected: &str) {
    let found = match data(&value(text), &state()) {
        Ok(data) => show(&data.recipe),
        Err(error) => said(&error),
    };
    assert_eq!(found, expected, "{text}");
}

fn show(recipe: &Recipe) -> String {
    let mut parts = vec![match &recipe.source {
        Source::Csv(csv) => {
            let columns: Vec<&ColumnName> = csv.columns.iter().map(|c| &c.name).collect();
            let time = csv.time.as_ref().map(|column| &column.name);
            let (path, first, last) = (csv.path.display(), csv.skip_first, csv.skip_last);
            format!("csv {path} {columns:?} time {time:?} skip {first} {last}")
        }
        other => format!("{other:?}"),
    }];
    parts.extend(recipe.steps.iter().map(|step| match &step.kind {
        StepKind::Target(column) => format!("Target {:?}", column.name),
        other => format!("{other:?}"),
    }));
    parts.join(" | ")
}

const SPLIT: &str = "Split { shares: [67.0], apart: false }";
const SCALE: &str = "Scale { low: 0.0, high: 1.0, over_all: false }";

fn window(steps: usize) -> String {
    format!("Window {{ steps: {steps}, as_features: false, ahead: 1, stride: 1 }}")
}

#[test]
fn sources_are_read() {
    check("airline", "Airline");
    check("[1 -2.5 3e2]", "List([1.0, -2.5, 300.0])");
    check("count 60", "Count(60)");
    check("sine 200", "Sine { values: 200, period: 25.0, noise: 0.0 }");
    check("sine 9 noise 0.5 period 12.5", "Sine { values: 9, period: 12.5, noise: 0.5 }");
    check("echo 2000", "Echo { values: 2000, lag: 3 }");
    check("echo 2000 lag 5", "Echo { values: 2000, lag: 5 }");
    check("adding 100", "Adding { steps: 100 }");
    check("parity 20", "Parity { steps: 20 }");
}

#[test]
fn files_are_read() {
    check("csv \"a.csv\"", "csv a.csv [] time None skip 0 0");
    check(
        "csv \"a.csv\" column 2 skip last 3",
        "csv a.csv [Number(2)] time None skip 0 3",
    );
    check(
        "csv \"a.csv\" time Month columns \"a b\" c 3 skip first 1 skip last 2 target c",
        "csv a.csv [Name(\"a b\"), Name(\"c\"), Number(3)] time Some(Name(\"Month\")) \
         skip 1 2 | Target Name(\"c\")",
    );
    // The target named later takes the place of the earlier.
    check(
        "csv \"a.csv\" target c | log | target 2",
        "csv a.csv [] time None skip 0 0 | Target Number(2) | Log",
    );
    check("csv \"a.csv\" | skip last 3", "csv a.csv [] time None skip 0 0 | SkipLast(3)");
}

#[test]
fn steps_are_read() {
    let steps = "Airline | Split { shares: [70.0, 15.0, 15.0], apart: true }";
    check("airline | split 70% 15% 15% apart", steps);
    check(
        "airline | split 60% 40%",
        "Airline | Split { shares: [60.0, 40.0], apart: false }",
    );
    check(
        "airline | scale -1..1 over all",
        "Airline | Scale { low: -1.0, high: 1.0, over_all: true }",
    );
    check("airline | standardize", "Airline | Standardize { over_all: false }");
    check("airline | standardize over all", "Airline | Standardize { over_all: true }");
    check(
        "airline | log | difference | difference 12",
        "Airline | Log | Difference { lag: 1 } | Difference { lag: 12 }",
    );
    check(
        "airline | window 3 ahead 2 as features stride 4",
        "Airline | Window { steps: 3, as_features: true, ahead: 2, stride: 4 }",
    );
    check(
        "airline | fill | take 100 | skip first 2 | skip last 1 | stream 12",
        "Airline | Fill | Take(100) | SkipFirst(2) | SkipLast(1) | Stream { steps: 12 }",
    );
}

#[test]
fn steps_after_a_name_replace_or_add() {
    let air = |last: &str| format!("Airline | {SPLIT} | {SCALE} | {last}");
    check("air", &air(&window(3)));
    check("(air)", &air(&window(3)));
    check("air | window 24", &air(&window(24)));
    check(
        "(air | window 24) | skip last 1",
        &air(&format!("{} | SkipLast(1)", window(24))),
    );
    check("air | stream 12", &air("Stream { steps: 12 }"));
}

#[test]
fn text_is_the_name_or_the_pipe() {
    let mut state = state();
    let text = |text: &str, state: &_| data(&value(text), state).expect("a pipe").text;
    assert_eq!(text("air", &state), "air");
    assert_eq!(text("(air | window  24)", &state), "air | window 24");
    let made = data(&value("count 60 | window 5"), &state).expect("a pipe");
    state.it_data = Some(made.into());
    assert_eq!(text("| window 6", &state), "count 60 | window 5 | window 6");
    assert_eq!(text("it", &state), "count 60 | window 5");
}

#[test]
fn numbers_of_data_are_checked() {
    let steps =
        "the number of steps of `window` is a whole number from 1 to 1000000, not";
    check("airline | window 2.5", &format!("{steps} 2.5 | airline | window 3"));
    check("airline | window 0", &format!("{steps} 0 | airline | window 1"));
    check("airline | window 3%", &format!("{steps} 3% | airline | window 12"));
    check(
        "airline | window 3 ahead 0",
        "the number of steps of `ahead` is a whole number from 1 to 1000000, not 0 | \
         airline | window 3 ahead 1",
    );
    let share = "a share of `split` is above 0% and below 100%, not";
    check("airline | split 67", &format!("{share} 67 | airline | split 67%"));
    check("airline | split 0.29", &format!("{share} 0.29 | airline | split 29%"));
    check("airline | split -5%", &format!("{share} -5% | airline | split 67%"));
    check(
        "airline | split 70% 20% 20%",
        "the shares of `split` sum to 100%, not to 110% | airline | split 70% 15% 15%",
    );
    check(
        "airline | split 25% 25% 25% 25%",
        "`split` makes two or three parts, not 4 | airline | split 70% 15% 15%",
    );
    check(
        "airline | scale 1..0",
        "`scale` goes from a smaller number to a larger one, not to 1..0 | \
         airline | scale 0..1",
    );
    check(
        "count 2000000",
        "the number of values of `count` is a whole number from 1 to 1000000, not 2000000 \
         | count 1000000",
    );
    check(
        "sine 9 period 0",
        "the length of `period` is a number above 0, not 0 | sine 9 period 25",
    );
    check("[1 \"two\" 3]", "a list of data holds numbers only, not \"two\" | -");
    check("[]", "the list has no values | [112 118 132]");
    check(
        "airline | window {3 12}",
        "braces sweep the numbers of layers, nothing else | airline | window 3",
    );
}

#[test]
fn what_is_missing_or_too_much_is_said() {
    check(
        "airline | split",
        "E2 `split` needs its share: `split 67%` | airline | split 67%",
    );
    check(
        "airline | scale",
        "E2 `scale` needs its range: `scale 0..1` | airline | scale 0..1",
    );
    check(
        "airline | window 3 stride",
        "E2 `stride` needs its number of steps: `stride 2` | airline | window 3 stride 2",
    );
    check(
        "airline | window 3 as",
        "E2 `as` needs its form: `as features` | airline | window 3 as features",
    );
    check("airline | log 3", "`log` has no use for 3 | airline | log");
    check(
        "airline | skip 3",
        "E2 `skip` needs its end: `skip first` or `skip last` | airline | skip last 3",
    );
    check("airline | window 3 stride 2 stride 3", "`stride` stands twice | -");
    check("csv", "E2 `csv` needs its file: `csv \"air.csv\"` | csv \"air.csv\"");
    check("csv air", "`csv` needs its file in quotes, not air | csv \"air.csv\"");
    check(
        "csv \"a.csv\" colum 2",
        "E1 `csv` has no option `colum` | csv \"a.csv\" column 2",
    );
    check("airline x 3", "only layers can be repeated | lstm 4 x 3 -> dense 1");
}

#[test]
fn what_is_no_data_is_said() {
    check(
        "window 3",
        "`window` is a data step; data goes before it | airline | window 3",
    );
    check("m | window 3", "`m` is a model, not data | airline | window 3");
    check("mine | window 3", "`mine` is a cell, not data | airline | window 3");
    check("naive | window 3", "`naive` is a baseline, not data | airline | window 3");
    check("airline | naive", "E3 `naive` is a baseline, not a data step | -");
    check("airline | [1 2]", "[1 2] is no data step | -");
    check(
        "load \"a.safetensors\" | log",
        "`load` gives a model, not data | n = load \"a.safetensors\"",
    );
    check("airlin | window 3", "E1 unknown source `airlin` | airline | window 3");
    check("cuont 60 | window 3", "E1 unknown source `cuont` | count 60 | window 3");
    check("elephant | window 3", "E13 nothing is named `elephant` | -");
    check("ari", "E13 nothing is named `ari` | air");
    check(
        "it | window 3",
        "E13 there is no `it` yet: nothing has been made | lstm 4 -> dense 1",
    );
    check(
        "text \"alice.txt\"",
        "`text` is not built into this version | csv \"air.csv\" column 2",
    );
    check(
        "airline | calendar",
        "`calendar` is not built into this version | airline | difference 12",
    );
    check(
        "csv \"a.csv\" by \"id\"",
        "`by` is not built into this version | csv \"air.csv\" column 2",
    );
}

#[test]
fn data_is_told_from_models() {
    let check = |text: &str, expected: bool| {
        assert_eq!(is_data(&value(text), &state()), expected, "{text}");
    };
    for text in ["air", "airline", "[1 2]", "(count 60)", "m | log", "| log", "window 3"]
    {
        check(text, true);
    }
    for text in ["m", "one", "lstm 4", "(air) -> dense 1", "naive", "it", "elephant"] {
        check(text, false);
    }
}

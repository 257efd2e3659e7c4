//! `predict` and `forecast`: numbers that can be known in other ways.

use crate::{LEARNED, Talk, holds};

/// What is left after training, in units of the data: far less than the steps of the
/// series, which are 1.
const LEFT: f64 = 0.1;

/// Two ways to the same single-precision outputs, scaled to hundreds of passengers.
const SINGLE: f64 = 1e-3;

#[test]
fn a_forecast_goes_on_with_what_was_learned() {
    let season = "1 2 3 ".repeat(14);
    let lines = format!(
        "data toy = [{season}] | scale 0..1 | window 3\n\
         m = train flat -> dense 1 on toy epochs 400 rate 0.01"
    );
    let mut talk = Talk::after("season", &lines);
    let values = talk.values("forecast m 7");
    let expected = [1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0];
    for (value, expected) in values.values.iter().zip(expected) {
        assert!((value - expected).abs() < LEFT, "{:?}", values.values);
    }
    assert_eq!(values.labels[..2], ["+1", "+2"]);
    let next = talk.values("predict m on [2 3 1]").values;
    assert!((next[0] - 2.0).abs() < LEFT, "{next:?}");
}

#[test]
fn the_first_step_of_a_forecast_is_a_prediction() {
    for (name, data) in [
        ("plain", "airline | split 67% | scale 0..1 | window 3"),
        ("steps", "airline | split 67% | log | difference 12 | standardize | window 5"),
        ("features", "airline | split 67% | scale 0..1 | window 3 as features"),
        ("stream", "airline | split 67% | scale 0..1 | stream 12"),
    ] {
        let lines =
            format!("data air = {data}\nm = train gru 3 -> dense 1 on air epochs 2");
        let mut talk = Talk::after(name, &lines);
        let forecast = talk.values("forecast m 4");
        let next = talk.values("predict m on air");
        assert_eq!(forecast.values[0], next.values[0], "{data}");
        assert_eq!(forecast.labels, ["1961-01", "1961-02", "1961-03", "1961-04"]);
        assert_eq!(next.labels, ["1961-01"]);
        assert_eq!(next.unit, "Passengers");
    }
}

#[test]
fn several_values_ahead_come_in_blocks() {
    let lines = "data air = airline | split 67% | scale 0..1 | window 12 ahead 3\n\
                 m = train lstm 3 -> dense on air epochs 2";
    let mut talk = Talk::after("blocks", lines);
    let three = talk.values("predict m on air").values;
    let five = talk.values("forecast m 5").values;
    assert_eq!((three.len(), five.len()), (3, 5));
    assert_eq!(five[..3], three);
}

/// The 90% quantile of the test errors in a file of predictions, as its rows tell it.
fn quantile_of_file(talk: &Talk, file: &str) -> f64 {
    let text = std::fs::read_to_string(talk.folder.join(file)).expect("it was saved");
    let mut errors: Vec<f64> = text
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|cells| cells[2] == "test")
        .map(|cells| {
            let number = |k: usize| cells[k].parse::<f64>().expect("a number");
            (number(1) - number(3)).abs()
        })
        .collect();
    errors.sort_by(f64::total_cmp);
    assert_eq!(errors.len(), 48);
    // 90% of 48 is 43.2: the 44th holds them.
    errors[43]
}

#[test]
fn the_band_holds_its_share_of_the_test_errors() {
    for (name, model, data) in [
        ("band", "lstm 4", "window 3"),
        ("band-stateful", "lstm 4 stateful", "window 3"),
        ("band-stream", "lstm 4 stateful", "stream 12"),
    ] {
        let lines = format!(
            "m = train {model} -> dense 1 on (airline | split 67% | scale 0..1 | {data}) epochs 3\n\
             save m to \"m.csv\""
        );
        let mut talk = Talk::after(name, &lines);
        let expected = quantile_of_file(&talk, "m.csv");
        let values = talk.values("forecast m 2 band 90%");
        let (edges, share) = values.band.unwrap();
        assert_eq!(share, 90.0);
        for ((low, high), value) in edges.iter().zip(&values.values) {
            assert!((high - value - (value - low)).abs() < SINGLE, "{edges:?}");
        }
        let found = edges[0].1 - values.values[0];
        assert!((found - expected).abs() < SINGLE, "{name}: {found} and {expected}");
        // Another horizon has errors of its own.
        assert_ne!(edges[1].1 - values.values[1], found, "{name}");
    }
}

#[test]
fn a_band_says_where_it_stops_widening() {
    let lines = "m = train lstm 2 -> dense 1 on (airline | split 90% | scale 0..1 | window 3) epochs 2";
    let mut talk = Talk::after("widening", lines);
    // 90% of 144 leaves 15 rows: 15 forecasts of one row, 10 of six.
    let text = talk.text("forecast m 8 band 50%");
    holds(&text, &["50% of the errors of 15 forecasts that start in the test part"]);
    holds(&text, &["beyond 6 rows ahead there are fewer than 10 such forecasts"]);
    let (edges, _) = talk.values("forecast m 8 band 50%").band.unwrap();
    let width = |k: usize| edges[k].1 - edges[k].0;
    assert!((width(5) - width(7)).abs() < SINGLE);
}

#[test]
fn wrong_questions_are_answered() {
    let mut talk = Talk::after("questions", LEARNED);
    talk.outputs("f = train flat -> dense 1 on air epochs 1\nd = lstm 4 -> dense 1");
    talk.outputs("a = train lstm 2 -> dense 1 on adding 4 epochs 1");
    for (line, parts) in [
        (
            "predict m on [417 391]",
            &["`m` needs 3 values", "hint: predict m on [461 390 432]"][..],
        ),
        (
            "predict m on [1 [2 3] 4]",
            &["a row of `m` has 1 value: Passengers", "rows of 2 values"],
        ),
        ("predict m on [1 \"two\" 3]", &["`predict` goes on from numbers"]),
        (
            "predict m",
            &["needs the values to go on from", "hint: predict m on [461 390 432]"],
        ),
        ("predict f on [1 2 3 4]", &["`flat` makes one row of 3 steps, and these are 4"]),
        ("predict d on [1 2 3]", &["`d` has not learned yet", "hint: train d on air"]),
        ("predict air on [1 2 3]", &["`air` is data, and a model is needed"]),
        ("predict m on nothing", &["nothing is named `nothing`"]),
        ("forecast m", &["needs how many rows to go on", "hint: forecast m 12"]),
        ("forecast m 2.5", &["a whole number from 1 to 10000"]),
        ("forecast m 3 band 100%", &["less than 100% of the errors", "hint: band 90%"]),
        ("forecast a 3", &["`a` has no series to go on with"]),
    ] {
        holds(&talk.error(line), parts);
    }
}

#[test]
fn other_inputs_have_no_future() {
    let mut talk = Talk::new("inputs");
    let rows: String = (0..60)
        .map(|k| format!("{},{}\n", (f64::from(k) / 5.0).sin() + 2.0, k % 7))
        .collect();
    std::fs::write(talk.folder.join("w.csv"), format!("temp,wind\n{rows}")).unwrap();
    talk.outputs(
        "data w = csv \"w.csv\" columns \"temp\" \"wind\" | target \"temp\" | standardize | window 2\n\
         m = train rnn 2 -> dense 1 on w epochs 2",
    );
    holds(&talk.error("forecast m 3"), &["also reads wind", "predicts temp alone"]);
    holds(&talk.error("predict m on [1 2]"), &["a row of `m` has 2 values: temp, wind"]);
    // 59 mod 7 is 3.
    let (a, b) = ((58.0_f64 / 5.0).sin() + 2.0, (59.0_f64 / 5.0).sin() + 2.0);
    let typed = talk.values(&format!("predict m on [[{a} 2] [{b} 3]]"));
    assert_eq!(typed.values, talk.values("predict m on w").values);
}

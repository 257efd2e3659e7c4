//! Values out of a session and into it.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use carousel::{Output, Session};

/// A session with a model that has learned, from data with three parts.
fn learned() -> Session {
    let mut session = Session::new();
    let results = session.run(
        "data air = airline | split 60% 20% 20% | scale 0..1 | window 3
         model plain = lstm 2 -> dense 1
         m = train plain on air epochs 4 times 2",
    );
    assert!(results.is_ok(), "{results}");
    session
}

fn values(session: &Session, name: &str) -> Vec<f64> {
    session.values(name).unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

fn told(session: &mut Session, text: &str) -> String {
    session.run(text).to_string()
}

#[test]
fn predictions_stand_beside_the_truth() {
    let session = learned();
    let air = values(&session, "air");
    assert_eq!((air.len(), air[0]), (144, 112.0));
    let [predictions, truths, rows] =
        ["m.predictions", "m.truths", "m.rows"].map(|name| values(&session, name));
    assert_eq!((predictions.len(), truths.len(), rows.len()), (141, 141, 141));
    assert_eq!(rows, (3..144).map(f64::from).collect::<Vec<_>>());
    for (row, truth) in rows.iter().zip(&truths) {
        assert_eq!(*truth, air[*row as usize]);
    }
    let parts = ["train", "validation", "test"]
        .map(|part| values(&session, &format!("m.predictions.{part}")));
    assert_eq!(parts.concat(), predictions);
    assert_eq!(values(&session, "it.predictions"), predictions);
}

#[test]
fn errors_computed_from_values_are_those_of_score() {
    let mut session = learned();
    told(&mut session, "n = train plain on air epochs 3");
    let predictions = values(&session, "n.predictions.test");
    let truths = values(&session, "n.truths.test");
    let squares = predictions.iter().zip(&truths).map(|(p, t)| (p - t) * (p - t));
    let rmse = (squares.sum::<f64>() / truths.len() as f64).sqrt();
    let results = session.run("set hints off\nscore n");
    let Some(Output::Score(score)) = results.outputs.last() else { panic!("{results}") };
    let told = score.line.part("test").unwrap().errors.unwrap().rmse;
    assert!((told - rmse).abs() < 1e-9, "{told} {rmse}");
}

#[test]
fn losses_are_one_an_epoch_and_weights_as_many_as_are_told() {
    let mut session = learned();
    assert_eq!(values(&session, "m.loss").len(), 4);
    assert_eq!(values(&session, "m.validation_loss").len(), 4);
    assert!(told(&mut session, "show m").contains("35 weights"));
    assert_eq!(values(&session, "m.weights").len(), 35);
    assert_eq!(session.shape("m.weights").unwrap(), [35]);
    let one = values(&session, "m.weights.0.weight_ih_l0");
    assert_eq!(session.shape("m.weights.0.weight_ih_l0").unwrap(), [8, 1]);
    assert_eq!(one[..], values(&session, "m.weights")[..8]);
    assert_eq!(session.shape("m.weights.1.weight").unwrap(), [1, 2]);
}

#[test]
fn samples_are_as_the_model_sees_them() {
    let session = learned();
    let inputs = values(&session, "air.inputs.train");
    let targets = values(&session, "air.targets.train");
    assert_eq!(session.shape("air.inputs.train").unwrap(), [83, 3, 1]);
    assert_eq!(session.shape("air.targets.train").unwrap(), [83, 1]);
    assert_eq!((inputs.len(), targets.len()), (83 * 3, 83));
    assert_eq!(inputs[3 * 3], targets[0]);
    assert!(inputs.iter().all(|value| (0.0..=1.0).contains(value)));
    let mut stream = Session::new();
    told(&mut stream, "count 61 | stream 12");
    assert_eq!(stream.shape("it.inputs.train").unwrap(), [5, 12, 1]);
    assert_eq!(
        stream.shape("it.targets.train").unwrap(),
        stream.shape("it.inputs.train").unwrap()
    );
    told(&mut stream, "parity 5");
    assert_eq!(stream.shape("it.inputs.train").unwrap().len(), 2);
}

#[test]
fn every_name_that_is_listed_has_values() {
    let mut session = learned();
    told(&mut session, "rows = airline | split 50%");
    told(&mut session, "task = adding 10");
    let names = session.value_names();
    for name in &names {
        let shape =
            session.shape(name).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(
            shape.iter().product::<usize>(),
            values(&session, name).len(),
            "{name}"
        );
    }
    for name in ["air", "air.inputs.validation", "m.predictions.test", "m.rows", "rows"] {
        assert!(names.iter().any(|known| known == name), "{name} is not in {names:?}");
    }
    assert!(
        !names
            .iter()
            .any(|name| name.starts_with("plain") || name == "rows.inputs.train")
    );
}

/// The title, the notes and the hint.
fn said(session: &Session, name: &str) -> String {
    let error = session.values(name).expect_err(name);
    format!(
        "{} · {} · {}",
        error.title,
        error.notes.join(" · "),
        error.hint.unwrap_or_default()
    )
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let mut session = Session::new();
    assert_eq!(
        said(&session, "m.loss"),
        "nothing is named `m` · there are no values yet: models get them by `train` · "
    );
    session = learned();
    assert_eq!(
        said(&session, "n.loss"),
        "nothing is named `n` · there are air, m, it · m.loss"
    );
    assert!(said(&session, "m.los").ends_with("· m.loss"), "{}", said(&session, "m.los"));
    assert!(
        said(&session, "m")
            .starts_with("`m` alone has no values, but parts of it · there are m.pred")
    );
    assert_eq!(
        said(&session, "plain.loss"),
        "`plain` has not learned yet · `plain.loss` is there when it has · train plain on air"
    );
    assert!(said(&session, "air.inputs.tset").contains("air.inputs.test"));
    assert!(said(&session, "").starts_with("nothing is named ``"));
    told(&mut session, "cell own\nh = tanh(Wh x + Uh h)\nend");
    assert!(said(&session, "own").starts_with("`own` is a cell, which has no values"));
}

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

#[test]
fn a_model_from_a_file_has_weights_and_no_predictions() {
    let mut session = Session::in_folder(folder("loaded"));
    let results = session.run(
        "m = train lstm 2 -> dense 1 on (count 30 | window 2) epochs 2
         save m to \"m.safetensors\"
         n = load \"m.safetensors\"",
    );
    assert!(results.is_ok(), "{results}");
    assert_eq!(values(&session, "n.weights"), values(&session, "m.weights"));
    assert!(
        said(&session, "n.predictions")
            .starts_with("`n` came from a file, without its data")
    );
    assert!(!session.value_names().contains(&"n.predictions".to_owned()));
}

#[test]
fn what_is_put_in_is_data() {
    let mut session = Session::new();
    let series: Vec<f64> = (0..60).map(|k| (f64::from(k) / 7.0).sin() - 0.5).collect();
    session.put_values("series", &series).unwrap();
    assert_eq!(values(&session, "series"), series);
    assert_eq!(values(&session, "it"), series);
    let trained = session
        .run("m = train lstm 2 -> dense 1 on (series | split 67% | window 12) epochs 2");
    assert!(trained.is_ok(), "{trained}");
    assert_eq!(values(&session, "m.truths"), series[12..]);
    session.put_values("large", &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 1e300]).unwrap();
    let error = told(&mut session, "large | window 2");
    assert!(error.contains("<put>:1:9"), "{error}");
    assert!(error.contains("large = [1 2 3 4 5 6]  # the first of 7 values"), "{error}");
}

#[test]
fn undo_takes_back_what_was_put_in() {
    let mut session = Session::new();
    session.put_values("a", &[1.0, 2.0]).unwrap();
    session.put_values("a", &[3.0]).unwrap();
    assert_eq!(told(&mut session, "undo"), "taken back: a = [3]\n");
    assert_eq!(values(&session, "a"), [1.0, 2.0]);
    assert_eq!(told(&mut session, "undo"), "taken back: a = [1 2]\n");
    assert!(session.values("a").is_err());
}

#[test]
fn names_follow_the_rules_of_the_language() {
    let mut session = Session::new();
    for (name, title) in [
        ("lstm", "`lstm` is a layer of the language and cannot be a name"),
        ("it", "`it` is the last thing made and cannot be a name"),
        ("train", "`train` is a verb of the language and cannot be a name"),
        ("data air", "`data air` is not one word"),
        ("a\nb", "`a\nb` is not one word"),
        (" a", "` a` is not one word"),
        ("b = [1]\na", "`b = [1]\na` is not one word"),
        ("# a", "`# a` is not one word"),
    ] {
        let error = session.put_values(name, &[1.0]).expect_err(name);
        assert_eq!(error.title, title);
        assert!(error.render(session.sources(), false).starts_with("error: "));
    }
    for name in ["", "a.b", "1", "[", "a b", "\"a\""] {
        assert!(session.put_values(name, &[1.0]).is_err(), "{name}");
    }
    for name in ["a", "my_series", "größe", "模型", "a-b", "x2"] {
        session
            .put_values(name, &[1.0])
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
    assert_eq!(session.value_names().len(), 7);
}

#[test]
fn values_are_finite_numbers() {
    let mut session = Session::new();
    let title = |result: Result<(), carousel_lang::Diagnostic>| result.unwrap_err().title;
    assert_eq!(title(session.put_values("a", &[])), "`a` has no values");
    assert_eq!(
        title(session.put_values("a", &[1.0, f64::NAN])),
        "`a` has a value that is not finite: NaN at place 1"
    );
    assert_eq!(
        title(session.put_values("a", &[f64::NEG_INFINITY])),
        "`a` has a value that is not finite: -inf at place 0"
    );
    assert!(session.values("a").is_err());
    let extremes = [3e38, -3e38, f64::MIN_POSITIVE, 5e-324, -0.0, 1e16, 0.1];
    session.put_values("a", &extremes).unwrap();
    assert_eq!(values(&session, "a"), extremes);
}

#[test]
fn the_script_of_a_session_has_the_values_as_a_list() {
    let folder = folder("put");
    let mut session = Session::in_folder(&folder);
    let series: Vec<f64> = (0..2000)
        .map(|k| (f64::from(k) / 7.0).sin() * 10_f64.powi(k % 41 - 20))
        .collect();
    session.put_values("older", &[1.0]).unwrap();
    session.put_values("series", &series).unwrap();
    told(
        &mut session,
        "m = train lstm 2 -> dense 1 on (series | split 67% | standardize | window 3) epochs 2",
    );
    session.put_values("older", &[2.0, 3.0]).unwrap();
    let saved = told(&mut session, "save session to \"s.lstm\"");
    assert!(saved.starts_with("saved the session"), "{saved}");
    let script = fs::read_to_string(folder.join("s.lstm")).unwrap();
    assert!(script.contains("older = [2 3]\n") && !script.contains("older = [1]"));
    assert!(!script.contains("# the first of"));
    let mut again = Session::in_folder(&folder);
    assert!(again.run(&script).is_ok());
    for name in ["series", "m.weights", "m.predictions", "older"] {
        assert_eq!(values(&again, name), values(&session, name), "{name}");
    }
}

#[test]
fn a_script_holds_no_endless_list() {
    let folder = folder("endless");
    let mut session = Session::in_folder(&folder);
    session.put_values("series", &vec![1.5; 10_001]).unwrap();
    let error = told(&mut session, "save session to \"s.lstm\"");
    assert!(
        error.contains("`series` has 10001 values, too many for a script"),
        "{error}"
    );
    assert!(error.contains("series = csv \"series.csv\""), "{error}");
    assert!(!folder.join("s.lstm").exists());
    told(&mut session, "undo\nseed 3");
    let saved = told(&mut session, "save session to \"s.lstm\"");
    assert!(saved.contains("saved the session"), "{saved}");
}

/// A million values cross at once: this is the most that either way may take, and much
/// more than it does, since builds for tests are slow.
const CROSSING: Duration = Duration::from_secs(3);

#[test]
fn a_million_values_cross() {
    let series: Vec<f64> = (0..1_000_000).map(|k| f64::from(k) / 3.0).collect();
    let mut session = Session::new();
    let start = Instant::now();
    session.put_values("series", &series).unwrap();
    let put = start.elapsed();
    let found = values(&session, "series");
    let got = start.elapsed() - put;
    assert!(found == series);
    assert!(put < CROSSING && got < CROSSING, "{put:?} in, {got:?} out");
}

#[test]
fn a_session_moves_to_another_thread() {
    let session = learned();
    let loss = values(&session, "m.loss");
    let moved = std::thread::spawn(move || session.values("m.loss").unwrap());
    assert_eq!(moved.join().unwrap(), loss);
}

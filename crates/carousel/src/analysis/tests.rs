//! What is said of texts that are being typed in a session.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crate::Session;

/// A session that has run some lines.
fn session(lines: &str) -> Session {
    let mut session = Session::new();
    session.run_named("<before>", lines, &mut |_| ControlFlow::Continue(())).unwrap();
    session
}

const AIR: &str = "data air = airline | split 67% | scale 0..1 | window 3";

fn ghosts(session: &mut Session, text: &str) -> Vec<String> {
    session.analyse("<typed>", text).ghosts.into_iter().map(|ghost| ghost.text).collect()
}

#[test]
fn a_statement_tells_what_it_makes() {
    let mut empty = session("");
    let cases = [
        (AIR, "93 train, 48 test windows of 3 steps"),
        ("airline", "144 rows"),
        ("airline | split 50% 25% 25%", "72 train, 36 validation, 36 test rows"),
        ("airline | split 67% | stream 12", "8 train, 4 test chunks of up to 12 steps"),
        ("adding 20", "960 train, 240 test sequences of 20 steps"),
        ("lstm 4 -> dense 1", "1x1 -> 4 -> 1, 101 weights"),
        ("train lstm {1 2} -> dense 1 on (airline | window 3)", "2 models"),
        ("train lstm 4 -> dense on (airline | window 3)", "3x1 -> 4 -> 1, 101 weights"),
    ];
    for (text, ghost) in cases {
        assert_eq!(ghosts(&mut empty, text), [ghost], "{text:?}");
    }
    let mut with_air = session(AIR);
    assert_eq!(
        ghosts(&mut with_air, "lstm 4 stateful -> lstm 4 -> dense 1"),
        ["3x1 -> 3x4 -> 4 -> 1, 245 weights"]
    );
    assert_eq!(
        ghosts(&mut with_air, "| window 24"),
        ["72 train, 48 test windows of 24 steps"]
    );
    assert!(ghosts(&mut with_air, "score m").is_empty());
}

#[test]
fn an_error_is_told_with_its_fix() {
    let mut session = session("");
    let analysis = session.analyse("<typed>", "ltsm 4 -> dense 1");
    let error = analysis.error().unwrap();
    let fix = error.fix.as_ref().unwrap();
    assert_eq!((fix.span.range(), fix.text.as_str()), (0..4, "lstm"));
    assert_eq!(fix.line, "lstm 4 -> dense 1");
}

#[test]
fn looking_changes_nothing() {
    let mut session = session("");
    let texts = session.sources().clone();
    session.analyse("<typed>", "m = train lstm 4 -> dense 1 on (airline | window 3)");
    let analysis = session.analyse("<typed>", "score m");
    assert!(analysis.error().unwrap().title.contains("`m`"));
    assert_eq!(format!("{texts:?}"), format!("{:?}", session.sources()));
}

#[test]
fn what_would_take_long_is_left_alone() {
    let mut session = session("");
    for text in [
        "count 1000000 | window 1000",
        "m = train lstm 4 -> dense on (sine 900000 | window 900)\nscore m",
        "adding 2000",
        "lstm 9000 -> dense 1",
        "train lstm 600 x 3 -> dense on (airline | window 12) epochs 100000",
    ] {
        let since = Instant::now();
        let analysis = session.analyse("<typed>", text);
        assert!(analysis.error().is_none(), "{text}: {:?}", analysis.error());
        // Made in earnest, each takes seconds at least.
        assert!(since.elapsed() < Duration::from_secs(1), "{text}");
    }
}

fn completed(session: &mut Session, text: &str) -> Vec<String> {
    let completion = session.complete(text, text.len());
    completion.candidates.into_iter().map(|candidate| candidate.text).collect()
}

#[test]
fn words_names_and_columns_are_completed() {
    let mut session = session(AIR);
    assert_eq!(completed(&mut session, "tr"), ["train"]);
    assert_eq!(completed(&mut session, "airline | wi"), ["window"]);
    assert_eq!(
        completed(&mut session, "train lstm 4 on a"),
        ["air", "airline", "adding"]
    );
    assert_eq!(completed(&mut session, "net = lstm 4\nscore n"), ["net"]);
    assert_eq!(
        completed(&mut session, "sea = csv \"a.csv\"\ntrain lstm 4 on se"),
        ["sea"]
    );
    assert_eq!(completed(&mut session, "lstm 4 # tr"), [""; 0]);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/data");
    let mut there = Session::in_folder(folder);
    assert_eq!(completed(&mut there, "csv \"air"), ["airline-passengers.csv"]);
    let columns = completed(&mut there, "csv \"airline-passengers.csv\" column \"p");
    assert_eq!(columns, ["Passengers"]);
}

#[test]
fn a_word_is_explained_where_it_stands() {
    let mut session = session(AIR);
    let text = "m = lstm 4 -> dense 1";
    let lstm = session.explain(text, 5).unwrap();
    assert_eq!(&text[lstm.span.range()], "lstm");
    assert!(
        lstm.text.starts_with("lstm 4: 3x1 -> 4, 96 weights, for air"),
        "{}",
        lstm.text
    );
    assert!(lstm.text.contains("long short-term memory"), "{}", lstm.text);
    let epochs = session.explain("train m on air epochs 10", 17).unwrap();
    assert!(epochs.text.contains("without it: 100"), "{}", epochs.text);
    assert!(session.explain("air", 1).unwrap().text.contains("data of this session"));
    assert!(session.explain("lstm 4", 6).is_none());
    assert!(session.explain("", 0).is_none());
}

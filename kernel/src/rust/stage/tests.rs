//! What the threads of Rust cells see of each other.

use super::*;

fn stage() -> Stage {
    let stage = Stage::new(&Signs { word: "word".to_owned(), folder: "folder".into() });
    stage.set_phase(Phase::Idle);
    stage.raise();
    assert_eq!(stage.wait_for_turn(), Turn::Taken);
    stage
}

fn text(stage: &Stage) -> (Stream, String) {
    match stage.next(Some(Instant::now())) {
        Some(Event::Text(stream, text)) => (stream, text),
        _ => panic!("no text"),
    }
}

#[test]
fn lines_of_one_stream_are_taken_together_and_in_order() {
    let stage = stage();
    stage.line(Stream::Out, "one");
    stage.line(Stream::Out, "two \u{1e}wordR3\u{1f}");
    stage.line(Stream::Err, "three");
    assert_eq!(text(&stage), (Stream::Out, "one\ntwo ".to_owned()));
    assert!(matches!(stage.next(None), Some(Event::Letter(3))));
    assert_eq!(text(&stage), (Stream::Err, "three\n".to_owned()));
    assert!(stage.next(Some(Instant::now())).is_none());
}

#[test]
fn letters_of_a_cell_that_is_over_are_not_served() {
    let stage = stage();
    stage.lower();
    stage.line(Stream::Out, "\u{1e}wordR0\u{1f}");
    stage.end(Ended::Stopped, Phase::Idle);
    stage.raise();
    assert!(stage.next(Some(Instant::now())).is_none());
}

#[test]
fn stop_ends_the_waiting_and_does_nothing_when_no_cell_runs() {
    let stage = stage();
    stage.lower();
    stage.stop();
    assert!(!stage.is_stopped());
    stage.raise();
    stage.stop();
    assert!(stage.is_stopped());
    assert!(stage.next(None).is_none());
    assert_eq!(stage.wait_for_turn(), Turn::Stopped);
}

#[test]
fn the_worker_sleeps_until_a_cell_is_seen_or_the_end_comes() {
    let signs = Signs { word: "word".to_owned(), folder: "folder".into() };
    for ends in [false, true] {
        let stage = Arc::new(Stage::new(&signs));
        let (jobs, _worker) = std::sync::mpsc::channel();
        stage.enter(jobs);
        let sleeper = Arc::clone(&stage);
        let sleeps = std::thread::spawn(move || sleeper.sleep());
        std::thread::sleep(Duration::from_millis(20));
        assert!(!sleeps.is_finished());
        if ends {
            stage.close()
        } else {
            stage.wake()
        }
        assert_eq!(sleeps.join().unwrap(), !ends);
    }
}

#[test]
fn nobody_waits_for_an_evcxr_that_is_gone() {
    let stage = stage();
    stage.end(Ended::Stopped, Phase::Gone);
    assert!(matches!(stage.next(None), Some(Event::Ended(_))));
    assert_eq!(stage.wait_for_turn(), Turn::Gone);
}

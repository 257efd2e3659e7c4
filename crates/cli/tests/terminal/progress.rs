//! The line that is drawn while something takes its time.

use std::fs;

use super::{folder, run};
use crate::terminal::Terminal;

/// A program that trains for some seconds, and is stopped.
const LONG: &str = "\
data air = airline | split 67% | scale 0..1 | window 12
train lstm 64 -> dense 1 on air epochs 900 batch 1
";

#[test]
fn a_training_has_one_line_and_leaves_none() {
    for (columns, parts) in [
        (80, &["epoch ", "/900  loss 0.0", "steps/s", " left"][..]),
        (20, &["/900 loss 0.0"]),
    ] {
        let folder = folder(&format!("progress-{columns}"));
        fs::write(folder.join("air.lstm"), LONG).unwrap();
        let mut terminal = Terminal::sized(columns, 24).start(&folder, &["air.lstm"]);
        parts.iter().for_each(|part| terminal.wait_for(part));
        let line = terminal.lines().into_iter().filter(|line| line.contains("/900"));
        assert_eq!(line.count(), 1, "{}", terminal.screen());
        assert_eq!(terminal.broken_lines(), [""; 0]);
        terminal.type_text("\u{3}");
        assert_eq!(terminal.end(), 130);
        let screen = terminal.screen();
        assert!(!screen.contains(" loss 0") && !screen.contains(" left"), "{screen}");
        assert!(screen.replace('\n', " ").contains("weights kept"), "{screen}");
    }
}

#[test]
fn what_takes_long_without_epochs_is_named() {
    let script = "\
data air = airline | split 67% | scale 0..1 | window 12
m = train lstm 128 -> dense 1 on air epochs 1 batch 16
forecast m 10000 band 90%
";
    let terminal =
        run(Terminal::sized(80, 24), "progress-busy", script, &["--plots", "p"]);
    assert!(terminal.written().contains("forecasting m ..."), "{}", terminal.screen());
    assert!(!terminal.screen().contains("forecasting m ..."), "{}", terminal.screen());
}

#[test]
fn nothing_moves_where_nobody_wants_it() {
    let script = LONG.replace("900", "9");
    for (name, setting, words) in [
        ("dumb", Terminal::sized(80, 24).with("TERM", "dumb"), &[][..]),
        ("plain", Terminal::sized(80, 24), &["--plain"]),
    ] {
        let terminal = run(setting, &format!("progress-{name}"), &script, words);
        assert!(!terminal.written().contains("steps/s"), "{}", terminal.written());
        assert!(!terminal.written().contains('\u{1b}'), "{}", terminal.written());
    }
}

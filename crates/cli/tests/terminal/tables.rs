//! Tables and messages: their colours, and what stands for them.

use std::fs;

use super::{SMALL, draws, folder, run};
use crate::terminal::Terminal;

fn compare() -> String {
    "set plots off\n".to_owned()
        + SMALL
        + "compare naive, growth 12, m on air\nexpect test rmse of m > 0\n"
}

#[test]
fn the_best_row_is_marked_by_a_colour_and_by_a_sign() {
    let terminal = run(Terminal::sized(80, 24), "tables-best", &compare(), &[]);
    assert!(
        terminal.written().contains("\u{1b}[32m* growth 12"),
        "{}",
        terminal.written()
    );
    assert!(terminal.written().contains("\u{1b}[32mpassed\u{1b}[0m"));
    let setting = Terminal::sized(80, 24).with("NO_COLOR", "1");
    let terminal = run(setting, "tables-no-colour", &compare(), &[]);
    assert!(!terminal.written().contains("\u{1b}["), "{:?}", terminal.written());
    assert!(terminal.screen().contains("\n* growth 12 "), "{}", terminal.screen());
}

#[test]
fn a_table_is_as_wide_as_the_terminal_and_not_as_the_variable_says() {
    let setting = Terminal::sized(40, 40).with("COLUMNS", "120");
    let terminal = run(setting, "tables-narrow", "help lstm\nset\n", &[]);
    let longest = terminal.lines().iter().map(|line| line.chars().count()).max();
    assert!(longest.is_some_and(|longest| longest <= 40));
    let rows = terminal.lines();
    let fusion = rows.iter().position(|line| line.starts_with("  fusion")).unwrap();
    assert!(rows[fusion + 1].starts_with("  executor"), "{}", terminal.screen());
}

#[test]
fn sentences_are_broken_between_words() {
    let script = compare() + "lstm 4 stateful -> lstm 4 -> dense 1\n";
    let terminal = run(Terminal::sized(20, 60), "tables-words", &script, &[]);
    assert_eq!(terminal.broken_lines(), [""; 0]);
    let lines = terminal.lines();
    assert!(lines.contains(&"best on the test".to_owned()), "{}", terminal.screen());
}

#[test]
fn in_words_a_table_is_a_line_for_each_row() {
    let terminal =
        run(Terminal::sized(200, 40), "tables-plain", &compare(), &["--plain"]);
    let screen = terminal.screen();
    assert!(
        screen.contains("\nnaive: train rmse 24.59, test rmse 48.04, test mae 40.04\n"),
        "{screen}"
    );
    assert!(!terminal.written().contains('\u{1b}') && !draws(&screen), "{screen}");
}

#[test]
fn in_words_an_error_tells_its_place() {
    let folder = folder("tables-error");
    fs::write(folder.join("air.lstm"), "lstm 4 -> dens 1\n").unwrap();
    for words in [&["--plain", "air.lstm"][..], &["check", "--plain", "air.lstm"]] {
        let mut terminal = Terminal::sized(120, 24).start(&folder, words);
        assert_eq!(terminal.end(), 2);
        let screen = terminal.screen();
        assert!(screen.contains("air.lstm, line 1, column 11, at `dens`: "), "{screen}");
        assert!(!terminal.written().contains('\u{1b}') && !draws(&screen), "{screen}");
    }
}

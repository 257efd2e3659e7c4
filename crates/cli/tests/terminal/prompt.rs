//! The prompt: what it shows while somebody types, and what becomes of what was typed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use super::{draws, folder};
use crate::terminal::Terminal;

const AIR: &str = "data air = airline | split 67% | scale 0..1 | window 3";

/// Some seconds of training.
const LONG: &str = "m = train lstm 32 -> dense 1 on (airline | split 67% | scale 0..1 | window 12) epochs 1500";

/// A prompt that waits for a statement.
fn prompt(name: &str, columns: u16) -> Terminal {
    let terminal = Terminal::sized(columns, 40).start(&folder(name), &[]);
    terminal.wait_for_prompt_after("Ctrl-D ends");
    terminal
}

/// Types a statement and waits for the answer.
fn say(terminal: &mut Terminal, statement: &str, answer: &str) {
    terminal.type_text(statement);
    terminal.type_text("\r");
    terminal.wait_for_prompt_after(answer);
}

fn leave(mut terminal: Terminal) {
    terminal.type_text("\u{4}");
    assert_eq!(terminal.end(), 0, "{}", terminal.screen());
}

#[test]
fn a_model_line_shows_its_shapes_and_weights() {
    let mut terminal = prompt("prompt-ghost", 100);
    terminal.type_text(AIR);
    terminal.wait_for("⟵ 93 train, 48 test windows of 3 steps");
    terminal.type_text("\rlstm 4 stateful -> lstm 4 -> dense 1");
    terminal.wait_for("⟵ 3x1 -> 3x4 -> 4 -> 1, 245 weights");
    terminal.type_text("\r");
    terminal.wait_for("245 weights, for air (3 steps of 1 value)");
    assert!(!terminal.screen().contains('⟵'), "{}", terminal.screen());
    leave(terminal);
}

#[test]
fn an_error_stands_under_its_word_and_tab_mends_it() {
    let mut terminal = prompt("prompt-error", 100);
    terminal.type_text("ltsm 4 -> dense 1");
    terminal.wait_for("\n  ^^^^ unknown layer `ltsm` · Tab: lstm 4 -> dense 1");
    terminal.type_text("\t");
    terminal.wait_for("> lstm 4 -> dense 1  ⟵ 1x1 -> 4 -> 1, 101 weights");
    leave_typed(terminal);
}

/// Clears the line first: Ctrl-D leaves an empty line only.
fn leave_typed(mut terminal: Terminal) {
    terminal.type_text("\u{3}");
    terminal.wait_for_prompt_after("> ");
    leave(terminal);
}

#[test]
fn files_and_columns_are_completed() {
    let folder = folder("prompt-complete");
    fs::write(folder.join("passengers.csv"), "Month,Passengers\n1949-01,112\n").unwrap();
    let mut terminal = Terminal::sized(100, 40).start(&folder, &[]);
    terminal.wait_for_prompt_after("Ctrl-D ends");
    terminal.type_text("csv \"pa\t");
    terminal.wait_for("> csv \"passengers.csv\" ");
    terminal.type_text("column \"P\t");
    terminal.wait_for("column \"Passengers\" ");
    terminal.type_text("| wi\t");
    terminal.wait_for("| window ");
    leave_typed(terminal);
}

#[test]
fn a_cell_is_typed_over_several_lines() {
    let mut terminal = prompt("prompt-cell", 100);
    terminal.type_text("cell mine\r  h = tanh(W x + U h + b)\rend\r");
    say(&mut terminal, "mine 2 -> dense 1", "mine 2");
    terminal.wait_for("11 weights");
    leave(terminal);
}

#[test]
fn an_open_statement_waits_and_an_empty_line_ends_it() {
    let mut terminal = prompt("prompt-open", 100);
    say(&mut terminal, "lstm 4 ->\rdense 1", "101 weights");
    say(&mut terminal, "lstm 4 ->\r", "error");
    leave(terminal);
}

/// The lines that a score shows.
fn scores(terminal: &Terminal) -> Vec<String> {
    let is_score =
        |line: &String| line.contains("naive") || line.trim().starts_with("m ");
    terminal.lines().into_iter().filter(is_score).collect()
}

#[test]
fn a_training_that_was_stopped_goes_on_to_the_same_digits() {
    let mut whole = prompt("prompt-whole", 110);
    say(&mut whole, LONG, "m: 1500 epochs");
    say(&mut whole, "score m", "seasonal");
    let wanted = scores(&whole);
    leave(whole);

    let folder = folder("prompt-stopped");
    let mut terminal = Terminal::sized(110, 40).start(&folder, &[]);
    terminal.wait_for_prompt_after("Ctrl-D ends");
    terminal.type_text(LONG);
    terminal.type_text("\r");
    terminal.wait_for("epoch ");
    // Any moment will do.
    let moment = u64::from(std::process::id() % 500);
    std::thread::sleep(Duration::from_millis(moment));
    terminal.type_text("\u{3}");
    terminal.wait_for("weights kept; continue m epochs ");
    let screen = terminal.screen();
    let told = screen.split("weights kept; ").nth(1).unwrap();
    let rest = told.lines().next().unwrap().trim().to_owned();
    assert!(!screen.contains("steps/s"), "the line is left over:\n{screen}");
    say(&mut terminal, &rest, "m: 1500 epochs");
    say(&mut terminal, "score m", "seasonal");
    assert_eq!(scores(&terminal), wanted);

    say(&mut terminal, "save session to \"lesson.lstm\"", "saved the session");
    leave(terminal);
    let script = fs::read_to_string(folder.join("lesson.lstm")).unwrap();
    assert_eq!(script, format!("{LONG}\nscore m\n"));
    let mut replay = Terminal::sized(110, 40).start(&folder, &["lesson.lstm"]);
    assert_eq!(replay.end(), 0);
    assert_eq!(scores(&replay), wanted);
}

#[test]
fn a_second_ctrl_c_does_not_lose_the_session() {
    let mut terminal = prompt("prompt-twice", 110);
    say(&mut terminal, AIR, "67%");
    terminal.type_text(LONG);
    terminal.type_text("\r");
    terminal.wait_for("epoch ");
    terminal.type_text("\u{3}\u{3}\u{3}");
    terminal.wait_for("weights kept");
    say(&mut terminal, "show air", "93");
    leave(terminal);
}

#[test]
fn a_plot_is_drawn_and_a_statement_taken_back() {
    let mut terminal = prompt("prompt-plot", 80);
    say(&mut terminal, AIR, "67%");
    say(&mut terminal, "m = train lstm 2 -> dense 1 on air epochs 1", "m: 1 epoch");
    say(&mut terminal, "plot m", "plots/plot-1.svg");
    assert!(draws(&terminal.screen()), "{}", terminal.screen());
    say(&mut terminal, "undo", "taken back: m = train");
    say(&mut terminal, "score m", "nothing is named `m`");
    leave(terminal);
}

#[test]
fn the_history_is_searched_shared_and_private() {
    let folder = folder("prompt-history");
    let mut first = Terminal::sized(100, 40).start(&folder, &[]);
    first.wait_for_prompt_after("Ctrl-D ends");
    say(&mut first, AIR, "67%");
    say(&mut first, "help lstm", "long short-term memory");
    leave(first);
    let file = find(&folder, "history").expect("there is a history");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let mut second = Terminal::sized(100, 40).start(&folder, &[]);
    second.wait_for_prompt_after("Ctrl-D ends");
    second.type_text("\u{1b}[A");
    second.wait_for("> help lstm");
    second.type_text("\u{3}");
    second.wait_for_prompt_after("> help lstm");
    second.type_text("\u{12}split");
    second.wait_for("split 67%");
    second.type_text("\r");
    second.wait_for_prompt_after("67%");
    say(&mut second, "show air", "93");
    leave(second);
}

/// A file somewhere in a folder.
fn find(folder: &Path, name: &str) -> Option<std::path::PathBuf> {
    let entries = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    entries.map(|entry| entry.path()).find_map(|path| {
        if path.is_dir() {
            find(&path, name)
        } else {
            path.ends_with(name).then_some(path)
        }
    })
}

#[test]
fn bytes_that_are_no_text_are_left_out() {
    let mut terminal = prompt("prompt-bytes", 100);
    terminal.type_text("lstm 4 ");
    terminal.wait_for("> lstm 4 ");
    terminal.type_bytes(b"\xff");
    terminal.wait_for("bytes that are not UTF-8 were left out");
    say(&mut terminal, "-> dense 1", "101 weights");
    leave(terminal);
}

#[test]
fn a_large_paste_is_one_statement_and_a_huge_one_is_refused() {
    let mut terminal = prompt("prompt-paste", 100);
    let large =
        format!("\u{1b}[200~lstm 4 -> dense 1 # {}\u{1b}[201~\r", "x".repeat(1 << 20));
    terminal.type_text(&large);
    terminal.wait_for("101 weights");
    let huge = format!("\u{1b}[200~{}\u{1b}[201~\r", "# x\n".repeat(70_000));
    terminal.type_text(&huge);
    terminal.wait_for_prompt_after("too long for the prompt");
    say(&mut terminal, "lstm 4 -> dense 2", "106 weights");
    leave(terminal);
}

#[test]
fn a_narrow_terminal_is_enough() {
    let mut terminal = prompt("prompt-narrow", 20);
    terminal.type_text("airline | windw 3 |");
    terminal.wait_for("unknown data step");
    terminal.type_text("\t");
    terminal.wait_for("window 3 |");
    terminal.type_text(" log\r");
    say(&mut terminal, "lstm 4 -> dense 1", "weights");
    leave(terminal);
}

#[test]
fn keys_that_are_typed_while_a_statement_runs_wait_for_the_prompt() {
    let mut terminal = prompt("prompt-ahead", 110);
    say(&mut terminal, AIR, "67%");
    terminal.type_text("m = train lstm 32 -> dense 1 on air epochs 300\r");
    terminal.wait_for("epoch ");
    terminal.type_text("\u{12}split\r\u{4}");
    assert_eq!(terminal.end(), 0, "{}", terminal.screen());
    let screen = terminal.screen();
    assert_eq!(screen.matches("> data air = airline").count(), 2, "{screen}");
}

#[test]
fn wide_letters_are_names() {
    let mut terminal = prompt("prompt-wide", 80);
    say(&mut terminal, AIR, "67%");
    say(&mut terminal, "模型 = train lstm 2 -> dense 1 on air epochs 1", "模型: 1 epoch");
    terminal.type_text("score 模\t");
    terminal.wait_for("> score 模型 ");
    terminal.type_text("\r");
    terminal.wait_for_prompt_after("seasonal");
    leave(terminal);
}

#[test]
fn a_terminal_that_can_only_print_has_a_prompt_too() {
    let folder = folder("prompt-dumb");
    let mut terminal = Terminal::sized(80, 40).with("TERM", "dumb").start(&folder, &[]);
    terminal.wait_for_prompt_after("Ctrl-D ends");
    say(&mut terminal, "lstm 4 ->\rdense 1", "101 weights");
    assert!(!terminal.written().contains('\u{1b}'), "{:?}", terminal.written());
    leave(terminal);
}

#[test]
fn without_colour_the_ghost_is_told_apart_by_its_arrow() {
    let folder = folder("prompt-no-colour");
    let mut terminal = Terminal::sized(100, 40).with("NO_COLOR", "1").start(&folder, &[]);
    terminal.wait_for_prompt_after("Ctrl-D ends");
    terminal.type_text("lstm 4 -> dense 1");
    terminal.wait_for("dense 1  ⟵ 1x1 -> 4 -> 1, 101 weights");
    assert!(!terminal.written().contains("\u{1b}[3"), "{:?}", terminal.written());
    leave_typed(terminal);
}

#[test]
fn a_cell_is_walked_through_key_by_key() {
    let mut terminal = prompt("prompt-step", 100);
    say(&mut terminal, "data air = airline | split 67% | scale 0..1 | window 3", "67%");
    say(&mut terminal, "m = train lstm 2 -> dense 1 on air epochs 1", "m: 1 epoch");
    terminal.type_text("step m at 99\r");
    terminal.wait_for("step 1 of 3");
    terminal.type_text(" ");
    terminal.wait_for("step 2 of 3");
    assert!(!terminal.screen().contains("step 1 of 3"), "{}", terminal.screen());
    terminal.type_text("\u{1b}[D");
    terminal.wait_for("step 1 of 3");
    terminal.type_text("\r\r\r");
    terminal.wait_for("prediction of m for 1957-03 (row 99)");
    terminal.type_text("q");
    terminal.wait_for_prompt_after("row 99");
    say(&mut terminal, "predict m on [315 301 356]", "prediction of m, next");
    leave(terminal);
}

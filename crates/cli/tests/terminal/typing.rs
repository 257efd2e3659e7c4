//! What is typed while something else goes on is not lost.

use super::{QUESTIONS, folder};
use crate::terminal::Terminal;

#[test]
fn what_is_typed_ahead_is_kept() {
    let folder = folder("plots-typed");
    let answer = b"sc\x1bP>|foot(1.16)\x1b\\or\x1b[?62;4;22c";
    let setting = Terminal::sized(80, 60).answering(QUESTIONS, answer);
    let mut terminal = setting.start(&folder, &[]);
    terminal.wait_for("> ");
    terminal.type_text("plot airline | split 67%\r");
    terminal.wait_for("plot-1.svg");
    terminal.type_text("e it\r");
    terminal.wait_for("> score it");
    terminal.wait_for_prompt_after("there is no `it` yet");
    terminal.type_text("\u{4}");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn lines_that_are_typed_at_once_all_run() {
    let folder = folder("plots-lines");
    let mut terminal = Terminal::sized(80, 60).start(&folder, &[]);
    terminal.wait_for_prompt_after("help");
    terminal.type_text("seed 3\rseed 4\rseed 5\r");
    terminal.wait_for_prompt_after("> seed 5\nseed 5");
    terminal.type_text("\u{4}");
    assert_eq!(terminal.end(), 0);
}

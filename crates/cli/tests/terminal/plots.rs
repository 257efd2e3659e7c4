//! Plots: characters, pictures where the terminal says that it shows them, words.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{QUESTIONS, SMALL, draws, folder, run};
use crate::terminal::Terminal;

fn plot() -> String {
    SMALL.to_owned() + "plot m\n"
}

#[test]
fn a_plot_is_drawn_in_characters_as_wide_as_the_terminal() {
    for columns in [20, 80] {
        let name = format!("plots-{columns}");
        let terminal = run(Terminal::sized(columns, 60), &name, &plot(), &[]);
        let screen = terminal.screen();
        assert_eq!(terminal.broken_lines(), [""; 0]);
        assert!(draws(&screen), "{screen}");
        assert!(screen.contains("plots/air-1.svg"), "{screen}");
        assert!(terminal.written().contains("\u{1b}[36m"), "the fit has a colour");
        let drawn = terminal.lines().into_iter().filter(|line| draws(line));
        let widest = drawn.map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|widest| widest + 2 >= columns.into()), "{screen}");
    }
}

#[test]
fn without_colour_the_letters_tell_lines_apart() {
    let setting = Terminal::sized(80, 60).with("NO_COLOR", "1");
    let terminal = run(setting, "plots-no-colour", &plot(), &[]);
    let screen = terminal.screen();
    assert!(!terminal.written().contains("\u{1b}[3"), "{}", terminal.written());
    assert!(draws(&screen) && screen.contains("a train"), "{screen}");
}

#[test]
fn a_terminal_that_can_only_print_gets_no_escape_sequence() {
    let setting = Terminal::sized(80, 60).with("TERM", "dumb");
    let terminal = run(setting, "plots-dumb", &plot(), &[]);
    assert!(!terminal.written().contains('\u{1b}'), "{:?}", terminal.written());
    assert!(draws(&terminal.screen()), "{}", terminal.screen());
}

#[test]
fn in_words_a_plot_is_told() {
    for (words, variable) in [(&["--plain"][..], ""), (&[], "1")] {
        let setting = Terminal::sized(300, 60).with("CAROUSEL_PLAIN", variable);
        let terminal = run(setting, "plots-plain", &plot(), words);
        let screen = terminal.screen();
        assert!(!terminal.written().contains('\u{1b}') && !draws(&screen), "{screen}");
        assert!(screen.contains("across, row: 1949-01 to 1960-12"), "{screen}");
        assert!(
            screen.contains("lowest 104 at 1949-11, highest 622 at 1960-07"),
            "{screen}"
        );
    }
}

#[test]
fn kitty_gets_a_picture_and_is_not_asked() {
    let setting = Terminal::sized(80, 60).with("TERM", "xterm-kitty");
    let terminal = run(setting, "plots-kitty", &plot(), &[]);
    let written = terminal.written();
    // `iVBORw0KGgo` is how every PNG begins, in base64.
    assert!(written.contains("\u{1b}_Ga=T,f=100,q=2,c=79,m=1;iVBORw0KGgo"), "{written}");
    assert!(!written.contains("\u{1b}[c"));
    assert!(!draws(&terminal.screen()), "{}", terminal.screen());
    assert!(terminal.screen().contains("plot: plots/air-1.svg"));
}

#[test]
fn a_terminal_that_says_what_it_shows_gets_that() {
    for (name, answer, start) in [
        (
            "sixel",
            &b"\x1bP>|foot(1.16)\x1b\\\x1b[6;20;10t\x1b[?62;4;22c"[..],
            "\u{1b}Pq\"1;1;790;",
        ),
        ("sixel-only", b"\x1b[?62;4;22c", "\u{1b}Pq\"1;1;632;"),
        (
            "wezterm",
            b"\x1bP>|WezTerm 2024\x1b\\\x1b[?65;4c",
            "\u{1b}]1337;File=inline=1;",
        ),
        ("kitty", b"\x1bP>|kitty(0.35)\x1b\\\x1b[?62c", "\u{1b}_Ga=T,f=100,"),
    ] {
        let setting = Terminal::sized(80, 60).answering(QUESTIONS, answer);
        let terminal = run(setting, &format!("plots-says-{name}"), &plot(), &[]);
        assert!(terminal.written().contains(start), "{name}: {}", terminal.screen());
        assert!(!draws(&terminal.screen()), "{name}: {}", terminal.screen());
        // Its answer is read, not shown.
        assert!(!terminal.screen().contains("62"), "{name}: {}", terminal.screen());
    }
}

#[test]
fn a_terminal_without_pictures_is_asked_once_and_gets_characters() {
    let setting = Terminal::sized(80, 60)
        .answering(QUESTIONS, b"\x1bP>|XTerm(390)\x1b\\\x1b[?64;1;2c");
    let terminal = run(setting, "plots-says-no", &(plot() + "plot loss of m\n"), &[]);
    assert!(draws(&terminal.screen()));
    assert_eq!(terminal.written().matches("\u{1b}[16t").count(), 1);
}

#[test]
fn in_tmux_pictures_are_drawn_only_where_somebody_asks_for_them() {
    let tmux = || {
        let answer = b"\x1bP>|tmux 3.4\x1b\\\x1b[?1;2;4c";
        let setting = Terminal::sized(80, 60).with("TERM", "tmux-256color");
        setting.with("TMUX", "/tmp/tmux,1,0").answering(QUESTIONS, answer)
    };
    let terminal = run(tmux(), "plots-tmux", &plot(), &[]);
    assert!(draws(&terminal.screen()));
    assert!(!terminal.written().contains("\u{1b}[c"), "it is not asked");
    let script = "set plots graphics\n".to_owned() + &plot();
    let terminal = run(tmux(), "plots-tmux-wanted", &script, &[]);
    assert!(terminal.written().contains("\u{1b}Pq"), "{}", terminal.screen());
}

#[test]
fn plots_can_be_switched_off() {
    let terminal = run(
        Terminal::sized(80, 60),
        "plots-off",
        &("set plots off\n".to_owned() + &plot()),
        &[],
    );
    assert!(!draws(&terminal.screen()), "{}", terminal.screen());
    assert!(terminal.screen().contains("plot: fit of m, not drawn: `plots` is off"));
}

#[test]
fn a_window_is_opened_where_there_is_a_desktop() {
    let script = "set plots window\n".to_owned() + &plot();
    let terminal = run(Terminal::sized(120, 60), "plots-no-window", &script, &[]);
    let screen = terminal.screen();
    assert!(screen.contains("no window: there is no desktop here"), "{screen}");
    let bin = folder("plots-viewer");
    let viewer = bin.join("xdg-open");
    fs::write(&viewer, "#!/bin/sh\necho \"$1\" > opened.part; mv opened.part opened\n")
        .unwrap();
    fs::set_permissions(&viewer, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let setting = Terminal::sized(120, 60).with("DISPLAY", ":0").with("PATH", &path);
    let terminal = run(setting, "plots-window", &script, &[]);
    assert!(!terminal.screen().contains("no window"), "{}", terminal.screen());
    let opened = bin.with_file_name("plots-window").join("opened");
    let read = (0..200).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        fs::read_to_string(&opened).ok()
    });
    assert_eq!(read.as_deref(), Some("plots/air-1.svg\n"));
}

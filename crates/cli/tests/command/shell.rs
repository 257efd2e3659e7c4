//! What shells and `man` read.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{ends_with, folder, run, stdout};

/// Every command that `carousel --help` lists, asked in a folder that no other test empties.
fn commands(folder: &Path) -> Vec<String> {
    let help = stdout(&run(folder, &["--help"]));
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.is_empty());
    listed.filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
}

/// What a program makes of a text; none where this machine does not have it.
fn through(program: &str, words: &[&str], text: &str) -> Option<std::process::Output> {
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().ok()?;
    let mut input = child.stdin.take().expect("it is a pipe");
    input.write_all(text.as_bytes()).expect("the program reads its input");
    drop(input);
    Some(child.wait_with_output().expect("the program ends"))
}

#[test]
fn every_shell_gets_every_command() {
    let folder = folder("shell-completions");
    let commands = commands(&folder);
    assert!(commands.len() >= 9, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(&folder, &["completions", shell]);
        ends_with(&output, 0);
        for command in &commands {
            assert!(stdout(&output).contains(command), "{shell}: {command}");
        }
    }
    ends_with(&run(&folder, &["completions", "dos"]), 2);
}

#[test]
fn bash_completes_the_words_of_the_command() {
    let script = stdout(&run(&folder("shell-bash"), &["completions", "bash"]));
    let asked = format!(
        "{script}\nCOMP_WORDS=(carousel wat); COMP_CWORD=1\n\
         _carousel carousel wat carousel\necho \"${{COMPREPLY[@]}}\"\n"
    );
    let Some(output) = through("bash", &[], &asked) else { return };
    assert!(output.status.success(), "{output:?}");
    assert_eq!(stdout(&output).trim(), "watch", "{output:?}");
}

#[test]
fn the_manual_page_has_its_sections_and_all_commands() {
    let folder = folder("shell-man");
    let output = run(&folder, &["man"]);
    ends_with(&output, 0);
    let page = stdout(&output);
    for section in ["NAME", "SYNOPSIS", "OPTIONS", "COMMANDS", "\"EXIT STATUS\""] {
        assert!(page.contains(&format!(".SH {section}\n")), "{section}\n{page}");
    }
    // `man` itself reads it without a complaint, where there is one.
    let groff = through("groff", &["-man", "-ww", "-Tutf8", "-P-cbou"], &page);
    let Some(output) = groff else { return };
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let shown = stdout(&output);
    for command in commands(&folder) {
        assert!(shown.contains(&format!("carousel {command}")), "{command}\n{shown}");
    }
    assert!(shown.contains("an `expect` failed"), "{shown}");
}

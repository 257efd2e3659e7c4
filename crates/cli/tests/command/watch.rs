//! `carousel watch`, edited as editors do.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use super::{carousel, ends_with, folder, run, stderr};

/// Longer than any of these small programs takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

const SCRIPT: &str = "data air = csv \"air.csv\" | split 67% | scale 0..1 | window 3\n\
                      model m = lstm 2 -> dense 1\n\
                      train m on air epochs 2 batch 16\n\
                      show m\n";

/// A script that is being watched.
struct Watched {
    folder: PathBuf,
    child: Child,
    lines: Receiver<String>,
}

impl Watched {
    fn start(name: &str, script: &str) -> Watched {
        let folder = folder(name);
        let data: String = (0..60).map(|row| format!("{}\n", row % 12)).collect();
        let data = format!("passengers\n{data}");
        fs::write(folder.join("air.csv"), data).expect("data can be written");
        fs::write(folder.join("lesson.lstm"), script).expect("a script can be written");
        let mut command = carousel(&folder, &["watch", "lesson.lstm"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command starts");
        let (send, lines) = channel();
        let output = BufReader::new(child.stdout.take().expect("it is a pipe"));
        thread::spawn(move || {
            // The test may end first.
            output.lines().map_while(Result::ok).try_for_each(|line| send.send(line)).ok()
        });
        Watched { folder, child, lines }
    }

    /// What is printed up to a line that begins so, with that line.
    fn until(&self, begin: &str) -> String {
        let mut text = String::new();
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("no `{begin}` after:\n{text}"));
            text += &format!("{line}\n");
            if line.starts_with(begin) {
                return text;
            }
        }
    }

    /// What one run prints.
    fn pass(&self) -> String {
        self.until("== waiting")
    }

    /// Saves a file by another one that takes its place, as many editors do.
    fn replace(&self, file: &str, text: &str) {
        let beside = self.folder.join("beside");
        fs::write(&beside, text).expect("a file can be written");
        fs::rename(beside, self.folder.join(file))
            .expect("it can take the other's place");
    }

    fn save(&self, text: &str) {
        fs::write(self.folder.join("lesson.lstm"), text)
            .expect("a script can be written");
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn only_what_changed_runs_again() {
    let watched = Watched::start("watch-lines", SCRIPT);
    let first = watched.pass();
    assert!(first.starts_with("== lesson.lstm from line 1 on: data air"), "{first}");
    assert!(first.contains("m: 2 epochs"), "{first}");

    watched.save(&SCRIPT.replace("show m", "show weights of m"));
    let changed = watched.pass();
    assert!(changed.starts_with("== lesson.lstm from line 4 on: show weights of m"));
    assert!(!changed.contains("epochs"), "{changed}");

    watched
        .replace("lesson.lstm", &format!("# A note.\n{}", SCRIPT.replace("show m", "")));
    let noted = watched.pass();
    assert!(noted.starts_with("== lesson.lstm: no statement has changed"), "{noted}");

    watched.replace("lesson.lstm", &SCRIPT.replace("epochs 2", "epochs 3"));
    let trained = watched.pass();
    assert!(trained.starts_with("== lesson.lstm from line 3 on: train m"), "{trained}");
    assert!(trained.contains("m: 3 epochs"), "{trained}");
}

#[test]
fn a_changed_file_runs_what_reads_it() {
    let script = format!(
        "seed 3\n{SCRIPT}save m to \"m.safetensors\"\nn = load \"m.safetensors\"\n"
    );
    let watched = Watched::start("watch-data", &script);
    watched.pass();
    let data: String = (0..80).map(|row| format!("{}\n", row % 7)).collect();
    watched.replace("air.csv", &format!("passengers\n{data}"));
    let again = watched.pass();
    assert!(
        again.starts_with("== air.csv has changed; lesson.lstm from line 2 on: data"),
        "{again}"
    );
    assert!(again.contains("m: 2 epochs"), "{again}");
}

#[test]
fn errors_do_not_end_it() {
    let watched = Watched::start("watch-errors", SCRIPT);
    watched.pass();
    watched.save(&SCRIPT.replace("->", "=>>"));
    let wrong = watched.pass();
    assert!(wrong.starts_with("== lesson.lstm: nothing is run"), "{wrong}");
    fs::remove_file(watched.folder.join("lesson.lstm")).unwrap();
    thread::sleep(Duration::from_millis(500));
    watched.save(&format!("{SCRIPT}score nobody\nseed 3\n"));
    let failed = watched.pass();
    assert!(
        failed.starts_with("== lesson.lstm from line 5 on: score nobody"),
        "{failed}"
    );
    watched.save(&format!("{SCRIPT}score m\n"));
    let mended = watched.pass();
    assert!(mended.starts_with("== lesson.lstm from line 5 on: score m"), "{mended}");
    assert!(mended.contains("naive"), "{mended}");
}

#[test]
fn a_file_that_comes_later_is_waited_for() {
    let script = SCRIPT.replace("air.csv", "later.csv");
    let watched = Watched::start("watch-later", &script);
    assert!(!watched.pass().contains("epochs"));
    fs::copy(watched.folder.join("air.csv"), watched.folder.join("later.csv")).unwrap();
    let found = watched.pass();
    assert!(found.starts_with("== later.csv has changed"), "{found}");
    assert!(found.contains("m: 2 epochs"), "{found}");
}

#[test]
fn what_cannot_be_watched_ends_at_once() {
    let folder = folder("watch-nothing");
    for file in ["nothing.lstm", "-"] {
        let output = run(&folder, &["watch", file]);
        ends_with(&output, 2);
        assert!(!stderr(&output).is_empty());
    }
    assert!(!Path::new(&folder).join("plots").exists());
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_a_training_and_then_ends_the_watch() {
    let long = SCRIPT.replace("epochs 2", "epochs 10000000");
    let long = long.replace("train m", "show m\ntrain m");
    let mut watched = Watched::start("watch-stops", &long);
    let id = watched.child.id().to_string();
    let press = || {
        let kill = std::process::Command::new("kill").args(["-INT", &id]).status();
        assert!(kill.unwrap().success());
    };
    // The summary of the model comes just before its training.
    watched.until("m: lstm 2");
    thread::sleep(Duration::from_millis(700));
    press();
    let stopped = watched.pass();
    assert!(stopped.contains("weights kept"), "{stopped}");
    watched.save(&long.replace("epochs 10000000", "epochs 4"));
    assert!(watched.pass().contains("m: 4 epochs"));
    // The line comes just before Ctrl-C means the end.
    thread::sleep(Duration::from_millis(300));
    press();
    assert_eq!(watched.child.wait().unwrap().code(), Some(130));
}

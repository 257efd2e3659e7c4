//! What a running cell asks of the session: letters in a private folder, each in a folder
//! of its own, beside which the answer is laid. A line on stdout says that one has come,
//! so that letters keep their order among what the cell prints.
//!
//! A letter is `verb bytes`, a line break, a name of so many bytes, and data: UTF-8, or
//! numbers as `f64`, least byte first. An answer is `+` and data, or `-` and why not.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::prelude::Signs;
use super::{Display, World};

/// The letters of a session.
pub(super) struct Letterbox {
    signs: Signs,
    /// The names under which the running cell has drawn.
    drawn: BTreeSet<String>,
    /// What the displays of the running cell are told apart by from those of others, which
    /// may have drawn under the same names.
    cell: Uuid,
    panic: Option<Panic>,
}

/// What a panic says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Panic {
    pub(super) message: String,
    /// The line and column of the file that was compiled, from 1.
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) file: String,
}

impl Letterbox {
    pub(super) fn new(signs: &Signs) -> Letterbox {
        let (drawn, cell) = (BTreeSet::new(), Uuid::nil());
        Letterbox { signs: signs.clone(), drawn, cell, panic: None }
    }

    pub(super) fn signs(&self) -> &Signs {
        &self.signs
    }

    /// A cell begins. The first one makes the folder, for this user alone; where that
    /// fails, cells find out when they ask for something. Letters that lie there are of
    /// threads whose cells have ended; without its place such a thread does not wait.
    pub(super) fn begin(&mut self) {
        if private_folder(&self.signs.folder).is_err() {
            self.sweep(|name| name.parse::<usize>().is_ok());
        }
        self.cell = Uuid::new_v4();
        self.drawn.clear();
        self.panic = None;
    }

    /// Carries out what a letter asks for and answers it.
    pub(super) fn serve(&mut self, number: usize, world: &mut dyn World) {
        let place = self.place(number);
        // A child that was stopped may have taken its letter with it.
        let Ok(bytes) = fs::read(place.join("letter")) else { return };
        // It is carried out once, even if two lines on stdout tell of this place.
        let _ = fs::remove_file(place.join("letter"));
        let answer = match Letter::read(&bytes) {
            Some(letter) => self.carry_out(&letter, world),
            None => Err("the letter of this cell cannot be read".to_owned()),
        };
        let (sign, data) = match answer {
            Ok(data) => (b'+', data),
            Err(why) => (b'-', why.into_bytes()),
        };
        let answer = [&[sign], &*data].concat();
        let part = place.join("part");
        let written = fs::write(&part, answer)
            .and_then(|()| fs::rename(&part, place.join("answer")));
        if written.is_err() {
            // Without its place the cell knows that no answer will come.
            let _ = fs::remove_dir_all(&place);
        }
    }

    fn carry_out(
        &mut self,
        letter: &Letter<'_>,
        world: &mut dyn World,
    ) -> Result<Vec<u8>, String> {
        let name = letter.name;
        let text = || String::from_utf8_lossy(letter.data).into_owned();
        let nothing = Vec::new();
        match letter.verb {
            "get" => world.get(name).map(|values| {
                values.iter().flat_map(|value| value.to_le_bytes()).collect()
            }),
            "names" => Ok(world.names().join("\n").into_bytes()),
            "put" => world.put(name, &numbers(letter.data)).map(|()| nothing),
            "display" => {
                let (mime, data) = (name.to_owned(), text());
                world.display(Display { id: None, update: false, mime, data });
                Ok(nothing)
            }
            "redraw" => {
                let update = !self.drawn.insert(name.to_owned());
                let mime = "image/svg+xml".to_owned();
                let id = Some(format!("{name}-{}", self.cell));
                world.display(Display { id, update, mime, data: text() });
                Ok(nothing)
            }
            "clear" => {
                self.drawn.clear();
                world.clear();
                Ok(nothing)
            }
            "ask" => world.ask(name, false).map(String::into_bytes),
            verb => Err(format!("the kernel does not know how to `{verb}`")),
        }
    }

    /// Reads the letter of a panic. That of the cell itself is kept for its end; that of
    /// another thread comes back with the thread's name, for it may end well all the same.
    pub(super) fn panic(&mut self, number: usize) -> Option<(String, String)> {
        let place = self.place(number);
        let bytes = fs::read(place.join("letter")).ok()?;
        let _ = fs::remove_dir_all(&place);
        let letter = Letter::read(&bytes)?;
        let panic = Panic::read(&String::from_utf8_lossy(letter.data))?;
        let said = panic.message.clone();
        self.panic = Some(panic);
        let elsewhere = !letter.name.is_empty();
        elsewhere.then(|| (letter.name.to_owned(), format!("panicked: {said}")))
    }

    /// The last panic of the running cell.
    pub(super) fn take_panic(&mut self) -> Option<Panic> {
        self.panic.take()
    }

    /// Clears away what a child has left that has ended in the middle of something.
    pub(super) fn sweep_all(&self) {
        self.sweep(|_| true);
    }

    fn sweep(&self, is_left: impl Fn(&str) -> bool) {
        let Ok(entries) = fs::read_dir(&self.signs.folder) else { return };
        let left = |entry: &fs::DirEntry| is_left(&entry.file_name().to_string_lossy());
        for path in entries.flatten().filter(left).map(|entry| entry.path()) {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path));
        }
    }

    /// Takes the folder away: the session is over.
    pub(super) fn close(&self) {
        // What cannot be removed goes with other temporary files.
        let _ = fs::remove_dir_all(&self.signs.folder);
    }

    fn place(&self, number: usize) -> PathBuf {
        self.signs.folder.join(number.to_string())
    }
}

impl Drop for Letterbox {
    fn drop(&mut self) {
        self.close();
    }
}

struct Letter<'a> {
    verb: &'a str,
    name: &'a str,
    data: &'a [u8],
}

impl<'a> Letter<'a> {
    fn read(bytes: &'a [u8]) -> Option<Letter<'a>> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let (verb, length) = std::str::from_utf8(&bytes[..end]).ok()?.split_once(' ')?;
        let (name, data) = bytes[end + 1..].split_at_checked(length.parse().ok()?)?;
        Some(Letter { verb, name: std::str::from_utf8(name).ok()?, data })
    }
}

impl Panic {
    /// Reads `line`, `column`, `file` and the message, a line each but the last.
    fn read(text: &str) -> Option<Panic> {
        let mut parts = text.splitn(4, '\n');
        let mut next = || parts.next();
        let (line, column) = (next()?.parse().ok()?, next()?.parse().ok()?);
        let (file, message) = (next()?.to_owned(), next()?.to_owned());
        Some(Panic { message, line, column, file })
    }
}

fn numbers(bytes: &[u8]) -> Vec<f64> {
    let (numbers, _) = bytes.as_chunks::<8>();
    numbers.iter().map(|number| f64::from_le_bytes(*number)).collect()
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::Stream;

    /// A session with one series, that writes down what it is told.
    #[derive(Default)]
    struct Fake(Vec<String>);

    impl World for Fake {
        fn print(&mut self, _: Stream, text: &str) {
            self.0.push(text.to_owned());
        }
        fn display(&mut self, display: Display) {
            let id = display.id.unwrap_or_default();
            self.0.push(format!("{id} {} {}", display.update, display.data));
        }
        fn clear(&mut self) {
            self.0.push("clear".to_owned());
        }
        fn get(&mut self, name: &str) -> Result<Vec<f64>, String> {
            let missing = || format!("nothing is called `{name}`; there is series");
            (name == "series").then(|| vec![1.5, -2.0]).ok_or_else(missing)
        }
        fn names(&mut self) -> Vec<String> {
            vec!["series".to_owned(), "m.losses".to_owned()]
        }
        fn put(&mut self, name: &str, values: &[f64]) -> Result<(), String> {
            self.0.push(format!("{name} {values:?}"));
            Ok(())
        }
        fn ask(&mut self, prompt: &str, _: bool) -> Result<String, String> {
            Ok(format!("{prompt}: ä"))
        }
        fn is_stopped(&self) -> bool {
            false
        }
    }

    fn letterbox() -> Letterbox {
        let mut letters = Letterbox::new(&Signs::new());
        letters.begin();
        letters
    }

    fn post(letters: &Letterbox, letter: &[u8]) -> PathBuf {
        let place = letters.place(0);
        fs::create_dir(&place).unwrap();
        fs::write(place.join("letter"), letter).unwrap();
        place
    }

    /// Writes the letter as the cell does, and returns the answer.
    fn answer(letters: &mut Letterbox, world: &mut Fake, letter: &[u8]) -> Vec<u8> {
        let place = post(letters, letter);
        letters.serve(0, world);
        let answer = fs::read(place.join("answer")).unwrap();
        fs::remove_dir_all(place).unwrap();
        answer
    }

    #[test]
    fn values_come_and_go_bit_by_bit() {
        let (mut letters, mut world) = (letterbox(), Fake::default());
        let got = answer(&mut letters, &mut world, b"get 6\nseries");
        assert_eq!(got[0], b'+');
        assert_eq!(numbers(&got[1..]), [1.5, -2.0]);
        let put = [b"put 1\ny".to_vec(), 0.1_f64.to_le_bytes().to_vec()].concat();
        assert_eq!(answer(&mut letters, &mut world, &put), b"+");
        assert_eq!(world.0, ["y [0.1]"]);
        assert_eq!(
            answer(&mut letters, &mut world, b"get 1\ny"),
            b"-nothing is called `y`; there is series"
        );
    }

    #[test]
    fn texts_are_utf8_and_names_may_hold_anything() {
        let (mut letters, mut world) = (letterbox(), Fake::default());
        let asked = "ask 5\na\nä?";
        let told = answer(&mut letters, &mut world, asked.as_bytes());
        assert_eq!(String::from_utf8(told).unwrap(), "+a\nä?: ä");
        assert_eq!(answer(&mut letters, &mut world, b"names 0\n"), b"+series\nm.losses");
    }

    #[test]
    fn a_drawing_replaces_the_one_of_its_name_within_a_cell() {
        let (mut letters, mut world) = (letterbox(), Fake::default());
        let first = letters.cell;
        answer(&mut letters, &mut world, b"redraw 1\naone");
        answer(&mut letters, &mut world, b"redraw 1\natwo");
        letters.begin();
        let second = letters.cell;
        answer(&mut letters, &mut world, b"redraw 1\nathree");
        let shown = [
            format!("a-{first} false one"),
            format!("a-{first} true two"),
            format!("a-{second} false three"),
        ];
        assert_eq!(world.0, shown);
        assert_ne!(first, second);
    }

    #[test]
    fn letters_that_are_none_are_answered_too() {
        let (mut letters, mut world) = (letterbox(), Fake::default());
        for letter in ["", "get", "get x\n", "get 9\nab", "dance 0\n"] {
            assert_eq!(answer(&mut letters, &mut world, letter.as_bytes())[0], b'-');
        }
        letters.serve(17, &mut world);
    }

    #[test]
    fn the_panic_of_the_cell_is_kept_and_that_of_a_thread_told() {
        let mut letters = letterbox();
        post(&letters, b"panic 0\n12\n5\nsrc/lib.rs\nof 3\nlines");
        assert_eq!(letters.panic(0), None);
        let kept = letters.take_panic().unwrap();
        assert_eq!((kept.line, kept.column, &*kept.message), (12, 5, "of 3\nlines"));
        post(&letters, b"panic 6\nworker1\n1\nsrc/lib.rs\nboom");
        let told = ("worker".to_owned(), "panicked: boom".to_owned());
        assert_eq!(letters.panic(0), Some(told));
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_private_and_goes_at_the_end() {
        use std::os::unix::fs::PermissionsExt;
        let letters = letterbox();
        let folder = letters.signs().folder.clone();
        let mode = fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        post(&letters, b"get 0\n");
        letters.sweep_all();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        drop(letters);
        assert!(!folder.exists());
    }
}

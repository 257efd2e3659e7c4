//! What was typed: lines of earlier sessions, from the file that the prompt shares, and the
//! cells of this one.

use std::path::PathBuf;

use carousel::history::{LINES, LONGEST, file};
use rustyline::Config;
use rustyline::history::{FileHistory, History as _};
use serde_json::{Value, json};

use crate::wire::Request;

/// The number of the running session; earlier ones are 0, as the file does not tell them
/// apart.
const NOW: i64 = 1;

/// All that was typed, the oldest first.
pub(crate) struct History {
    entries: Vec<Entry>,
    file: Option<PathBuf>,
    /// The lines of the file, as it was written last.
    lines: FileHistory,
    /// Those that are to be added.
    fresh: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    session: i64,
    line: i64,
    input: String,
    output: String,
}

impl History {
    /// With the lines of earlier sessions, where they can be read.
    pub(crate) fn open() -> History {
        let file = file().ok();
        let mut lines = FileHistory::with_config(&config());
        if let Some(file) = &file {
            // The first session has none, and what is no text is no history.
            let _ = lines.load(file);
        }
        let entry = |(line, input): (usize, &String)| Entry {
            session: 0,
            line: line as i64 + 1,
            input: input.clone(),
            output: String::new(),
        };
        let entries = lines.iter().enumerate().map(entry).collect();
        History { entries, file, lines, fresh: Vec::new() }
    }

    /// Keeps a cell; [`History::save`] writes it.
    pub(crate) fn add(&mut self, count: usize, input: &str, output: String) {
        let input = input.trim_end().to_owned();
        if input.is_empty() {
            return;
        }
        if input.len() <= LONGEST {
            self.fresh.push(input.clone());
        }
        self.entries.push(Entry { session: NOW, line: count as i64, input, output });
    }

    /// Adds to the file what is new.
    pub(crate) fn save(&mut self) {
        let Some(file) = &self.file else { return };
        if !file.exists() {
            // Somebody has taken it away, and what stood in it is to be forgotten.
            self.lines = FileHistory::with_config(&config());
        }
        for line in self.fresh.drain(..) {
            // What is refused is the same as the last line.
            let _ = self.lines.add(&line);
        }
        // A full disk costs the history, not the session.
        let _ = self.lines.append(file);
    }

    /// The content of a `history_reply`.
    pub(crate) fn answer(&self, request: &Request) -> Value {
        let output = request.flag("output", false);
        let most = usize::try_from(request.number("n", i64::MAX)).unwrap_or(0);
        let mut found: Vec<&Entry> = match request.text("hist_access_type") {
            Some("range") => self.range(request),
            Some("search") => self.search(request),
            _ => self.entries.iter().collect(),
        };
        if request.text("hist_access_type") != Some("range") {
            found.drain(..found.len().saturating_sub(most));
        }
        let entry = |entry: &Entry| match output {
            true => json!([entry.session, entry.line, [entry.input, entry.output]]),
            false => json!([entry.session, entry.line, entry.input]),
        };
        let found: Vec<Value> = found.into_iter().map(entry).collect();
        json!({ "status": "ok", "history": found })
    }

    /// Cells of one session; 0 and below count back from the running one.
    fn range(&self, request: &Request) -> Vec<&Entry> {
        let session = match request.number("session", 0) {
            back if back <= 0 => NOW + back,
            named => named,
        };
        let start = request.number("start", 0);
        let stop = request.number("stop", i64::MAX);
        let within = |entry: &&Entry| {
            entry.session == session && (start..stop).contains(&entry.line)
        };
        self.entries.iter().filter(within).collect()
    }

    fn search(&self, request: &Request) -> Vec<&Entry> {
        let pattern: Vec<char> = request.text("pattern").unwrap_or("*").chars().collect();
        let mut found: Vec<&Entry> =
            self.entries.iter().filter(|entry| is_like(&pattern, &entry.input)).collect();
        if request.flag("unique", false) {
            let mut seen = std::collections::BTreeSet::new();
            found.reverse();
            found.retain(|entry| seen.insert(&entry.input));
            found.reverse();
        }
        found
    }
}

fn config() -> Config {
    let config = Config::builder().max_history_size(LINES);
    config.map_or_else(|_| Config::default(), |config| config.build())
}

/// Whether a text is like a pattern in which `*` stands for any text and `?` for any
/// character. Time and memory are those of the two lengths multiplied at most.
fn is_like(pattern: &[char], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, taken)) = star else { return false };
                star = Some((at, taken + 1));
                p = at + 1;
                t = taken + 1;
            }
        }
    }
    pattern[p..].iter().all(|left| *left == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text_and_a_question_mark_any_character() {
        for (pattern, text, like) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("l*4", "lstm 4", true),
            ("l*4", "lstm 4 -> dense 1", false),
            ("*dense*", "lstm 4 -> dense 1", true),
            ("l?tm*", "lstm", true),
            ("?", "模", true),
            ("*a*a*a*a*b", &"a".repeat(5000), false),
        ] {
            let pattern: Vec<char> = pattern.chars().collect();
            assert_eq!(is_like(&pattern, text), like, "{pattern:?} {text}");
        }
    }
}

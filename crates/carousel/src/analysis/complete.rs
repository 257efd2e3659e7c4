//! What can stand at the cursor: words of the language with their help, names of the
//! session, files and columns.

use std::ops::Range;
use std::path::Path;

use carousel_data::Source as Begin;
use carousel_lang::ast::{BindingBody, Statement, StatementKind};
use carousel_lang::reading::{Expected, Want, expected};
use carousel_lang::vocabulary::Entry;
use carousel_lang::{Source, Sources, parse};

use crate::Session;
use crate::read;
use crate::state::{Named, State};
use crate::work::Work;

/// Files are offered up to this many; a folder may hold any number.
const FILES: usize = 200;

/// What can stand at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The bytes that a candidate replaces.
    pub range: Range<usize>,
    /// What begins as the text there does, the most likely first.
    pub candidates: Vec<Candidate>,
}

/// One thing that can stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What is typed.
    pub text: String,
    /// What kind of thing it is: `layer`, `model`, `file`.
    pub kind: &'static str,
    /// One line that says what it means.
    pub help: String,
}

impl Session {
    /// What can stand at byte `cursor` of a text.
    pub fn complete(&mut self, text: &str, cursor: usize) -> Completion {
        let mut sources = Sources::default();
        let source = sources.add("<typed>", text).clone();
        let expected = expected(&source, cursor);
        let typed = source.text[expected.word.clone()].to_owned();
        let found = self.look(|work| {
            let named = named_before(&source, expected.word.start, &work.state);
            candidates(work, &expected, &named, &typed)
        });
        let fits = |candidate: &Candidate| begins(&candidate.text, &typed);
        let mut candidates: Vec<Candidate> = found.into_iter().filter(fits).collect();
        let mut seen = std::collections::BTreeSet::new();
        candidates.retain(|candidate| seen.insert(candidate.text.clone()));
        Completion { range: expected.word, candidates }
    }
}

/// Whether a candidate goes on from what was typed; capital letters do not matter.
fn begins(candidate: &str, typed: &str) -> bool {
    let mut letters = candidate.chars().flat_map(char::to_lowercase);
    typed.chars().flat_map(char::to_lowercase).all(|c| letters.next() == Some(c))
}

/// A name that the text itself gives before the cursor.
struct NamedHere {
    name: String,
    kind: &'static str,
}

fn named_before(source: &Source, cursor: usize, state: &State) -> Vec<NamedHere> {
    let (program, _) = parse(source);
    let before = program.statements.iter().filter(|s| s.span.range().end <= cursor);
    let name = |statement: &Statement| match &statement.kind {
        StatementKind::Binding(binding) => {
            let kind = match &binding.body {
                BindingBody::Value(value) if read::is_data(value, state) => "data",
                BindingBody::Value(_) | BindingBody::Command(_) => "model",
            };
            Some(NamedHere { name: binding.name.text.clone(), kind })
        }
        StatementKind::Cell(cell) => {
            Some(NamedHere { name: cell.name.text.clone(), kind: "cell" })
        }
        StatementKind::Command(_) | StatementKind::Value(_) => None,
    };
    before.filter_map(name).collect()
}

fn candidates(
    work: &mut Work<'_>,
    expected: &Expected,
    here: &[NamedHere],
    typed: &str,
) -> Vec<Candidate> {
    let mut found = Vec::new();
    for want in &expected.wants {
        match want {
            Want::Entry(entry) => found.push(of_entry(entry)),
            Want::Value(value, entry) => found.push(Candidate {
                text: (*value).to_owned(),
                kind: "value",
                help: format!("{}: {}", entry.word, entry.help),
            }),
            Want::Model => found.extend(names(&work.state, here, "model")),
            Want::Data => found.extend(names(&work.state, here, "data")),
            Want::Cell => found.extend(names(&work.state, here, "cell")),
            Want::File if expected.quoted => {
                found.extend(files(&work.path(""), typed));
            }
            Want::Column if expected.quoted => found.extend(columns(work, expected)),
            Want::File | Want::Column => {}
        }
    }
    found
}

fn of_entry(entry: &Entry) -> Candidate {
    let default = match entry.default {
        "" => String::new(),
        default => format!("; without it: {default}"),
    };
    let usage = match entry.usage {
        "" => String::new(),
        usage => format!("{usage}: "),
    };
    Candidate {
        text: entry.word.to_owned(),
        kind: entry.kind.name(),
        help: format!("{usage}{}{default}", entry.help),
    }
}

/// Names of one kind: those of the session, and those that the text gives.
fn names(state: &State, here: &[NamedHere], kind: &'static str) -> Vec<Candidate> {
    let told = |named: &Named| match named {
        Named::Data(data) => ("data", data.text.clone()),
        Named::Described(described) => ("model", described.text.clone()),
        Named::Trained(trained) => {
            ("model", format!("{}, trained", trained.described.text))
        }
        Named::Cell(_) => ("cell", "a cell of this session".to_owned()),
    };
    let known = state.names.iter().map(|(name, named)| {
        let (kind, help) = told(named);
        Candidate { text: name.clone(), kind, help }
    });
    let last = match kind {
        "model" => state.it_model.as_ref().map(|named| told(named).1),
        "data" => state.it_data.as_ref().map(|data| data.text.clone()),
        _ => None,
    };
    let it = last.map(|help| Candidate { text: "it".to_owned(), kind, help });
    let here = here.iter().map(|named| Candidate {
        text: named.name.clone(),
        kind: named.kind,
        help: "named above".to_owned(),
    });
    known.chain(here).chain(it).filter(|candidate| candidate.kind == kind).collect()
}

/// Files whose path goes on from what was typed; folders end with `/`.
fn files(base: &Path, typed: &str) -> Vec<Candidate> {
    let (folder, begun) = match typed.rsplit_once('/') {
        Some((folder, begun)) => (format!("{folder}/"), begun),
        None => (String::new(), typed),
    };
    let inside = base.join(&folder);
    let inside =
        if inside.as_os_str().is_empty() { Path::new(".").to_owned() } else { inside };
    let Ok(entries) = std::fs::read_dir(inside) else { return Vec::new() };
    let mut found: Vec<(String, bool)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            let is_folder = entry.path().is_dir();
            let hidden = name.starts_with('.') && !begun.starts_with('.');
            (!hidden && begins(&name, begun)).then_some((name, is_folder))
        })
        .take(FILES)
        .collect();
    found.sort();
    let candidate = |(name, is_folder): (String, bool)| Candidate {
        text: format!("{folder}{name}{}", if is_folder { "/" } else { "" }),
        kind: if is_folder { "folder" } else { "file" },
        help: String::new(),
    };
    found.into_iter().map(candidate).collect()
}

/// The columns of the file that the statement names, or of the data that its pipe begins
/// with.
fn columns(work: &mut Work<'_>, expected: &Expected) -> Vec<Candidate> {
    let file = match &expected.file {
        Some(file) => work.path(file),
        None => {
            let first = expected.first.as_deref().unwrap_or("it");
            let data = match work.state.names.get(first) {
                Some(Named::Data(data)) => Some(data.clone()),
                _ => work.state.it_data.clone().filter(|_| first == "it"),
            };
            match data.as_ref().map(|data| &data.recipe.source) {
                Some(Begin::Csv(csv)) => csv.file(work.folder),
                _ => return Vec::new(),
            }
        }
    };
    let columns = carousel_data::columns_of(&file).into_iter();
    let candidate = |text| Candidate { text, kind: "column", help: String::new() };
    columns.map(candidate).collect()
}

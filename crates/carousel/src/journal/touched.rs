//! What a statement reads and what it makes. `it` is two things, the last model and the
//! last data; all settings are one, and every statement reads it and the seed.

use std::collections::BTreeSet;
use std::sync::Arc;

use carousel_lang::ast::{
    Arg, ArgKind, BindingBody, Command, Operand, Part, PartKind, Statement,
    StatementKind, TestRight, Value, Verb,
};

use crate::state::{Named, State};

/// The last model.
const IT_MODEL: &str = "it (model)";
/// The last data.
const IT_DATA: &str = "it (data)";
/// What `set` has changed.
const SETTINGS: &str = "set";
/// What `seed` has said.
const SEED: &str = "seed";
/// What the last table compared.
pub(super) const TABLE: &str = "scores";

/// What a statement makes or changes.
pub(super) fn defined(
    statement: &Statement,
    before: &State,
    after: &State,
) -> BTreeSet<String> {
    let mut made = BTreeSet::new();
    let mut add = |changed: bool, name: &str| {
        if changed {
            made.insert(name.to_owned());
        }
    };
    for (name, named) in &after.names {
        add(!before.names.get(name).is_some_and(|old| is_same(old, named)), name);
    }
    let model = match (&before.it_model, &after.it_model) {
        (Some(old), Some(new)) => !is_same(old, new),
        (old, new) => old.is_some() != new.is_some(),
    };
    let data = match (&before.it_data, &after.it_data) {
        (Some(old), Some(new)) => !Arc::ptr_eq(old, new),
        (old, new) => old.is_some() != new.is_some(),
    };
    add(model, IT_MODEL);
    add(data, IT_DATA);
    // A statement that says what holds already still says it.
    let verb = verb(statement);
    add(before.settings != after.settings || verb == Some(Verb::Set), SETTINGS);
    add(before.seed != after.seed || verb == Some(Verb::Seed), SEED);
    add(matches!(verb, Some(Verb::Score | Verb::Compare)), TABLE);
    made
}

fn is_same(a: &Named, b: &Named) -> bool {
    match (a, b) {
        (Named::Data(a), Named::Data(b)) => Arc::ptr_eq(a, b),
        (Named::Described(a), Named::Described(b)) => Arc::ptr_eq(a, b),
        (Named::Trained(a), Named::Trained(b)) => Arc::ptr_eq(a, b),
        (Named::Cell(a), Named::Cell(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

fn verb(statement: &Statement) -> Option<Verb> {
    match &statement.kind {
        StatementKind::Command(command) => Some(command.verb),
        StatementKind::Binding(binding) => match &binding.body {
            BindingBody::Command(command) => Some(command.verb),
            BindingBody::Value(_) => None,
        },
        StatementKind::Cell(_) | StatementKind::Value(_) => None,
    }
}

/// What a statement reads, of what the state before it has.
pub(super) fn read(statement: &Statement, before: &State) -> BTreeSet<String> {
    let mut words = Words::default();
    match &statement.kind {
        StatementKind::Cell(_) => return BTreeSet::new(),
        StatementKind::Value(value) => words.value(value),
        StatementKind::Command(command) => words.command(command),
        StatementKind::Binding(binding) => match &binding.body {
            BindingBody::Value(value) => words.value(value),
            BindingBody::Command(command) => words.command(command),
        },
    }
    let mut read: BTreeSet<String> =
        words.found.into_iter().filter(|word| before.names.contains_key(word)).collect();
    if words.it {
        read.extend([IT_MODEL.to_owned(), IT_DATA.to_owned()]);
    }
    if words.table {
        read.insert(TABLE.to_owned());
    }
    read.extend([SETTINGS.to_owned(), SEED.to_owned()]);
    read
}

/// The words of a statement that can be names.
#[derive(Default)]
struct Words {
    found: BTreeSet<String>,
    it: bool,
    table: bool,
}

impl Words {
    fn word(&mut self, word: &str) {
        if word == "it" {
            self.it = true;
        }
        self.found.insert(word.to_owned());
    }

    fn value(&mut self, value: &Value) {
        value.parts().for_each(|part| self.part(part));
    }

    fn part(&mut self, part: &Part) {
        match &part.kind {
            PartKind::Word { word, args } => {
                self.word(&word.text);
                args.iter().for_each(|arg| self.arg(arg));
            }
            PartKind::Group(inner) => self.value(inner),
            PartKind::List(_) | PartKind::Literal(_) => {}
        }
    }

    fn arg(&mut self, arg: &Arg) {
        if let ArgKind::Word(word) = &arg.kind {
            self.word(word);
        }
    }

    fn command(&mut self, command: &Command) {
        command.subjects.iter().for_each(|value| self.value(value));
        for clause in &command.clauses {
            if let Operand::Value(value) = &clause.operand {
                self.value(value);
            }
        }
        if let Some(test) = &command.test {
            match &test.right {
                TestRight::Value(value) => self.value(value),
                TestRight::Arg(_) => {}
            }
        }
        let is_view = |word: &str| {
            command.view.iter().any(|view| view.text == word) || self.found.contains(word)
        };
        let of_table = command.verb == Verb::Plot && is_view("scores");
        // Without a subject, or with the word of a view alone, a command speaks of `it`.
        let alone = command.subjects.is_empty()
            || matches!(
                command.verb,
                Verb::Plot | Verb::Show | Verb::Save | Verb::Expect
            );
        let speaks = !matches!(command.verb, Verb::Set | Verb::Seed | Verb::Use);
        self.it |= alone && speaks;
        self.table |= of_table;
    }
}

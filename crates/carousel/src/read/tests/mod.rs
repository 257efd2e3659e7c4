//! What texts mean, what is said of wrong ones, and that the vocabulary is understood.

mod chains;
mod commands;
mod data;
mod vocabulary;

use std::collections::BTreeMap;
use std::sync::Arc;

use carousel_data::{Form, Preparation};
use carousel_lang::ast::{
    Arg, ArgKind, Binding, BindingBody, CellDefinition, Command, StatementKind, Value,
};
use carousel_lang::{Diagnostic, Sources, parse};
use carousel_net::train::Stopped;

use super::data as read_data;
use crate::state::{Data, Described, Named, State, Trained};

/// The first statement of a text that the parser has nothing against.
fn statement(text: &str) -> StatementKind {
    let mut sources = Sources::default();
    let (program, errors) = parse(sources.add("test", text));
    assert!(errors.is_empty(), "{text}: {errors:?}");
    program.statements.into_iter().next().expect("one statement").kind
}

fn value(text: &str) -> Value {
    match statement(text) {
        StatementKind::Value(value) => value,
        StatementKind::Binding(Binding { body: BindingBody::Value(value), .. }) => value,
        StatementKind::Command(command) => command.subjects[0].clone(),
        other => panic!("{text} is no value: {other:?}"),
    }
}

fn command(text: &str) -> Command {
    match statement(text) {
        StatementKind::Command(command) => command,
        other => panic!("{text} is no command: {other:?}"),
    }
}

fn cell(text: &str) -> CellDefinition {
    match statement(text) {
        StatementKind::Cell(cell) => cell,
        other => panic!("{text} is no cell: {other:?}"),
    }
}

/// `air` is data, `m` a described model, `one` a trained one, `mine` a cell.
fn state() -> State {
    let empty = State::default();
    let pipe = "airline | split 67% | scale 0..1 | window 3";
    let air = read_data(&value(pipe), &empty).expect("a pipe");
    let air = Arc::new(Data { text: "air".to_owned(), ..air });
    let m = Arc::new(described("lstm 4 -> dense 1", &empty));
    let one = Arc::new(trained(described("lstm 8 stateful -> dense 2", &empty)));
    let mine = cell("cell mine\n  h = tanh(W x + U h)\nend");
    State {
        names: BTreeMap::from([
            ("air".to_owned(), Named::Data(air)),
            ("m".to_owned(), Named::Described(m)),
            ("one".to_owned(), Named::Trained(one)),
            ("mine".to_owned(), Named::Cell(Arc::new(mine))),
        ]),
        ..State::default()
    }
}

fn described(text: &str, state: &State) -> Described {
    let mut networks = super::networks(&value(text), state).expect("a chain");
    assert_eq!(networks.len(), 1, "{text}");
    networks.remove(0)
}

/// A model that came from a file: no data, no training.
fn trained(described: Described) -> Trained {
    Trained {
        described,
        data: None,
        dataset: None,
        preparation: preparation(),
        trainings: Vec::new(),
        fits: Vec::new(),
        stopped: Stopped::Done,
        epochs: 100,
    }
}

/// A message as `code title | hint`.
fn said(error: &Diagnostic) -> String {
    assert!(!error.labels.is_empty(), "no place: {error:?}");
    let code = error.code.map_or(String::new(), |code| format!("{code} "));
    format!("{code}{} | {}", error.title, error.hint.as_deref().unwrap_or("-"))
}

fn preparation() -> Preparation {
    Preparation {
        inputs: vec!["value".to_owned()],
        target: "value".to_owned(),
        steps: Vec::new(),
        form: Form::Window { steps: 3, as_features: false, ahead: 1 },
    }
}

/// Whether an argument is this word.
fn arg_is(arg: &Arg, word: &str) -> bool {
    matches!(&arg.kind, ArgKind::Word(text) if text == word)
}

//! Every word that the vocabulary calls ready is understood, by its own example.

use carousel_lang::ast::{PartKind, Value};
use carousel_lang::vocabulary::{Entry, WordKind, entries, find_kind};

use super::{command, state, value};
use crate::read::{Subject, TrainingWords, subject, training};

fn ready(kind: WordKind) -> impl Iterator<Item = &'static Entry> {
    // `load` begins no pipe: what it gives is a model.
    entries(kind).filter(|entry| entry.ready && entry.word != "load")
}

/// The values of an example; `compare naive, m` has several.
fn values(example: &str) -> Vec<Value> {
    match example.strip_prefix("compare ") {
        Some(_) => command(example).subjects,
        None => vec![value(example)],
    }
}

#[test]
fn examples_of_data_and_layers_are_understood() {
    let kinds = [
        WordKind::Source,
        WordKind::Step,
        WordKind::Layer,
        WordKind::Baseline,
        WordKind::Activation,
        WordKind::PartOption,
    ];
    for entry in kinds.into_iter().flat_map(ready) {
        let values = values(entry.example);
        let holds =
            |value: &Value| value.parts().any(|part| stands_in(entry, &part.kind));
        assert!(values.iter().any(holds), "{}: {}", entry.word, entry.example);
        for value in values {
            let read = subject(&value, &state());
            let read =
                read.unwrap_or_else(|error| panic!("{}: {error:?}", entry.example));
            let is_data = matches!(read, Subject::Data(_));
            let wants_data = matches!(entry.kind, WordKind::Source | WordKind::Step);
            assert_eq!(is_data, wants_data, "{}", entry.example);
        }
    }
}

fn stands_in(entry: &Entry, part: &PartKind) -> bool {
    let PartKind::Word { word, args } = part else { return false };
    word.text == entry.word || args.iter().any(|arg| super::arg_is(arg, entry.word))
}

/// The options that a layer, source or step says it takes are all read.
#[test]
fn no_option_of_a_ready_word_is_unknown() {
    let kinds = [WordKind::Source, WordKind::Step, WordKind::Layer];
    for entry in kinds.into_iter().flat_map(ready) {
        for option in entry.options {
            let text = match entry.kind {
                WordKind::Step => format!("airline | {} {option} 12", entry.word),
                WordKind::Source if entry.word == "csv" => {
                    format!("csv \"f\" {option} 12")
                }
                _ => format!("{} 12 {option} 0.5", entry.word),
            };
            if let Err(error) = subject(&value(&text), &state()) {
                assert_ne!(error.code, Some("E7"), "{text}: {}", error.title);
            }
        }
    }
}

#[test]
fn training_options_are_understood() {
    let train = find_kind("train", WordKind::Verb).expect("a verb");
    for option in train.options {
        let entry = find_kind(option, WordKind::CommandOption).expect("an option");
        assert!(entry.ready, "{option}");
        let usage = entry.usage.split(" or ").next().expect("the first way");
        let usage = usage.replace('N', "5").replace('X', "0.5");
        let with = match *option {
            "momentum" => "with sgd",
            "nesterov" => "with sgd momentum 0.5",
            "decay" => "with adamw",
            _ => "",
        };
        let said = command(&format!("train m {with} {option} {usage}"));
        let read = training(&said).unwrap_or_else(|error| panic!("{option}: {error:?}"));
        let without = command(&format!("train m {with}"));
        let any = TrainingWords { any: true, ..training(&without).expect("nothing") };
        if ["mse", "on"].contains(&usage.as_str()) {
            assert_eq!(read, any, "{option} {usage} is the default");
        } else {
            assert_ne!(read, any, "{option} {usage} changes nothing");
        }
    }
}

//! What statements need of their subjects: one subject, a model that has learned, data
//! that fits it.

use std::sync::Arc;

use carousel_data::{Dataset, Form};
use carousel_lang::ast::{
    Arg, ArgKind, Clause, Command, Operand, Opt, Part, PartKind, Preposition, Value,
    Verb, Word,
};
use carousel_lang::{Diagnostic, Span, print_command, print_value, vocabulary};
use carousel_net::shape::DataShape;

use crate::read::{self, Subject};
use crate::state::{Data, Named, State, Trained};
use crate::work::Work;

/// The model that has learned which a subject names, and its name; `it` where no subject
/// is written.
///
/// # Errors
/// Where it names nothing, something else, or a model that has not learned yet.
pub(crate) fn trained(
    subject: Option<&Value>,
    command: &Command,
    work: &Work<'_>,
) -> Result<(String, Arc<Trained>), Diagnostic> {
    match subject {
        Some(value) => trained_value(value, &work.state),
        None => trained_value(&it(command.verb_span), &work.state),
    }
}

/// The same for a value that is written.
///
/// # Errors
/// As [`trained`].
pub(crate) fn trained_value(
    value: &Value,
    state: &State,
) -> Result<(String, Arc<Trained>), Diagnostic> {
    match read::subject(value, state)? {
        Subject::Trained { name, model } => Ok((name, model)),
        Subject::Networks(_) => Err(untrained(value, state)),
        Subject::Data(_) if single_word(value).is_some_and(|word| word.text == "it") => {
            Err(nothing_trained(value, state))
        }
        Subject::Data(data) => Err(not_a_model(value, &data.text, "data")),
        Subject::Baseline(_) => {
            let text = print_value(value);
            Err(not_a_model(value, &text, "a baseline")
                .note("a baseline has nothing to learn: `compare` takes it")
                .with_hint(format!("compare {text} on {}", some_data(state))))
        }
    }
}

/// The subject of a command that takes at most one.
///
/// # Errors
/// Where several are written.
pub(crate) fn only(command: &Command) -> Result<Option<&Value>, Diagnostic> {
    match &command.subjects[..] {
        [] => Ok(None),
        [value] => Ok(Some(value)),
        [_, second, ..] => {
            let verb = vocabulary::verb_word(command.verb);
            Err(Diagnostic::error(format!("`{verb}` takes one subject at a time"))
                .label(second.span, "a second one"))
        }
    }
}

/// The word `it` as a value.
pub(crate) fn it(span: Span) -> Value {
    let word = Word { text: "it".to_owned(), span };
    let kind = PartKind::Word { word, args: Vec::new() };
    Value { first: Part { kind, repeat: None, span }, rest: Vec::new(), span }
}

/// The word that a value is, if it is a single word with nothing after it.
pub(crate) fn single_word(value: &Value) -> Option<&Word> {
    match &value.first.kind {
        PartKind::Word { word, args }
            if args.is_empty()
                && value.rest.is_empty()
                && value.first.repeat.is_none() =>
        {
            Some(word)
        }
        PartKind::Word { .. }
        | PartKind::Group(_)
        | PartKind::List(_)
        | PartKind::Literal(_) => None,
    }
}

/// What the result of a command on a value is called: its name, or `it`.
pub(crate) fn name_of(value: &Value) -> String {
    single_word(value).map_or("it".to_owned(), |word| word.text.clone())
}

/// The data that a clause `on` names.
///
/// # Errors
/// Where it names no data.
pub(crate) fn on_data(
    command: &Command,
    state: &State,
) -> Result<Option<(Arc<Data>, Span)>, Diagnostic> {
    let Some(clause) = command.clause(Preposition::On) else { return Ok(None) };
    match &clause.operand {
        Operand::Value(value) => {
            Ok(Some((Arc::new(read::data(value, state)?), value.span)))
        }
        Operand::Number(_, span) | Operand::String(_, span) => {
            Err(Diagnostic::error("`on` needs data")
                .label(*span, "no data")
                .with_hint(format!("on {}", some_data(state))))
        }
    }
}

/// Each clause and option stands once, and only the verbs that have views and tests get
/// some: nothing that is written goes unread.
///
/// # Errors
/// The first thing that would.
pub(crate) fn all_is_read(command: &Command) -> Result<(), Diagnostic> {
    let verb = vocabulary::verb_word(command.verb);
    let clauses = command.clauses.iter().enumerate().find_map(|(k, clause)| {
        let same = |earlier: &&Clause| earlier.preposition == clause.preposition;
        let earlier = command.clauses[..k].iter().find(same)?;
        let word = preposition_word(clause.preposition);
        Some((word, clause.preposition_span, earlier.preposition_span))
    });
    // `loss mae until loss 0.01` has two of them.
    let options = command.options.iter().enumerate().find_map(|(k, option)| {
        let word = option.word.text.as_str();
        let same = |earlier: &&Opt| earlier.word.text == word && word != "loss";
        let earlier = command.options[..k].iter().find(same)?;
        Some((word, option.word.span, earlier.word.span))
    });
    if let Some((word, second, first)) = clauses.or(options) {
        return Err(Diagnostic::error(format!("`{word}` stands twice"))
            .label(second, "a second time")
            .label(first, "here already"));
    }
    let views =
        matches!(command.verb, Verb::Plot | Verb::Show | Verb::Save | Verb::Expect);
    if let Some(view) = command.view.first().filter(|_| !views) {
        let without = Command { view: Vec::new(), ..command.clone() };
        return Err(Diagnostic::error(format!("`{verb}` has no views"))
            .code("E7")
            .label(view.span, "not known here")
            .with_hint(print_command(&without)));
    }
    match &command.test {
        Some(test) if command.verb != Verb::Expect => {
            Err(Diagnostic::error("only `expect` compares")
                .label(test.relation_span, "not known here"))
        }
        Some(_) | None => Ok(()),
    }
}

fn preposition_word(preposition: Preposition) -> &'static str {
    match preposition {
        Preposition::On => "on",
        Preposition::From => "from",
        Preposition::To => "to",
        Preposition::At => "at",
        Preposition::As => "as",
        Preposition::With => "with",
    }
}

/// The clauses of a command are among those that it takes.
///
/// # Errors
/// The first that is not.
pub(crate) fn clauses(
    command: &Command,
    takes: &[Preposition],
) -> Result<(), Diagnostic> {
    let other = |clause: &&Clause| !takes.contains(&clause.preposition);
    if let Some(clause) = command.clauses.iter().find(other) {
        let verb = vocabulary::verb_word(command.verb);
        return Err(Diagnostic::error(format!("`{verb}` has no use for this"))
            .label(clause.preposition_span, "not known here")
            .note(format!("see: help {verb}")));
    }
    Ok(())
}

/// A model can read the data.
///
/// # Errors
/// Where steps, features or targets differ from what it was made for.
pub(crate) fn fits(
    model: DataShape,
    dataset: &Dataset,
    data: &str,
    span: Span,
) -> Result<(), Diagnostic> {
    let shape = shape_of(dataset);
    let steps = model.steps.is_none() || shape.steps.is_none() || model.every;
    let same_steps = steps || model.steps == shape.steps;
    if (DataShape { steps: model.steps, ..shape }) == model && same_steps {
        return Ok(());
    }
    Err(Diagnostic::error(format!("`{data}` does not fit the model"))
        .label(span, format!("gives {}", shape_text(shape)))
        .note(format!("the model was made for {}", shape_text(model))))
}

/// What data gives and asks for.
pub(crate) fn shape_of(dataset: &Dataset) -> DataShape {
    DataShape {
        steps: dataset.steps(),
        features: dataset.features(),
        symbols: None,
        width: dataset.width(),
        classes: None,
        every: dataset.every(),
    }
}

/// `3 steps of 1 value, and 1 target`
pub(crate) fn shape_text(shape: DataShape) -> String {
    let steps = shape
        .steps
        .map_or("any number of steps".to_owned(), |steps| count(steps, "step"));
    let values = count(shape.features, "value");
    let target = count(shape.width, "target");
    let each = if shape.every { " a step" } else { "" };
    format!("{steps} of {values}, and {target}{each}")
}

/// `1 step`, `3 steps`
pub(crate) fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// A name of data for hints: one that there is, or `airline` made ready.
pub(crate) fn some_data(state: &State) -> String {
    let of = |(name, named): (&String, &Named)| match named {
        Named::Data(_) => Some(name.clone()),
        Named::Described(_) | Named::Trained(_) | Named::Cell(_) => None,
    };
    let first = state.names.iter().find_map(of);
    first.unwrap_or_else(|| "(airline | split 67% | scale 0..1 | window 12)".to_owned())
}

/// A number typed as an argument that is whole and in a range.
///
/// # Errors
/// What is allowed.
pub(crate) fn whole(
    arg: &Arg,
    what: &str,
    low: u64,
    high: u64,
) -> Result<u64, Diagnostic> {
    if let ArgKind::Number(number) = arg.kind
        && number.fract() == 0.0
        && (low as f64..=high as f64).contains(&number)
    {
        return Ok(number as u64);
    }
    Err(Diagnostic::error(format!("{what} is a whole number from {low} to {high}"))
        .label(arg.span, "not one"))
}

/// Whether data has rows that follow each other, so that it has an end to go beyond.
pub(crate) fn is_series(form: &Form) -> bool {
    match form {
        Form::Window { .. } | Form::Stream { .. } => true,
        Form::Task | Form::Rows => false,
    }
}

fn untrained(value: &Value, state: &State) -> Diagnostic {
    let text = print_value(value);
    Diagnostic::error(format!("`{text}` has not learned yet"))
        .label(value.span, "a model without learned weights")
        .with_hint(format!("train {text} on {}", some_data(state)))
}

/// `plot loss` before anything was trained.
fn nothing_trained(value: &Value, state: &State) -> Diagnostic {
    Diagnostic::error("no model has been made yet")
        .label(value.span, "needs one")
        .with_hint(format!("train lstm 4 -> dense 1 on {}", some_data(state)))
}

fn not_a_model(value: &Value, text: &str, kind: &str) -> Diagnostic {
    Diagnostic::error(format!("`{text}` is {kind}, and a model is needed"))
        .code("E12")
        .label(value.span, "not a model")
}

//! `air = airline | window 3`, `one = train m on air`, `cell mine ... end`: a name for
//! something.

use std::sync::Arc;

use carousel_lang::ast::{
    Binding, BindingBody, CellDefinition, Kind, PartKind, Value, Verb, Word,
};
use carousel_lang::{Diagnostic, Span, print_command, print_value, vocabulary};

use super::load;
use crate::read;
use crate::state::{Data, Named};
use crate::work::{Halt, Outcome, Work};

pub(super) fn run(work: &mut Work<'_>, binding: &Binding) -> Outcome {
    match &binding.body {
        BindingBody::Command(command) if command.verb == Verb::Train => {
            check_kind(binding, Kind::Model, command.span)?;
            super::run(work, command, Some(&binding.name))
        }
        BindingBody::Command(command) => {
            let verb = vocabulary::verb_word(command.verb);
            Err(Diagnostic::error(format!("`{verb}` gives nothing that can have a name"))
                .label(command.verb_span, "only `train` gives a model")
                .with_hint(format!(
                    "{} = train lstm 4 -> dense 1 on air",
                    binding.name.text
                ))
                .into())
        }
        BindingBody::Value(value) => bind_value(work, binding, value),
    }
}

fn bind_value(work: &mut Work<'_>, binding: &Binding, value: &Value) -> Outcome {
    let name = &binding.name.text;
    if let Some((args, span)) = load::call(value) {
        check_kind(binding, Kind::Model, value.span)?;
        let loaded = Named::Trained(Arc::new(load::run(work, args, span)?));
        return set_model(work, name, loaded);
    }
    if read::is_data(value, &work.state) {
        check_kind(binding, Kind::Data, value.span)?;
        let data = read::data(value, &work.state)?;
        let data = Arc::new(Data { text: name.clone(), ..data });
        work.state.it_data = Some(Arc::clone(&data));
        work.state.names.insert(name.clone(), Named::Data(data));
        return Ok(());
    }
    check_kind(binding, Kind::Model, value.span)?;
    if let Some(trained) = name_of_trained(work, value) {
        return set_model(work, name, trained);
    }
    let described = one(read::networks(value, &work.state)?, value)?;
    if let Some(hint) = crate::hints::half_stateful(&described) {
        work.hint(hint)?;
    }
    set_model(work, name, Named::Described(Arc::new(described)))
}

/// `b = a` where `a` has learned: the same weights under a second name.
fn name_of_trained(work: &Work<'_>, value: &Value) -> Option<Named> {
    let PartKind::Word { word, args } = &value.first.kind else { return None };
    let alone = args.is_empty() && value.rest.is_empty() && value.first.repeat.is_none();
    let found = match word.text.as_str() {
        "it" => work.state.it_model.as_ref()?,
        name => work.state.names.get(name)?,
    };
    (alone && matches!(found, Named::Trained(_))).then(|| found.clone())
}

/// A name stands for one model: braces sweep where models are trained.
fn one<T>(mut networks: Vec<T>, value: &Value) -> Result<T, Diagnostic> {
    match (networks.pop(), networks.is_empty()) {
        (Some(network), true) => Ok(network),
        _ => {
            Err(Diagnostic::error("a name stands for one model, and braces make several")
                .label(value.span, "sweeps")
                .with_hint(format!("train {} on air", print_value(value))))
        }
    }
}

fn set_model(work: &mut Work<'_>, name: &str, model: Named) -> Outcome {
    work.state.it_model = Some(model.clone());
    work.state.names.insert(name.to_owned(), model);
    Ok(())
}

/// E12: the kind word says one thing and the value is another.
fn check_kind(binding: &Binding, is: Kind, value: Span) -> Result<(), Halt> {
    let Some((written, span)) = binding.kind.filter(|(kind, _)| *kind != is) else {
        return Ok(());
    };
    let word = |kind| match kind {
        Kind::Data => "data",
        Kind::Model => "model",
    };
    let body = match &binding.body {
        BindingBody::Value(value) => print_value(value),
        BindingBody::Command(command) => print_command(command),
    };
    let kind = match is {
        Kind::Data => "data, not a model",
        Kind::Model => "a model, not data",
    };
    Err(Diagnostic::error(format!("`{}` is {kind}", binding.name.text))
        .code("E12")
        .label(span, format!("says `{}`", word(written)))
        .label(value, format!("is {}", kind.split(',').next().unwrap_or(kind)))
        .with_hint(format!("{} {} = {body}", word(is), binding.name.text))
        .into())
}

/// `cell mine ... end`: checked at once by sizing it for one value and one unit.
pub(super) fn cell(work: &mut Work<'_>, definition: &CellDefinition) -> Outcome {
    let Word { text, .. } = &definition.name;
    let cell = Arc::new(definition.clone());
    crate::cells::check(&cell)?;
    work.state.names.insert(text.clone(), Named::Cell(cell));
    Ok(())
}

//! `show m`, `show air`, `show kernels of m`: models and data in words and tables.

pub(super) mod data;
mod equations;
mod kernels;
mod model;
mod weights;

pub(crate) use equations::of_cell;

use carousel_lang::ast::{Command, Preposition, Value};
use carousel_lang::vocabulary::{self, WordKind};
use carousel_lang::{Diagnostic, print_value};

use crate::asked::asked;
use crate::read::{self, Subject};
use crate::state::Named;
use crate::work::{Halt, Outcome, Work};
use crate::{Output, need};

/// What `show` can show.
pub(super) const VIEWS: [&str; 6] =
    ["model", "data", "shapes", "weights", "kernels", "equations"];

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    need::clauses(command, &[Preposition::On, Preposition::As])?;
    let asked = asked(command, &VIEWS, &work.state)?;
    let view = asked.view.as_ref().map(|view| view.text.as_str());
    if asked.subjects.is_empty() {
        let subject = current(work, view, command)?;
        return one(work, view, &subject, command);
    }
    asked.subjects.iter().try_for_each(|subject| one(work, view, subject, command))
}

/// The last thing made, where no subject is written.
fn current(
    work: &mut Work<'_>,
    view: Option<&str>,
    command: &Command,
) -> Result<Value, Halt> {
    if view == Some("data") && work.state.it_data.is_none() {
        return Err(Diagnostic::error("there is no data yet")
            .label(command.span, "nothing to show")
            .with_hint("data air = airline | split 67% | scale 0..1 | window 12")
            .into());
    }
    Ok(need::it(command.verb_span))
}

fn one(
    work: &mut Work<'_>,
    view: Option<&str>,
    value: &Value,
    command: &Command,
) -> Outcome {
    if let Some(cell) = cell(work, value) {
        return match view {
            None | Some("equations") => {
                work.say(equations::of_cell(&carousel_net::network::Cell::User(cell)))
            }
            Some(_) => Err(not_for(view, "a cell", value).into()),
        };
    }
    if view == Some("data")
        && let Some(data) = data::current(work, value)
    {
        return data::run(work, &data);
    }
    match (read::subject(value, &work.state)?, view) {
        (Subject::Data(data), None | Some("data")) => data::run(work, &data),
        (Subject::Data(_), Some(_)) => Err(not_for(view, "data", value).into()),
        (Subject::Baseline(_), _) => baseline(work, value),
        (Subject::Trained { name, model }, view) => {
            let about =
                About { name, described: &model.described, trained: Some(&model) };
            by_view(work, view, &about, command)
        }
        (Subject::Networks(networks), view) => {
            let name = need::name_of(value);
            networks.iter().try_for_each(|described| {
                let about = About { name: name.clone(), described, trained: None };
                by_view(work, view, &about, command)
            })
        }
    }
}

/// A model to show.
struct About<'a> {
    /// What it is called.
    name: String,
    /// Its layers.
    described: &'a crate::state::Described,
    /// What it has learned, if it has.
    trained: Option<&'a crate::state::Trained>,
}

fn by_view(
    work: &mut Work<'_>,
    view: Option<&str>,
    about: &About<'_>,
    command: &Command,
) -> Outcome {
    match view {
        Some("shapes") => model::shapes(work, about, command),
        Some("weights") => weights::run(work, about, command),
        Some("kernels") => kernels::run(work, about, command),
        Some("equations") => {
            work.say(equations::of_network(&about.name, &about.described.network))
        }
        Some("data") => data::of_model(work, about, command),
        Some(_) | None => model::run(work, about, command),
    }
}

/// The cell that a value names.
fn cell(
    work: &Work<'_>,
    value: &Value,
) -> Option<std::sync::Arc<carousel_lang::ast::CellDefinition>> {
    let word = need::single_word(value)?;
    match work.state.names.get(&word.text)? {
        Named::Cell(cell) => Some(cell.clone()),
        Named::Data(_) | Named::Described(_) | Named::Trained(_) => None,
    }
}

/// A baseline has no layers: what it does, in a sentence.
fn baseline(work: &mut Work<'_>, value: &Value) -> Outcome {
    let text = print_value(value);
    let word = text.split(' ').next().unwrap_or_default();
    let help = vocabulary::find_kind(word, WordKind::Baseline).map_or("", |e| e.help);
    work.show(Output::Text(format!("{text}: {help}; it has no weights to learn")))
}

fn not_for(view: Option<&str>, kind: &str, value: &Value) -> Diagnostic {
    let view = view.unwrap_or("model");
    let text = print_value(value);
    Diagnostic::error(format!("`{text}` is {kind}, and has no {view} to show"))
        .label(value.span, format!("{kind}, not a model"))
        .with_hint(format!("show {text}"))
}

//! `check mine 4 with lstm 4`: how far two models are apart, from equal weights or as
//! they have learned.

use std::sync::Arc;

use carousel_lang::ast::{Command, Operand, Preposition, Value};
use carousel_lang::{Diagnostic, print_value};
use carousel_net::agree::{self, Differences};
use carousel_net::network::Network;

use crate::output::Table;
use crate::read::{self, Subject};
use crate::state::{Described, Trained};
use crate::summarise;
use crate::work::{Outcome, Work};
use crate::{Output, need};

/// Differences up to here come from the order in which single-precision numbers are
/// added; the smallest that holds is told.
const TOLERANCES: [(f64, &str); 3] = [(1e-6, "1e-6"), (1e-5, "1e-5"), (1e-4, "1e-4")];

/// One side of the comparison.
enum Side {
    Learned(Arc<Trained>),
    Described(Described),
}

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    need::clauses(command, &[Preposition::With])?;
    let [one] = &command.subjects[..] else { return Err(two_models(command).into()) };
    let other = match command.clause(Preposition::With).map(|clause| &clause.operand) {
        Some(Operand::Value(value)) => value,
        Some(Operand::Number(..) | Operand::String(..)) | None => {
            return Err(two_models(command).into());
        }
    };
    let sides = (side(one, work)?, side(other, work)?);
    if work.dry {
        return Ok(());
    }
    let settings = work.state.settings.graph();
    let (differences, from) = match &sides {
        (Side::Learned(a), Side::Learned(b)) => {
            let found = agree::check_models(a.model(), b.model(), settings);
            (found, "as they have learned".to_owned())
        }
        _ => {
            let (a, b) = (sides.0.network(), sides.1.network());
            let features = summarise::size(work, a)?.shape.features;
            let seed = work.seed();
            let found = agree::check_networks(a, b, features, seed, settings);
            let values = need::count(features, "value");
            (found, format!("from the same weights, on steps of {values}"))
        }
    };
    let differences = differences.map_err(|error| error.or_label(command.span, ""))?;
    let title = format!("{} with {}, {from}", print_value(one), print_value(other));
    work.show(Output::Table(table(title, differences)))
}

impl Side {
    fn network(&self) -> &Network {
        match self {
            Side::Learned(trained) => &trained.described.network,
            Side::Described(described) => &described.network,
        }
    }
}

fn side(value: &Value, work: &Work<'_>) -> Result<Side, Diagnostic> {
    match read::subject(value, &work.state)? {
        Subject::Trained { model, .. } => Ok(Side::Learned(model)),
        Subject::Networks(networks) => match <[Described; 1]>::try_from(networks) {
            Ok([described]) => Ok(Side::Described(described)),
            Err(_) => Err(Diagnostic::error("`check` compares one model with one other")
                .label(value.span, "several models, by braces")),
        },
        Subject::Data(_) | Subject::Baseline(_) => {
            Err(Diagnostic::error("`check` compares two networks")
                .code("E12")
                .label(value.span, "not a network")
                .with_hint("check mine 4 with lstm 4"))
        }
    }
}

fn two_models(command: &Command) -> Diagnostic {
    Diagnostic::error("`check` needs two models")
        .label(command.span, "one model `with` another")
        .with_hint("check mine 4 with lstm 4")
}

fn table(title: String, differences: Differences) -> Table {
    let mut table = Table::new(title, &["", ">largest difference"]);
    let Differences { outputs, gradients, weights } = differences;
    let rows = [
        ("outputs", Some(outputs)),
        ("gradients", Some(gradients)),
        ("weights", weights),
    ];
    let found: Vec<(&str, f64)> =
        rows.into_iter().filter_map(|(what, size)| Some((what, size?))).collect();
    table.rows = found
        .iter()
        .map(|(what, size)| vec![(*what).to_owned(), difference_text(*size)])
        .collect();
    let sizes = found.iter().map(|(_, size)| *size);
    table.notes.push(verdict(sizes.fold(0.0, worse)));
    table
}

/// The larger one; what is not a number is worse than any.
fn worse(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

fn difference_text(size: f64) -> String {
    if size == 0.0 { "0".to_owned() } else { format!("{size:.1e}") }
}

fn verdict(size: f64) -> String {
    if size == 0.0 {
        return "they are the same, digit by digit".to_owned();
    }
    match TOLERANCES.iter().find(|(tolerance, _)| size <= *tolerance) {
        Some((_, text)) => format!("they are the same to {text}"),
        None => "they are not the same".to_owned(),
    }
}

//! Data that a program put in, as the statement that a script has in its place.

use carousel_data::Source;
use carousel_lang::ast::{Arg, ArgKind, BindingBody, PartKind, Statement, StatementKind};
use carousel_lang::{Diagnostic, Span};

use super::Entry;

/// The most values that a script holds as a list: nobody reads a longer line.
const LONGEST: usize = 10_000;

/// The statement of an entry; one that names data shows all of its values.
///
/// # Errors
/// Where they are too many for a script.
pub(super) fn whole(entry: &Entry) -> Result<Statement, Diagnostic> {
    let mut statement = entry.statement.clone();
    let Some(data) = &entry.put else { return Ok(statement) };
    let Source::List(values) = &data.recipe.source else { return Ok(statement) };
    if values.len() > LONGEST {
        let name = &data.text;
        return Err(Diagnostic::error(format!(
            "`{name}` has {} values, too many for a script",
            values.len()
        ))
        .note(format!("a program put them in, and up to {LONGEST} are written as a list"))
        .note("a script can read them from a file that the program writes")
        .with_hint(format!("{name} = csv \"{name}.csv\"")));
    }
    // It says how many values there are, and here they are.
    statement.remarks.clear();
    if let Some(items) = list_of(&mut statement) {
        let number =
            |value: &f64| Arg { kind: ArgKind::Number(*value), span: Span::default() };
        *items = values.iter().map(number).collect();
    }
    Ok(statement)
}

/// The list that a statement names.
fn list_of(statement: &mut Statement) -> Option<&mut Vec<Arg>> {
    let StatementKind::Binding(binding) = &mut statement.kind else { return None };
    let BindingBody::Value(value) = &mut binding.body else { return None };
    match &mut value.first.kind {
        PartKind::List(items) => Some(items),
        PartKind::Word { .. } | PartKind::Group(_) | PartKind::Literal(_) => None,
    }
}

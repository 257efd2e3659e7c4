//! Values that a program puts into a session: they become data, as a list that is typed
//! does.

use std::sync::Arc;

use carousel_data::{Dataset, Recipe, Source};
use carousel_lang::ast::{BindingBody, Statement, StatementKind};
use carousel_lang::{Diagnostic, Span, parse};

use super::Session;
use crate::level;
use crate::need::count;
use crate::state::{Data, Named};

/// How many values the text shows that messages point into.
const SHOWN: usize = 6;

impl Session {
    /// Gives values a name; they are data then: `series | split 67% | window 12`. `undo`
    /// takes it back, and `save session` writes them as a list.
    ///
    /// # Errors
    /// Where the name is none, there is no value, or one is not finite.
    pub fn put_values(&mut self, name: &str, values: &[f64]) -> Result<(), Diagnostic> {
        level::check()?;
        check(name, values)?;
        let source = self.sources.add("<put>", text(name, values)).clone();
        let line = Span::new(source.id, 0..source.text.len());
        let (program, errors) = parse(&source);
        if let Some(error) = errors.into_iter().next() {
            return Err(error);
        }
        let Some((statement, place)) = named(&program.statements, name) else {
            return Err(Diagnostic::error(format!("`{name}` is not one word"))
                .label(line, "a name is")
                .with_hint("series"));
        };
        let source = Source::List(values.to_vec());
        let recipe = Recipe { source, source_span: place, steps: Vec::new() };
        let data = Arc::new(Data { text: name.to_owned(), recipe });
        let mut state = self.state.clone();
        state.it_data = Some(Arc::clone(&data));
        state.names.insert(name.to_owned(), Named::Data(Arc::clone(&data)));
        let journal = self.journal.len();
        self.journal.remember_put(statement, &data, &self.state, &state);
        self.replace_state(state, line, journal);
        Ok(())
    }

    /// Data made ready, as the statements of the session have it or would have it.
    ///
    /// # Errors
    /// What is wrong with the recipe or its file.
    pub(crate) fn made_ready(&self, recipe: &Recipe) -> Result<Arc<Dataset>, Diagnostic> {
        let seed = self.state.seed.unwrap_or(self.default_seed);
        self.datasets.made(recipe, &self.folder, seed)
    }
}

/// There are values, all are numbers, and the name is not taken by what was made last.
fn check(name: &str, values: &[f64]) -> Result<(), Diagnostic> {
    if name == "it" {
        return Err(Diagnostic::error(
            "`it` is the last thing made and cannot be a name",
        )
        .note("what is put in is `it` until something else is made"));
    }
    if values.is_empty() {
        return Err(Diagnostic::error(format!("`{name}` has no values"))
            .note("data has one at least"));
    }
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(at) => Err(Diagnostic::error(format!(
            "`{name}` has a value that is not finite: {} at place {at}",
            values[at]
        ))
        .note("places are counted from 0; data is finite numbers")),
    }
}

/// `series = [112 118 132 129 121 135]  # the first of 144 values`
fn text(name: &str, values: &[f64]) -> String {
    let shown: Vec<String> = values.iter().take(SHOWN).map(number).collect();
    let more = match values.len() {
        all if all > SHOWN => format!("  # the first of {}", count(all, "value")),
        _ => String::new(),
    };
    format!("{name} = [{}]{more}", shown.join(" "))
}

/// The shortest digits that read back as the same number.
fn number(value: &f64) -> String {
    let text = format!("{value:?}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// The one statement that gives a list this name, and where the list stands. A kind word
/// is not taken for a part of the name.
fn named<'a>(statements: &'a [Statement], name: &str) -> Option<(&'a Statement, Span)> {
    let [statement] = statements else { return None };
    let StatementKind::Binding(binding) = &statement.kind else { return None };
    let BindingBody::Value(value) = &binding.body else { return None };
    let same = binding.kind.is_none() && binding.name.text == name;
    same.then_some((statement, value.span))
}

//! What is said where no values have a name: what there is, and the nearest of it.

use carousel_lang::Diagnostic;
use carousel_lang::vocabulary::suggest;

use crate::Session;
use crate::state::Named;

/// A message is no place for hundreds of names.
const MOST: usize = 24;

impl Session {
    /// Names what there is: of this model or data, where that is known, else all models
    /// and data.
    pub(super) fn unknown(&self, name: &str) -> Diagnostic {
        let all = self.value_names();
        let head = name.split('.').next().unwrap_or(name);
        let of_head = |known: &&String| {
            known
                .strip_prefix(head)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let near = suggest(name, all.iter().map(String::as_str));
        let own: Vec<&String> = all.iter().filter(of_head).collect();
        let title = match self.state().names.get(head) {
            Some(Named::Cell(_)) => format!("`{head}` is a cell, which has no values"),
            Some(Named::Described(_)) => format!("`{head}` has not learned yet"),
            _ if own.is_empty() => format!("nothing is named `{head}`"),
            _ if name == head => format!("`{head}` alone has no values, but parts of it"),
            _ => format!("`{head}` has no values `{}`", &name[head.len() + 1..]),
        };
        let mut error = Diagnostic::error(title);
        error = match (&own[..], &all[..]) {
            ([], []) => error.note("there are no values yet: models get them by `train`"),
            ([], _) => error.note(listed(&heads(&all))),
            (own, _) => error.note(listed(own)),
        };
        match near {
            Some(near) => error.with_hint(near),
            None => error,
        }
    }
}

/// The names before the dots.
fn heads(all: &[String]) -> Vec<&str> {
    let mut heads: Vec<&str> =
        all.iter().filter_map(|name| name.split('.').next()).collect();
    heads.dedup();
    heads
}

/// `there are m.loss, m.weights`
fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let shown: Vec<&str> = names.iter().take(MOST).map(AsRef::as_ref).collect();
    let rest = names.len() - shown.len();
    let more = if rest > 0 { format!(", and {rest} more") } else { String::new() };
    format!("there are {}{more}", shown.join(", "))
}

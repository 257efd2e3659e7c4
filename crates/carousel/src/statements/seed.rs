//! `seed 42`: what every random thing of the session starts from.

use carousel_lang::Diagnostic;
use carousel_lang::ast::{Command, PartKind};

use crate::need;
use crate::work::{Outcome, Work};

/// The largest seed: whole numbers up to it are exact as they are typed.
const LARGEST: u64 = 1 << 53;

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    need::clauses(command, &[])?;
    let number = match need::only(command)? {
        Some(value) if value.rest.is_empty() => match &value.first.kind {
            PartKind::Literal(arg) => Some(arg),
            PartKind::Word { .. } | PartKind::Group(_) | PartKind::List(_) => None,
        },
        Some(_) | None => None,
    };
    let Some(number) = number else {
        return Err(Diagnostic::error("`seed` needs a whole number")
            .code("E2")
            .label(command.span, "no number")
            .with_hint(format!("seed {}", work.seed()))
            .into());
    };
    let seed = need::whole(number, "a seed", 0, LARGEST)?;
    work.state.seed = Some(seed);
    work.say(format!("seed {seed}"))
}

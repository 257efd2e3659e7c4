//! The statements of a session that still matter, as a script.

use std::collections::BTreeSet;

use carousel_lang::ast::{ArgKind, Comment, Program, StatementKind, Verb};
use carousel_lang::{Diagnostic, Span, print};

use super::put::whole;
use super::touched::TABLE;
use super::{End, Entry, Journal};

impl Journal {
    /// A script that leads to the same names, weights and results: what made that which
    /// is there, and what was asked of it. Statements that were taken back, overtaken by
    /// a later one, or whose model has changed since are left out. `seed` is that of the
    /// session, where it is not the language's own.
    ///
    /// # Errors
    /// Where a program has put in more values than a script should hold.
    pub(crate) fn script(&self, seed: Option<u64>) -> Result<String, Diagnostic> {
        let matters = self.mattering();
        let kept = || self.entries.iter().filter(|entry| matters.contains(&entry.number));
        let finished: Vec<Finished> =
            kept().filter_map(|entry| finishes(entry, &kept)).collect();
        let rests: Vec<usize> = finished.iter().map(|pair| pair.rest).collect();
        let written = kept().filter(|entry| !rests.contains(&entry.number));
        let statements = written.map(|entry| {
            let mut statement = whole(entry)?;
            if !finished.iter().any(|pair| pair.training == entry.number) {
                statement.comments.extend(remark(entry));
            }
            Ok(statement)
        });
        let statements = statements.collect::<Result<_, Diagnostic>>()?;
        let program = Program { statements, trailing: Vec::new() };
        let seed = seed.map_or(String::new(), |seed| format!("seed {seed}\n"));
        Ok(seed + &print(&program))
    }

    fn mattering(&self) -> BTreeSet<usize> {
        let broken = self.broken();
        let sound = |number: &usize| !broken.contains(number);
        let names = self.entries.iter().flat_map(|entry| &entry.defines);
        let makers = names.filter_map(|name| self.maker(name)).filter(sound);
        let results = self.entries.iter().filter(|entry| {
            let only_told = entry.defines.iter().all(|name| name == TABLE);
            only_told && sound(&entry.number) && self.is_current(entry)
        });
        let mut open: Vec<usize> =
            makers.chain(results.map(|entry| entry.number)).collect();
        let mut matters = BTreeSet::new();
        while let Some(number) = open.pop() {
            if matters.insert(number) {
                let entry = self.entries.iter().find(|entry| entry.number == number);
                let reads = entry.into_iter().flat_map(|entry| &entry.reads);
                open.extend(reads.filter_map(|(_, maker)| *maker));
            }
        }
        matters
    }

    /// Whether all that a result speaks of is still what it was.
    fn is_current(&self, entry: &Entry) -> bool {
        let own = |name: &str| !matches!(name, "set" | "seed");
        let reads = entry.reads.iter().filter(|(name, _)| own(name));
        let mut same = reads.map(|(name, maker)| self.maker(name) == *maker);
        same.all(|same| same)
    }

    /// Statements that a script cannot repeat: they ended with an error, or read what
    /// such a statement or one that was taken back has left.
    fn broken(&self) -> BTreeSet<usize> {
        let there: BTreeSet<usize> = self.entries.iter().map(|e| e.number).collect();
        let mut broken = BTreeSet::new();
        for entry in &self.entries {
            let lost = |maker: usize| broken.contains(&maker) || !there.contains(&maker);
            let reads_lost = entry.reads.iter().any(|(_, maker)| maker.is_some_and(lost));
            if entry.end == End::Failed || reads_lost {
                broken.insert(entry.number);
            }
        }
        broken
    }
}

/// A training that was stopped, and the `continue` that did the rest of it: together
/// they gave the digits of the training alone.
struct Finished {
    training: usize,
    rest: usize,
}

/// The training of which an entry is the rest, if nothing else has seen it unfinished.
fn finishes<'a, I: Iterator<Item = &'a Entry>>(
    entry: &Entry,
    kept: &impl Fn() -> I,
) -> Option<Finished> {
    let StatementKind::Command(command) = &entry.statement.kind else { return None };
    let [option] = &command.options[..] else { return None };
    let Some(ArgKind::Number(epochs)) = option.arg.as_ref().map(|arg| &arg.kind) else {
        return None;
    };
    if command.verb != Verb::Continue || option.word.text != "epochs" {
        return None;
    }
    let makers: Vec<usize> = entry.reads.iter().filter_map(|(_, maker)| *maker).collect();
    let training = kept().find(|other| {
        let left = match other.end {
            End::Stopped { epoch, of } => of.saturating_sub(epoch),
            End::Whole | End::Timed | End::Failed => return false,
        };
        makers.contains(&other.number) && left as f64 == *epochs
    })?;
    let reads_it = |other: &&Entry| {
        other.reads.iter().any(|(_, maker)| *maker == Some(training.number))
    };
    let alone = kept().filter(reads_it).all(|other| other.number == entry.number);
    let whole = entry.end == End::Whole;
    (alone && whole).then_some(Finished { training: training.number, rest: entry.number })
}

/// What a replay does otherwise.
fn remark(entry: &Entry) -> Option<Comment> {
    let text = match entry.end {
        End::Stopped { epoch, of } => {
            format!("it was stopped in epoch {epoch} of {of}; here it runs to its end")
        }
        End::Timed => "how far it comes in its time depends on the machine".to_owned(),
        End::Whole | End::Failed => return None,
    };
    Some(Comment { text, span: Span::default(), after_blank: false })
}

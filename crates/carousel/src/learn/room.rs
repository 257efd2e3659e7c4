//! Is there room for a training? What it takes goes in, a sentence on a large one or an
//! error on one that does not fit comes out, before anything is made.

use carousel_data::{Dataset, Sequences};
use carousel_lang::{Diagnostic, Span};
use carousel_net::engine::{Footprint, Settings};
use carousel_net::model::Like;
use carousel_net::network::Network;
use carousel_net::train::{Need, Options, Prospect};

use crate::need;
use crate::work::{Outcome, Work};

/// A training that takes so many bytes is large.
const LARGE: usize = 256 << 20;

/// What is to be trained.
pub(super) struct Plan<'a> {
    pub(super) network: &'a Network,
    pub(super) like: Like,
    pub(super) options: &'a Options,
    pub(super) dataset: &'a Dataset,
    /// How many seeds, and how many of them at once.
    pub(super) seeds: (usize, usize),
    pub(super) settings: Settings,
    /// The statement, for messages.
    pub(super) span: Span,
}

/// What a training takes now, and after `set memory low`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bytes {
    now: usize,
    low: usize,
}

/// Says what a large training takes.
///
/// # Errors
/// Where the machine has not so much free memory, and what would take less.
pub(super) fn make_sure(work: &mut Work<'_>, plan: &Plan<'_>) -> Outcome {
    let dataset = plan.dataset;
    let parts: Vec<&Sequences> = dataset.parts().map(|(_, part)| part).collect();
    let prospect = Prospect {
        network: plan.network,
        data: need::shape_of(dataset),
        like: plan.like,
        options: plan.options,
        train: &dataset.train,
        validation: dataset.validation.as_ref(),
        parts: &parts,
    };
    if prospect.at_most()?.saturating_mul(plan.seeds.0) < LARGE {
        return Ok(());
    }
    let need = |footprint| prospect.need(Settings { footprint, ..plan.settings });
    let now = need(plan.settings.footprint)?;
    let total = plan.total(now, work.dry);
    let short = free_bytes().filter(|free| total > *free);
    if total < LARGE && short.is_none() {
        return Ok(());
    }
    let low = need(Footprint::Low)?;
    if let Some(free) = short {
        let bytes = Bytes { now: total, low: plan.total(low, work.dry) };
        return Err(does_not_fit(bytes, free, plan).into());
    }
    let one = |need: Need| need.kept.saturating_add(need.working);
    match sentence(Bytes { now: one(now), low: one(low) }, plan.seeds.0) {
        Some(sentence) if !work.dry => work.say(sentence),
        _ => Ok(()),
    }
}

impl Plan<'_> {
    /// Of all seeds; `carousel check` makes the models and does not train them.
    fn total(&self, need: Need, dry: bool) -> usize {
        let (seeds, at_once) = self.seeds;
        let working = if dry { 0 } else { at_once.saturating_mul(need.working) };
        seeds.saturating_mul(need.kept).saturating_add(working)
    }
}

/// What is said of a large training of one seed: how many are trained at once is the
/// machine's affair, and a script says the same on every machine.
fn sentence(Bytes { now, low }: Bytes, seeds: usize) -> Option<String> {
    let what = if seeds > 1 { "each seed of this training" } else { "this training" };
    let takes = format!("{what} takes about {} of memory", text(now));
    let saves = text(low) != text(now) && low < now;
    match now >= LARGE {
        true if saves => Some(format!("{takes}; `set memory low` takes {}", text(low))),
        true => Some(takes),
        false => None,
    }
}

fn does_not_fit(bytes: Bytes, free: usize, plan: &Plan<'_>) -> Diagnostic {
    let error = Diagnostic::error(format!(
        "this training takes about {} of memory, and {} are free",
        text(bytes.now),
        text(free)
    ))
    .label(plan.span, "does not fit")
    .note("smaller batches, fewer steps (`window`, `stream`) and fewer units take less");
    match plan.options.batch {
        _ if bytes.low <= free => error.with_hint("set memory low"),
        0 | 1 => error,
        batch => error.with_hint(format!("batch {}", batch / 2)),
    }
}

/// `1.4 GiB`, `420 MiB`
fn text(bytes: usize) -> String {
    let mib = bytes as f64 / f64::from(1 << 20);
    match mib {
        ..999.5 => format!("{mib:.0} MiB"),
        ..1e6 => format!("{:.1} GiB", mib / 1024.0),
        _ => format!("{:.1} TiB", mib / 1024.0 / 1024.0),
    }
}

/// How much memory the machine has free, where it tells.
fn free_bytes() -> Option<usize> {
    available(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

/// What Linux says in `/proc/meminfo` may be taken without swapping.
fn available(meminfo: &str) -> Option<usize> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::{Bytes, available, sentence};

    const MIB: usize = 1 << 20;

    #[test]
    fn only_a_large_training_is_told_with_what_low_saves() {
        for (now, low, said) in [
            (255 * MIB, MIB, None),
            (256 * MIB, 256 * MIB, Some("this training takes about 256 MiB of memory")),
            (
                1434 * MIB,
                700 * MIB,
                Some(
                    "this training takes about 1.4 GiB of memory; `set memory low` takes \
                     700 MiB",
                ),
            ),
            (
                1000 * MIB,
                1001 * MIB - 1,
                Some("this training takes about 1.0 GiB of memory"),
            ),
        ] {
            assert_eq!(sentence(Bytes { now, low }, 1).as_deref(), said);
        }
        let each = sentence(Bytes { now: 300 * MIB, low: 300 * MIB }, 5);
        let said = "each seed of this training takes about 300 MiB of memory";
        assert_eq!(each.as_deref(), Some(said));
    }

    #[test]
    fn free_memory_is_read_where_it_is_told() {
        for (text, free) in [
            ("MemTotal: 9 kB\nMemFree: 1 kB\nMemAvailable:    4096 kB\n", Some(4 * MIB)),
            ("MemTotal: 9 kB\n", None),
            ("MemAvailable: many kB\n", None),
            ("", None),
        ] {
            assert_eq!(available(text), free, "{text}");
        }
    }
}

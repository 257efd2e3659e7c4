//! The line of a training that goes on: its epochs so far and the time since its start go
//! in, a text of at most so many columns comes out.

use std::time::Duration;

use crate::Epoch;
use unicode_width::UnicodeWidthStr;

/// From the lowest loss to the highest.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Characters of a whole sparkline.
const SPARKS: usize = 12;

/// Terminals with fewer columns than this have one blank between two things, not two.
const NARROW: usize = 24;

/// What is known of a training that goes on.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    last: Option<Epoch>,
    /// Epochs of all seeds.
    done: usize,
    /// For each character of the sparkline the last loss that falls there.
    losses: Vec<f64>,
}

impl Progress {
    /// One epoch more. Of seeds that are trained at the same time the last begun is
    /// shown.
    pub fn add(&mut self, epoch: &Epoch) {
        self.done += 1;
        if self
            .last
            .as_ref()
            .is_some_and(|last| epoch.seed.0 < last.seed.0 && last.number < last.of)
        {
            return;
        }
        if self.last.as_ref().is_none_or(|last| last.seed.0 != epoch.seed.0) {
            self.losses.clear();
        }
        let place = epoch.number.saturating_sub(1) * SPARKS / epoch.of.max(1);
        self.losses.resize(self.losses.len().max(place.min(SPARKS) + 1), epoch.loss);
        if let Some(last) = self.losses.last_mut() {
            *last = epoch.loss;
        }
        self.last = Some(epoch.clone());
    }

    /// The line in at most `width` columns: what matters least goes first.
    pub fn text(&self, elapsed: Duration, width: usize) -> String {
        let Some(last) = &self.last else { return String::new() };
        let seconds = elapsed.as_secs_f64().max(1e-3);
        let speed = (self.done * last.steps) as f64 / seconds;
        let all = last.of * last.seed.1;
        let left =
            seconds / self.done.max(1) as f64 * all.saturating_sub(self.done) as f64;
        let seed = match last.seed {
            (_, 1) => String::new(),
            (seed, of) => format!("seed {seed}/{of}"),
        };
        let validation = last
            .validation
            .map_or(String::new(), |loss| format!("validation {}", short(loss)));
        // With each its rank: the highest goes first.
        let mut parts = vec![
            (3, seed),
            (0, format!("epoch {}/{}", last.number, last.of)),
            (1, format!("loss {}", short(last.loss))),
            (4, validation),
            (5, sparkline(&self.losses)),
            (6, format!("{} steps/s", thousands(speed))),
            (2, format!("{} left", clock(left))),
        ];
        parts.retain(|(_, part)| !part.is_empty());
        let gap = if width < NARROW { " " } else { "  " };
        while joined(&parts, gap).width() > width && parts.len() > 1 {
            let worst = parts.iter().map(|(rank, _)| *rank).max();
            parts.retain(|(rank, _)| Some(*rank) != worst);
            // Without the word there is room for the loss in twenty columns.
            if worst == Some(2) {
                parts[0].1 = format!("{}/{}", last.number, last.of);
            }
        }
        joined(&parts, gap)
    }
}

fn joined(parts: &[(u8, String)], gap: &str) -> String {
    parts.iter().map(|(_, part)| part.as_str()).collect::<Vec<_>>().join(gap)
}

/// Each loss as a block between the lowest and the highest, in powers of ten where that
/// can be: losses fall fast at first.
fn sparkline(losses: &[f64]) -> String {
    let log = losses.iter().all(|loss| *loss > 0.0);
    let height = |loss: f64| if log { loss.ln() } else { loss };
    let heights: Vec<f64> = losses.iter().map(|loss| height(*loss)).collect();
    let finite = || heights.iter().copied().filter(|height| height.is_finite());
    let low = finite().fold(f64::INFINITY, f64::min);
    let span = finite().fold(f64::NEG_INFINITY, f64::max) - low;
    let block = |height: &f64| {
        let part = if span > 0.0 { (height - low) / span } else { 0.0 };
        BLOCKS[((part * 7.0).round().max(0.0) as usize).min(7)]
    };
    heights.iter().map(block).collect()
}

/// Three digits: `0.00214`, `12.3`.
fn short(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e5).contains(&size) {
        return format!("{value:.1e}");
    }
    let digits = if size == 0.0 { 0.0 } else { size.log10().floor() };
    let decimals = (2.0 - digits).clamp(0.0, 6.0) as usize;
    format!("{value:.decimals$}")
}

/// `950`, `41k`, `1.2M`.
fn thousands(value: f64) -> String {
    match value {
        _ if value >= 999_500.0 => format!("{:.1}M", value / 1e6),
        _ if value >= 9_950.0 => format!("{:.0}k", value / 1e3),
        _ if value >= 1_000.0 => format!("{:.1}k", value / 1e3),
        _ => format!("{value:.0}"),
    }
}

/// `0:02`, `12:05`, `1:00:00`.
fn clock(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(number: usize, seed: (usize, usize), validation: Option<f64>) -> Epoch {
        let loss = 0.5 / (number as f64).powf(1.5);
        let model = "m".to_owned();
        Epoch { model, seed, number, of: 100, loss, validation, steps: 1000 }
    }

    fn after(epochs: usize, seed: (usize, usize), validation: Option<f64>) -> Progress {
        let mut line = Progress::default();
        (1..=epochs).for_each(|number| line.add(&epoch(number, seed, validation)));
        line
    }

    #[test]
    fn the_line_tells_everything_where_there_is_room() {
        let elapsed = Duration::from_secs(2);
        assert_eq!(
            after(40, (1, 1), None).text(elapsed, 80),
            "epoch 40/100  loss 0.00198  █▅▃▂▁  20k steps/s  0:03 left"
        );
        assert_eq!(
            after(40, (3, 10), Some(0.02)).text(elapsed, 100),
            "seed 3/10  epoch 40/100  loss 0.00198  validation 0.0200  █▅▃▂▁  20k steps/s  \
             0:48 left"
        );
    }

    #[test]
    fn what_matters_least_goes_first() {
        let line = after(40, (3, 10), Some(0.02));
        for (width, text) in [
            (70, "seed 3/10  epoch 40/100  loss 0.00198  validation 0.0200  0:48 left"),
            (50, "seed 3/10  epoch 40/100  loss 0.00198  0:48 left"),
            (40, "epoch 40/100  loss 0.00198  0:48 left"),
            (20, "40/100 loss 0.00198"),
            (10, "40/100"),
        ] {
            assert_eq!(line.text(Duration::from_secs(2), width), text);
        }
    }

    #[test]
    fn of_several_seeds_the_last_begun_is_shown_and_all_count() {
        let mut line = after(10, (1, 2), None);
        line.add(&epoch(1, (2, 2), None));
        line.add(&epoch(11, (1, 2), None));
        let text = line.text(Duration::from_secs(12), 80);
        assert!(text.starts_with("seed 2/2  epoch 1/100  loss 0.500"), "{text}");
        assert!(text.ends_with("1.0k steps/s  3:08 left"), "{text}");
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in
            [(0.0, "0.00"), (0.00214, "0.00214"), (12.34, "12.3"), (1.5e9, "1.5e9")]
        {
            assert_eq!(short(value), text);
        }
        for (value, text) in
            [(12.4, "12"), (4100.0, "4.1k"), (41_200.0, "41k"), (1_234_567.0, "1.2M")]
        {
            assert_eq!(thousands(value), text);
        }
        assert_eq!([0.4, 125.0, 3600.0].map(clock), ["0:01", "2:05", "1:00:00"]);
    }

    #[test]
    fn a_sparkline_spans_its_losses() {
        assert_eq!(sparkline(&[1.0, 0.1, 0.01]), "█▅▁");
        assert_eq!(sparkline(&[1.0]), "▁");
        assert_eq!(sparkline(&[2.0, f64::NAN, -1.0]), "█▁▁");
    }
}

//! Measured times: something to repeat goes in, a [`Timing`] comes out.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::system;

/// Runs that are not measured: the first ones touch memory that later ones find warm.
const WARM_UP_RUNS: usize = 2;

/// What is shorter than this many milliseconds is done several times between two looks
/// at the clock, which take some of the time of a small step.
const CLOCK_MS: f64 = 0.02;

/// However long the time, no more runs than this are needed for a median.
const MAX_RUNS: usize = 2000;

/// The times of one thing, over several runs.
#[derive(Debug)]
pub(crate) struct Timing {
    /// Wall time of a run in milliseconds, the shortest first; of short ones the means of
    /// several at once.
    pub(crate) wall_ms: Vec<f64>,
    /// User and system time of one run, as a mean, where the system tells.
    pub(crate) cpu_ms: Option<f64>,
}

/// Repeats `body` at least `runs` times and for at least `least`, after a warm-up.
pub(crate) fn repeat(runs: usize, least: Duration, mut body: impl FnMut()) -> Timing {
    let at_once = at_once(&mut body);
    let (start, cpu_start) = (Instant::now(), system::own_cpu_ms());
    let mut wall_ms = Vec::new();
    while wall_ms.len() < runs || (start.elapsed() < least && wall_ms.len() < MAX_RUNS) {
        let run = Instant::now();
        (0..at_once).for_each(|_| body());
        wall_ms.push(milliseconds(run.elapsed()) / f64::from(at_once));
    }
    let cpu_ms = cpu_start.zip(system::own_cpu_ms()).map(|(before, after)| {
        (after - before) / (wall_ms.len() as f64 * f64::from(at_once))
    });
    Timing::new(wall_ms, cpu_ms)
}

/// How often a body is done between two looks at the clock, which the warm-up tells: twice
/// as often as long as it is too short.
fn at_once(body: &mut impl FnMut()) -> u32 {
    let mut count = 1;
    loop {
        let mut group = || {
            let run = Instant::now();
            (0..count).for_each(|_| body());
            milliseconds(run.elapsed())
        };
        // The shorter one: a pause of the machine does not count.
        let least = (0..WARM_UP_RUNS).map(|_| group()).fold(f64::INFINITY, f64::min);
        if least >= CLOCK_MS || count >= 1 << 20 {
            return count;
        }
        count *= 2;
    }
}

impl Timing {
    /// From times in any order.
    pub(crate) fn new(mut wall_ms: Vec<f64>, cpu_ms: Option<f64>) -> Timing {
        wall_ms.sort_by(f64::total_cmp);
        Timing { wall_ms, cpu_ms }
    }

    /// The middle one; the upper of two.
    pub(crate) fn median_ms(&self) -> f64 {
        self.wall_ms[self.wall_ms.len() / 2]
    }

    /// `median_ms`, `min_ms`, `p90_ms`, `cpu_ms` and `reps`, as the peers name them.
    pub(crate) fn fields(&self) -> Map<String, Value> {
        let last = self.wall_ms.len() - 1;
        let p90 = self.wall_ms[last * 9 / 10];
        let fields = json!({
            "median_ms": round(self.median_ms()),
            "cpu_ms": self.cpu_ms.map(round),
            "min_ms": round(self.wall_ms[0]),
            "p90_ms": round(p90),
            "reps": self.wall_ms.len(),
        });
        fields.as_object().cloned().expect("an object is written above")
    }
}

/// A length of time in milliseconds.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// To seven decimals, of milliseconds a tenth of a nanosecond: below that is noise.
pub(crate) fn round(value: f64) -> f64 {
    (value * 1e7).round() / 1e7
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn the_fields_are_taken_from_the_sorted_times() {
        let fields = Timing::new(vec![3.0, 1.0, 2.0], Some(1.5)).fields();
        assert_eq!(fields["median_ms"], 2.0);
        assert_eq!(fields["min_ms"], 1.0);
        assert_eq!(fields["p90_ms"], 2.0);
        assert_eq!(fields["cpu_ms"], 1.5);
        assert_eq!(fields["reps"], 3);
    }

    #[test]
    fn warm_up_runs_are_not_counted() {
        let mut calls = 0;
        let timing = repeat(4, Duration::ZERO, || {
            calls += 1;
            thread::sleep(Duration::from_millis(1));
        });
        assert_eq!((timing.wall_ms.len(), calls), (4, 4 + WARM_UP_RUNS));
    }

    #[test]
    fn what_is_short_is_done_several_times_at_once() {
        let mut calls = 0;
        let timing = repeat(4, Duration::ZERO, || calls += 1);
        assert_eq!(timing.wall_ms.len(), 4);
        assert!(calls > 40, "{calls}");
        assert!(timing.median_ms() < CLOCK_MS);
    }
}

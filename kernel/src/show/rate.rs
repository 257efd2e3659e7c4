//! How many messages leave in a second: a burst at once, and then no more than clients and
//! servers take without dropping some. Jupyter's server passes on 1,000 a second.

use std::time::{Duration, Instant};

/// Messages that leave at once.
const BURST: f64 = 500.0;

/// Messages a second from then on.
const RATE: f64 = 500.0;

/// How many may leave now.
#[derive(Debug)]
pub(super) struct Rate {
    left: f64,
    since: Instant,
}

impl Rate {
    /// A whole burst.
    pub(super) fn new(now: Instant) -> Rate {
        Rate { left: BURST, since: now }
    }

    /// Takes one message; gives how long it has to wait.
    pub(super) fn take(&mut self, now: Instant) -> Duration {
        let passed = now.saturating_duration_since(self.since).as_secs_f64();
        self.since = now;
        self.left = (self.left + passed * RATE).min(BURST) - 1.0;
        Duration::from_secs_f64((-self.left).max(0.0) / RATE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_leaves_at_once_and_the_rest_in_its_time() {
        let start = Instant::now();
        let mut rate = Rate::new(start);
        for _ in 0..500 {
            assert_eq!(rate.take(start), Duration::ZERO);
        }
        let mut now = start;
        for _ in 0..1000 {
            now += rate.take(now);
        }
        let seconds = now.duration_since(start).as_secs_f64();
        assert!((1.99..2.01).contains(&seconds), "{seconds}");
        assert_eq!(rate.take(now + Duration::from_secs(9)), Duration::ZERO);
    }
}

//! Teams that work, sleep, and leave work alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{PAUSE, Team};

#[test]
fn every_member_works_once_on_its_own_share_and_all_meet() {
    let team = Team::new(3);
    for n in [1, 2, 7, 100] {
        for most in [1, 2, 3, 9] {
            let counts: Vec<AtomicUsize> = (0..n).map(|_| 0.into()).collect();
            let met = AtomicUsize::new(0);
            Team::run(Some(&team), most, |member| {
                for k in member.share(n) {
                    counts[k].fetch_add(1, Ordering::Relaxed);
                }
                member.meet();
                let all = counts.iter().all(|k| k.load(Ordering::Relaxed) == 1);
                met.fetch_add(usize::from(all), Ordering::Relaxed);
                member.meet();
            });
            assert_eq!(met.into_inner(), most.min(3));
        }
    }
}

#[test]
fn a_team_that_is_busy_leaves_the_work_to_the_caller() {
    let team = Team::new(2);
    Team::run(Some(&team), 2, |member| {
        if member.is_first() {
            Team::run(Some(&team), 2, |inner| assert!(inner.alone()));
        }
    });
}

#[test]
fn what_did_not_pay_is_left_to_the_caller_for_a_while() {
    let long = Duration::from_millis(20);
    let is_left = |team: &Team| {
        let left = AtomicBool::new(false);
        Team::run(Some(team), 2, |member| {
            left.fetch_or(member.alone(), Ordering::Relaxed);
        });
        left.into_inner()
    };
    for adapts in [true, false] {
        let team = Team::made(2, adapts);
        Team::run(Some(&team), 2, |member| {
            // The first member does nothing but wait for the other.
            if !member.is_first() {
                std::thread::sleep(long);
            }
            member.meet();
        });
        assert_eq!(is_left(&team), adapts);
        let start = Instant::now();
        while is_left(&team) {
            std::thread::sleep(Duration::from_millis(1));
            assert!(start.elapsed() < 10 * PAUSE * long, "it never tries again");
        }
    }
}

#[test]
fn a_team_is_shared_as_long_as_somebody_has_it() {
    assert!(Team::of(1).is_none());
    // A machine with one core has no teams.
    if let (Some(a), Some(b)) = (Team::of(2), Team::of(2)) {
        assert!(Arc::ptr_eq(&a, &b));
    }
}

#[test]
fn a_member_that_sleeps_wakes_for_work() {
    let team = Team::new(2);
    for _ in 0..3 {
        std::thread::sleep(std::time::Duration::from_millis(20));
        let ran = AtomicUsize::new(0);
        Team::run(Some(&team), 2, |_| {
            ran.fetch_add(1, Ordering::Relaxed);
        });
        assert_eq!(ran.into_inner(), 2);
    }
}

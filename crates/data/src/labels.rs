//! Labels of rows: what they count, and how they go on beyond the end.

use crate::dates::{self, Date, Unit};

/// How many of the last labels have to keep the same step.
const LOOK_BACK: usize = 25;

/// The next `count` labels: goes on with years, quarters, months, days or times of the
/// day, whichever step the last labels keep. Empty if there are none, or if it cannot
/// tell.
pub fn labels_after(labels: &[String], count: usize) -> Vec<String> {
    let tail = &labels[labels.len().saturating_sub(LOOK_BACK)..];
    let dates: Option<Vec<Date>> = tail.iter().map(|label| dates::parse(label)).collect();
    let Some(dates) = dates else { return Vec::new() };
    let [.., last] = dates[..] else { return Vec::new() };
    if dates.iter().any(|date| date.style != last.style) {
        return Vec::new();
    }
    let ordinals: Vec<i64> = dates.iter().map(|date| date.ordinal).collect();
    let Some(next) = continuation(&ordinals, last.style.unit) else { return Vec::new() };
    let padded = is_padded(tail);
    (1..).take(count).map(|k| Date { ordinal: next(k), ..last }.write(padded)).collect()
}

/// What the rows are called in messages: `months` if the labels are months.
pub(crate) fn rows_word(labels: &[String]) -> &'static str {
    match labels.first().and_then(|label| dates::parse(label)).map(|d| d.style.unit) {
        Some(Unit::Year) => "years",
        Some(Unit::Quarter) => "quarters",
        Some(Unit::Month) => "months",
        Some(Unit::Day) if day_step(labels) == Some(1) => "days",
        Some(Unit::Day | Unit::Second) | None => "rows",
    }
}

fn day_step(labels: &[String]) -> Option<i64> {
    let [first, second, ..] = labels else { return None };
    Some(dates::parse(second)?.ordinal - dates::parse(first)?.ordinal)
}

/// From how many steps after the last label to its ordinal.
fn continuation(ordinals: &[i64], unit: Unit) -> Option<Box<dyn Fn(i64) -> i64>> {
    if unit == Unit::Day
        && let Some(next) = monthly(ordinals)
    {
        return Some(next);
    }
    let (last, step) = (*ordinals.last()?, constant_step(ordinals)?);
    Some(Box::new(move |k| last + k * step))
}

/// The same for days that are all one day of their months, or all the last one.
fn monthly(days: &[i64]) -> Option<Box<dyn Fn(i64) -> i64>> {
    let civil: Vec<(i64, i64, i64)> = days.iter().map(|&day| dates::civil(day)).collect();
    let months: Vec<i64> =
        civil.iter().map(|(year, month, _)| year * 12 + month - 1).collect();
    let step = constant_step(&months)?;
    let (last, day) = (*months.last()?, civil.last()?.2);
    let first_of =
        |month: i64| dates::days(month.div_euclid(12), month.rem_euclid(12) + 1, 1);
    if days.iter().all(|&day| dates::civil(day + 1).2 == 1) {
        Some(Box::new(move |k| first_of(last + k * step + 1) - 1))
    } else if day <= 28 && civil.iter().all(|&(.., other)| other == day) {
        Some(Box::new(move |k| first_of(last + k * step) + day - 1))
    } else {
        None
    }
}

/// The step that all ordinals keep, if it is not 0.
fn constant_step(ordinals: &[i64]) -> Option<i64> {
    let [first, second, ..] = ordinals else { return None };
    let step = second - first;
    let kept = ordinals.windows(2).all(|pair| pair[1] - pair[0] == step);
    (step != 0 && kept).then_some(step)
}

/// Whether months and days are written with two digits: no number stands alone.
fn is_padded(labels: &[String]) -> bool {
    let date = |label: &String| label.split(['T', ' ']).next().unwrap_or("").to_owned();
    labels.iter().all(|label| date(label).split(['-', '/', '.']).all(|f| f.len() != 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(labels: &[&str], expected: &[&str]) {
        let labels: Vec<String> =
            labels.iter().map(|label| (*label).to_owned()).collect();
        let count = expected.len().max(2);
        assert_eq!(labels_after(&labels, count), expected, "{labels:?}");
    }

    #[test]
    fn goes_on_as_the_labels_do() {
        check(&["1960-10", "1960-11"], &["1960-12", "1961-01"]);
        check(&["1960/10", "1960/11"], &["1960/12", "1961/01"]);
        check(&["10/1960", "11/1960"], &["12/1960", "01/1961"]);
        check(&["1960-8", "1960-9"], &["1960-10", "1960-11", "1960-12", "1961-1"]);
        check(&["1959", "1960"], &["1961", "1962"]);
        check(&["1959-Q3", "1959-Q4"], &["1960-Q1", "1960-Q2"]);
        check(&["1959Q1", "1959Q3"], &["1960Q1", "1960Q3"]);
        check(&["2024-02-27", "2024-02-28"], &["2024-02-29", "2024-03-01"]);
        check(&["27.02.2023", "28.02.2023"], &["01.03.2023", "02.03.2023"]);
        check(&["2024-01-01", "2024-01-08"], &["2024-01-15", "2024-01-22"]);
        check(&["2023-12-15", "2024-01-15", "2024-02-15"], &["2024-03-15", "2024-04-15"]);
        check(&["2023-12-31", "2024-01-31", "2024-02-29"], &["2024-03-31", "2024-04-30"]);
        check(
            &["2024-12-31 22:00", "2024-12-31 23:00"],
            &["2025-01-01 00:00", "2025-01-01 01:00"],
        );
    }

    #[test]
    fn says_nothing_where_it_cannot_tell() {
        check(&[], &[]);
        check(&["1960-12"], &[]);
        check(&["a", "b"], &[]);
        check(&["1960-10", "1960-12", "1961-01"], &[]);
        check(&["1960-10", "1960/11"], &[]);
        check(&["1960-12", "1960-12"], &[]);
        check(&["01/02/1960", "02/02/1960"], &[]);
        check(&["1960-13", "1960-14"], &[]);
    }

    #[test]
    fn names_what_rows_are() {
        let word = |label: &str| rows_word(&[label.to_owned()]);
        assert_eq!(word("1949-01"), "months");
        assert_eq!(word("1949"), "years");
        assert_eq!(word("a"), "rows");
        assert_eq!(rows_word(&[]), "rows");
    }
}

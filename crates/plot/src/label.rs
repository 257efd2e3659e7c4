//! Axes of labels: dates get ticks at the beginnings of years, months or days, other
//! words get every one that fits.

use crate::axis::{Room, Scale, Tick, fits};

/// A date as far as its label says it; a part that it leaves out is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Date {
    year: i64,
    month: i64,
    day: i64,
}

/// The distances between ticks that are tried, from the finest to the coarsest.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Day,
    Months(i64),
    Years(i64),
}

const UNITS: [Unit; 14] = [
    Unit::Day,
    Unit::Months(1),
    Unit::Months(2),
    Unit::Months(3),
    Unit::Months(6),
    Unit::Years(1),
    Unit::Years(2),
    Unit::Years(5),
    Unit::Years(10),
    Unit::Years(20),
    Unit::Years(50),
    Unit::Years(100),
    Unit::Years(200),
    Unit::Years(500),
];

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The ticks of an axis whose row `i` is called `labels[i]`.
pub(crate) fn label_ticks(
    labels: &[String],
    scale: &Scale,
    room: &Room<'_>,
) -> Vec<Tick> {
    let first = scale.low.max(0.0).ceil() as usize;
    let end = labels.len().min(scale.high.max(0.0).floor() as usize + 1);
    let Some(shown) = labels.get(first..end) else { return Vec::new() };
    let dates: Option<Vec<Date>> = shown.iter().map(|label| date(label)).collect();
    let dated = dates.and_then(|dates| date_ticks(&dates, first, scale, room));
    dated.unwrap_or_else(|| word_ticks(shown, first, scale, room))
}

/// The finest unit whose labels fit, if it gives at least two ticks.
fn date_ticks(
    dates: &[Date],
    first: usize,
    scale: &Scale,
    room: &Room<'_>,
) -> Option<Vec<Tick>> {
    let days = dates.iter().any(|date| date.day != 1);
    UNITS
        .into_iter()
        .filter(|unit| days || !matches!(unit, Unit::Day))
        .map(|unit| unit_ticks(dates, first, unit))
        .find(|ticks| fits(ticks, scale, room))
        .filter(|ticks| ticks.len() >= 2)
}

/// A tick at each row where the unit begins.
fn unit_ticks(dates: &[Date], first: usize, unit: Unit) -> Vec<Tick> {
    let mut ticks: Vec<Tick> = Vec::new();
    for (row, date) in dates.iter().enumerate() {
        let begins = match row.checked_sub(1) {
            Some(before) => unit.count(*date) != unit.count(dates[before]),
            None => unit.begins(*date),
        };
        if begins {
            let at = (first + row) as f64;
            ticks.push(Tick { at, label: unit.label(*date, ticks.is_empty()) });
        }
    }
    ticks
}

impl Unit {
    /// A number that changes where the unit begins.
    fn count(self, date: Date) -> i64 {
        match self {
            Unit::Day => (date.year * 12 + date.month) * 32 + date.day,
            Unit::Months(months) => (date.year * 12 + date.month - 1).div_euclid(months),
            Unit::Years(years) => date.year.div_euclid(years),
        }
    }

    /// Whether the unit begins on this very day.
    fn begins(self, date: Date) -> bool {
        match self {
            Unit::Day => true,
            Unit::Months(months) => (date.month - 1) % months == 0 && date.day == 1,
            Unit::Years(years) => {
                date.year % years == 0 && date.month == 1 && date.day == 1
            }
        }
    }

    /// What stands at the tick; the first one says the most.
    fn label(self, date: Date, first: bool) -> String {
        let Date { year, month, day } = date;
        let name = usize::try_from(month - 1).map_or("", |index| MONTHS[index]);
        match self {
            Unit::Day if first => format!("{day} {name} {year}"),
            Unit::Day => format!("{day} {name}"),
            Unit::Months(_) if first && month != 1 => format!("{name} {year}"),
            Unit::Months(_) if month != 1 => name.to_owned(),
            Unit::Months(_) | Unit::Years(_) => year.to_string(),
        }
    }
}

/// Every label, or every second, fifth, tenth ... one.
fn word_ticks(
    labels: &[String],
    first: usize,
    scale: &Scale,
    room: &Room<'_>,
) -> Vec<Tick> {
    let mut power = 1;
    while power <= labels.len() {
        for multiple in [1, 2, 5] {
            let tick = |(row, label): (usize, &String)| Tick {
                at: (first + row) as f64,
                label: label.clone(),
            };
            let stride = multiple * power;
            let ticks: Vec<Tick> =
                labels.iter().enumerate().step_by(stride).map(tick).collect();
            if fits(&ticks, scale, room) {
                return ticks;
            }
        }
        power *= 10;
    }
    Vec::new()
}

/// Reads `1949-01`, `1949-01-31`, and either with a time behind it.
fn date(label: &str) -> Option<Date> {
    let label = label.trim();
    let day = label.split(['T', ' ']).next().unwrap_or(label);
    let mut parts = day.split('-').map(|part| {
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        if digits { part.parse::<i64>().ok() } else { None }
    });
    let year = parts.next()??;
    let month = parts.next()??;
    let day = parts.next().unwrap_or(Some(1))?;
    let real = (0..10_000).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day);
    (real && parts.next().is_none()).then_some(Date { year, month, day })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(labels: &[String], width: f64) -> Vec<(f64, String)> {
        let high = labels.len().saturating_sub(1) as f64;
        let scale = Scale { low: 0.0, high, log: false, from: 0.0, to: width };
        let measure = |text: &str| text.chars().count() as f64 * 7.0;
        let ticks = label_ticks(labels, &scale, &Room { measure: &measure, gap: 10.0 });
        ticks.into_iter().map(|tick| (tick.at, tick.label)).collect()
    }

    fn months(from: usize, count: usize) -> Vec<String> {
        (from..from + count).map(|m| format!("{}-{:02}", m / 12, m % 12 + 1)).collect()
    }

    #[test]
    fn twelve_years_of_months_are_labelled_with_years() {
        let ticks = found(&months(1949 * 12, 144), 700.0);
        assert_eq!(ticks.len(), 12);
        assert_eq!(ticks[0], (0.0, "1949".to_owned()));
        assert_eq!(ticks[11], (132.0, "1960".to_owned()));
        assert!(found(&months(1949 * 12, 144), 200.0).len() < 7);
    }

    #[test]
    fn one_year_is_labelled_with_months() {
        let ticks = found(&months(1960 * 12 + 3, 12), 700.0);
        assert_eq!(ticks[0].1, "Apr 1960");
        assert!(ticks.iter().any(|tick| tick.1 == "1961"));
    }

    #[test]
    fn days_are_labelled_with_days_or_months() {
        let days: Vec<String> = (1..=28).map(|d| format!("2024-02-{d:02}")).collect();
        assert_eq!(found(&days, 3000.0)[0].1, "1 Feb 2024");
        assert!(!found(&days, 300.0).is_empty());
    }

    #[test]
    fn words_are_thinned_out() {
        let words: Vec<String> = (0..40).map(|n| format!("word {n}")).collect();
        let ticks = found(&words, 700.0);
        assert_eq!(ticks[1], (5.0, "word 5".to_owned()));
        assert!(found(&[], 700.0).is_empty());
    }

    #[test]
    fn only_real_dates_are_dates() {
        for label in ["1949-13", "1949", "-5-01", "1949-01-02-03", "a-b", "", "1949-+1"] {
            assert_eq!(date(label), None, "{label}");
        }
        assert!(date("1949-01-31 12:00").is_some());
    }
}

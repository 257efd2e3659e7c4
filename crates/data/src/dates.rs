//! Dates as labels of rows: read, moved on, and written the way they were.

/// What one step of a label is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// `1949`
    Year,
    /// `1949-Q1`
    Quarter,
    /// `1949-01`
    Month,
    /// `1949-01-31`
    Day,
    /// `1949-01-31 23:00`
    Second,
}

/// How a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) unit: Unit,
    /// Between the numbers; `None` in `1949Q1`.
    separator: Option<char>,
    /// Whether the year comes last: `31.01.1949`.
    year_last: bool,
    /// Between date and time, and whether seconds are told.
    clock: Option<(char, bool)>,
}

/// A date: how many units it is after year 0, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) style: Style,
    pub(crate) ordinal: i64,
}

const DAY: i64 = 86_400;

/// Reads a label; `None` if it is no date, or one that can be read in two ways
/// (`01/02/1949`).
pub(crate) fn parse(label: &str) -> Option<Date> {
    let label = label.trim();
    if let Some(at) = label.find(['T', ' ']) {
        return parse_clock(label, at);
    }
    if let Some(at) = label.find('Q') {
        return parse_quarter(label, at);
    }
    let separator = label.chars().find(|c| !c.is_ascii_digit());
    if separator.is_some_and(|c| !['-', '/', '.'].contains(&c)) {
        return None;
    }
    let fields: Vec<&str> = label.split(['-', '/', '.']).collect();
    let numbers: Vec<i64> = fields.iter().map(|f| digits(f)).collect::<Option<_>>()?;
    let uniform = label.chars().all(|c| c.is_ascii_digit() || Some(c) == separator);
    let year_last = fields[0].len() != 4;
    let year = if year_last { fields[fields.len() - 1] } else { fields[0] };
    if !uniform || year.len() != 4 {
        return None;
    }
    let style = |unit| Style { unit, separator, year_last, clock: None };
    let (unit, ordinal) = match (numbers.as_slice(), year_last) {
        ([year], _) => (Unit::Year, *year),
        ([year, month], false) | ([month, year], true) => {
            (Unit::Month, month_ordinal(*year, *month)?)
        }
        ([year, month, day], false) => (Unit::Day, day_ordinal(*year, *month, *day)?),
        ([day, month, year], true) if separator == Some('.') => {
            (Unit::Day, day_ordinal(*year, *month, *day)?)
        }
        _ => return None,
    };
    Some(Date { style: style(unit), ordinal })
}

/// Whether a cell reads as a date in any of the usual ways; a bare number does not.
pub(crate) fn is_date(cell: &str) -> bool {
    match parse(cell) {
        // `1949.01` is a number first.
        Some(date) => {
            date.style.unit != Unit::Year && cell.trim().parse::<f64>().is_err()
        }
        None => is_slashed(cell.trim()),
    }
}

/// `01/31/1949`, `31/01/1949`, `31-01-1949`: a date, whichever number the month is.
fn is_slashed(cell: &str) -> bool {
    let fields: Vec<&str> = cell.split(['/', '-']).collect();
    let [first, second, year] = fields[..] else { return false };
    let numbers = (digits(first), digits(second), digits(year));
    let (Some(first), Some(second), Some(year_number)) = numbers else { return false };
    let either = day_ordinal(year_number, first, second).or(day_ordinal(
        year_number,
        second,
        first,
    ));
    year.len() == 4 && either.is_some()
}

fn parse_quarter(label: &str, at: usize) -> Option<Date> {
    let separator = label[..at].chars().last().filter(|c| !c.is_ascii_digit());
    let year = label[..at].trim_end_matches(['-', '/', '.']);
    let quarter = digits(&label[at + 1..]).filter(|quarter| (1..=4).contains(quarter))?;
    let ordinal = digits(year).filter(|_| year.len() == 4)? * 4 + quarter - 1;
    let unit = Unit::Quarter;
    let style = Style { unit, separator, year_last: false, clock: None };
    Some(Date { style, ordinal })
}

fn parse_clock(label: &str, at: usize) -> Option<Date> {
    let day = parse(&label[..at]).filter(|date| date.style.unit == Unit::Day)?;
    let fields: Vec<&str> = label[at + 1..].split(':').collect();
    let numbers: Vec<i64> = fields.iter().map(|f| digits(f)).collect::<Option<_>>()?;
    let (hour, minute, second) = match numbers[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let clock = label[at..].chars().next().map(|gap| (gap, numbers.len() == 3));
    let style = Style { unit: Unit::Second, clock, ..day.style };
    Some(Date { style, ordinal: day.ordinal * DAY + hour * 3600 + minute * 60 + second })
}

/// A number of one to four digits.
fn digits(field: &str) -> Option<i64> {
    let fine =
        (1..=4).contains(&field.len()) && field.bytes().all(|b| b.is_ascii_digit());
    if fine { field.parse().ok() } else { None }
}

fn month_ordinal(year: i64, month: i64) -> Option<i64> {
    (1..=12).contains(&month).then(|| year * 12 + month - 1)
}

fn day_ordinal(year: i64, month: i64, day: i64) -> Option<i64> {
    let ordinal = days(year, month, day);
    (month_ordinal(year, month).is_some() && civil(ordinal) == (year, month, day))
        .then_some(ordinal)
}

/// Days since 1970-01-01 in the Gregorian calendar (Hinnant, `days_from_civil`).
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
        - 719_468
}

/// Year, month and day of a day (Hinnant, `civil_from_days`).
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524
        - day_of_era / 146_096)
        / 365;
    let day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

impl Date {
    /// As its style writes it, months and days of two digits where `padded`.
    pub(crate) fn write(self, padded: bool) -> String {
        let two = |n: i64| if padded { format!("{n:02}") } else { n.to_string() };
        let gap = self.style.separator.map(String::from).unwrap_or_default();
        let join = |mut fields: Vec<String>| {
            if self.style.year_last {
                fields.reverse();
            }
            fields.join(&gap)
        };
        let day = |ordinal| {
            let (year, month, day) = civil(ordinal);
            join(vec![format!("{year:04}"), two(month), two(day)])
        };
        let ordinal = self.ordinal;
        match self.style.unit {
            Unit::Year => format!("{ordinal:04}"),
            Unit::Quarter => {
                let quarter = ordinal.rem_euclid(4) + 1;
                format!("{:04}{gap}Q{quarter}", ordinal.div_euclid(4))
            }
            Unit::Month => {
                let month = ordinal.rem_euclid(12) + 1;
                join(vec![format!("{:04}", ordinal.div_euclid(12)), two(month)])
            }
            Unit::Day => day(ordinal),
            Unit::Second => {
                let clock = clock(ordinal.rem_euclid(DAY), self.style.clock);
                day(ordinal.div_euclid(DAY)) + &clock
            }
        }
    }
}

/// ` 23:00` or `T23:00:00`
fn clock(second: i64, style: Option<(char, bool)>) -> String {
    let (gap, seconds) = style.unwrap_or((' ', false));
    let (hour, minute) = (second / 3600, second / 60 % 60);
    let tail = if seconds { format!(":{:02}", second % 60) } else { String::new() };
    format!("{gap}{hour:02}:{minute:02}{tail}")
}

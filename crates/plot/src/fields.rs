//! A table of numbers as fields that are few enough for the place they are drawn on: a
//! [`Heat`] goes in, and each field that comes out stands for one number or for several.

use crate::Heat;
use crate::axis::drawable;

/// A table, ready to be drawn.
pub(crate) struct Fields {
    /// A list for each row of fields, all as long; NaN where there is nothing to draw.
    pub(crate) rows: Vec<Vec<f64>>,
    /// What stands above each group of columns, and how many fields it has.
    pub(crate) groups: Vec<(String, usize)>,
    /// How many columns share a field.
    pub(crate) across: usize,
    /// How many rows share a field.
    pub(crate) down: usize,
    /// The least and the largest value.
    pub(crate) ends: (f64, f64),
    /// Values that the colours always reach.
    pub(crate) range: Option<(f64, f64)>,
}

/// The table in at most so many columns and rows of fields. Columns of several groups
/// share no field, unless there are more groups than fields.
pub(crate) fn fields(heat: &Heat, (most_columns, most_rows): (usize, usize)) -> Fields {
    let columns = heat.values.iter().map(Vec::len).max().unwrap_or(0);
    let most_columns = most_columns.max(1);
    let mut sizes = groups(heat, columns);
    if sizes.len() > most_columns {
        sizes = vec![(String::new(), columns)];
    }
    let needed = |across: usize| -> usize {
        sizes.iter().map(|(_, size)| size.div_ceil(across)).sum()
    };
    let mut across = columns.div_ceil(most_columns).max(1);
    while needed(across) > most_columns && across < columns {
        across += 1;
    }
    let down = heat.values.len().div_ceil(most_rows.max(1)).max(1);
    let row = |rows: &[Vec<f64>]| -> Vec<f64> {
        spans(&sizes, across).map(|(from, to)| farthest(rows, from, to)).collect()
    };
    Fields {
        rows: heat.values.chunks(down).map(row).collect(),
        groups: sizes
            .iter()
            .map(|(n, size)| (n.clone(), size.div_ceil(across)))
            .collect(),
        across,
        down,
        ends: ends(heat),
        range: heat.range,
    }
}

impl Fields {
    /// How many fields a row has.
    pub(crate) fn columns(&self) -> usize {
        self.groups.iter().map(|(_, size)| size).sum()
    }

    /// The size of the value farthest from 0; 1 where all are 0, or there are none.
    pub(crate) fn most(&self) -> f64 {
        let (low, high) = self.reach();
        let most = low.abs().max(high.abs());
        if most > 0.0 { most } else { 1.0 }
    }

    /// The values at the ends of the scale of colours, which has 0 in its middle where
    /// there are values on both sides of it.
    pub(crate) fn scale(&self) -> (f64, f64) {
        let (low, high) = self.reach();
        let low = if low < 0.0 { -self.most() } else { 0.0 };
        let high = if high > 0.0 || low == 0.0 { self.most() } else { 0.0 };
        (low, high)
    }

    /// The values and those that the colours reach in any case.
    fn reach(&self) -> (f64, f64) {
        let (low, high) = self.range.unwrap_or(self.ends);
        (low.min(self.ends.0), high.max(self.ends.1))
    }

    /// What a reader has to know to read numbers from the fields.
    pub(crate) fn note(&self) -> String {
        let (low, high) = self.ends;
        let mut note = format!("values from {} to {}", short(low), short(high));
        if self.across * self.down > 1 {
            note.push_str("; a field shows the one farthest from 0 of ");
            note.push_str(&format!("{} × {}", self.down, self.across));
        }
        note
    }
}

/// The groups of the columns that there are, and a nameless one for those in none.
fn groups(heat: &Heat, columns: usize) -> Vec<(String, usize)> {
    let mut rest = columns;
    let mut groups = Vec::new();
    for (name, size) in &heat.groups {
        let size = rest.min(*size);
        if size > 0 {
            groups.push((name.clone(), size));
        }
        rest -= size;
    }
    if rest > 0 {
        groups.push((String::new(), rest));
    }
    groups
}

/// Where the columns of each field begin and end.
fn spans(
    sizes: &[(String, usize)],
    across: usize,
) -> impl Iterator<Item = (usize, usize)> {
    let starts = sizes.iter().scan(0, |start, (_, size)| {
        let from = *start;
        *start += size;
        Some((from, *start))
    });
    starts.flat_map(move |(start, end)| {
        (start..end).step_by(across).map(move |from| (from, end.min(from + across)))
    })
}

/// The value farthest from 0 in some columns of some rows; NaN where there is none.
fn farthest(rows: &[Vec<f64>], from: usize, to: usize) -> f64 {
    let parts = rows.iter().filter_map(|row| row.get(from..to.min(row.len())));
    let drawn = parts.flatten().copied().filter(|value| drawable(*value, false));
    drawn.fold(f64::NAN, |far, value| if value.abs() <= far.abs() { far } else { value })
}

/// The least and the largest value; 0 for both where there are none.
fn ends(heat: &Heat) -> (f64, f64) {
    let drawn = heat.values.iter().flatten().copied().filter(|v| drawable(*v, false));
    let ends = drawn.fold(None, |ends: Option<(f64, f64)>, value| {
        let (low, high) = ends.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    });
    ends.unwrap_or((0.0, 0.0))
}

/// A number in few letters.
pub(crate) fn short(value: f64) -> String {
    let size = value.abs();
    let text = match size {
        _ if size == 0.0 => "0".to_owned(),
        _ if !(1e-3..1e5).contains(&size) => format!("{value:.1e}"),
        _ if size >= 100.0 => format!("{value:.0}"),
        _ if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heat(values: Vec<Vec<f64>>) -> Heat {
        let groups = vec![("a".to_owned(), 3), ("b".to_owned(), 2)];
        Heat { values, groups, ..Heat::default() }
    }

    #[test]
    fn a_shared_field_shows_what_is_farthest_from_zero() {
        let heat = heat(vec![vec![1.0, -2.0, 3.0, f64::NAN, 5.0]; 3]);
        let all = fields(&heat, (9, 9));
        assert_eq!((all.across, all.down, all.columns()), (1, 1, 5));
        assert_eq!(all.note(), "values from −2.00 to 5.00");
        let few = fields(&heat, (3, 2));
        assert_eq!((few.across, few.down, few.columns()), (2, 2, 3));
        assert_eq!(few.rows, [[-2.0, 3.0, 5.0], [-2.0, 3.0, 5.0]]);
        assert!(few.note().ends_with("farthest from 0 of 2 × 2"));
    }

    #[test]
    fn groups_end_with_the_columns_and_are_dropped_where_they_are_too_many() {
        let named = |fields: Fields| fields.groups;
        let short = heat(vec![vec![1.0; 4]]);
        let two = [("a".to_owned(), 3), ("b".to_owned(), 1)];
        assert_eq!(named(fields(&short, (9, 9))), two);
        let long = heat(vec![vec![1.0; 6], vec![]]);
        assert_eq!(named(fields(&long, (9, 9)))[2], (String::new(), 1));
        assert_eq!(named(fields(&long, (2, 9))), [(String::new(), 2)]);
        assert!(fields(&long, (9, 9)).rows[1].iter().all(|value| value.is_nan()));
        assert_eq!(fields(&heat(vec![]), (9, 9)).columns(), 0);
    }

    #[test]
    fn the_scale_has_the_sides_of_zero_that_there_are() {
        let scale = |values: &[f64]| fields(&heat(vec![values.to_vec()]), (9, 9)).scale();
        assert_eq!(scale(&[-1.0, 4.0]), (-4.0, 4.0));
        assert_eq!(scale(&[1.0, 4.0]), (0.0, 4.0));
        assert_eq!(scale(&[-1.0, -4.0]), (-4.0, 0.0));
        assert_eq!(scale(&[0.0]), (0.0, 1.0));
        assert_eq!(scale(&[f64::NAN, f64::INFINITY, f64::MAX]), (0.0, 1.0));
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (-0.1234, "−0.123"),
            (1.0, "1.00"),
            (12345.6, "12346"),
            (1e-9, "1.0e−9"),
        ] {
            assert_eq!(short(value), text);
        }
    }
}

//! Rows and columns of words, aligned.

use serde_json::{Value, json};

/// Two columns between two columns.
const GAP: &str = "  ";

/// Columns of words are not made smaller than this.
const LEAST: usize = 12;

/// A titled table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// What it shows; empty for none.
    pub title: String,
    /// From left to right.
    pub columns: Vec<Column>,
    /// As many cells each as there are columns.
    pub rows: Vec<Vec<String>>,
    /// Sentences below it.
    pub notes: Vec<String>,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Whether its cells end in one line, as numbers do.
    pub right: bool,
}

impl Table {
    /// An empty table; columns of numbers are named with a leading `>`: `>rmse`.
    pub(crate) fn new(title: impl Into<String>, columns: &[&str]) -> Table {
        let column = |name: &&str| match name.strip_prefix('>') {
            Some(name) => Column { name: name.to_owned(), right: true },
            None => Column { name: (*name).to_owned(), right: false },
        };
        Table {
            title: title.into(),
            columns: columns.iter().map(column).collect(),
            ..Table::default()
        }
    }

    /// The table as aligned lines, no wider than `width` where words can be cut: those
    /// of the last column, or else of the widest, so that numbers stay whole.
    pub fn to_text(&self, width: usize) -> String {
        let mut text = String::new();
        if !self.title.is_empty() {
            text += &format!("{}\n", self.title);
        }
        let widths = self.fitted(width);
        let head: Vec<String> = self.columns.iter().map(|c| c.name.clone()).collect();
        for row in std::iter::once(&head).chain(&self.rows) {
            text += &cut(&self.line(row, &widths), width);
            text.push('\n');
        }
        for note in &self.notes {
            text += &format!("{note}\n");
        }
        text
    }

    fn widths(&self) -> Vec<usize> {
        let of = |k: usize| {
            let cells = self.rows.iter().map(|row| columns(&row[k]));
            cells.max().unwrap_or(0).max(columns(&self.columns[k].name))
        };
        (0..self.columns.len()).map(of).collect()
    }

    /// The widths of the columns, the widest of words made smaller where numbers at the
    /// end of the line would be cut.
    fn fitted(&self, width: usize) -> Vec<usize> {
        let mut widths = self.widths();
        let whole: usize = widths.iter().map(|width| GAP.len() + width).sum();
        let words = (0..widths.len()).filter(|k| !self.columns[*k].right);
        let ends_in_numbers = self.columns.last().is_some_and(|column| column.right);
        if let Some(widest) = words.max_by_key(|k| widths[*k])
            && ends_in_numbers
        {
            let least = widths[widest].min(LEAST);
            widths[widest] =
                widths[widest].saturating_sub(whole.saturating_sub(width)).max(least);
        }
        widths
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let cells =
            row.iter().zip(&self.columns).zip(widths).map(|((cell, c), width)| {
                let cell = cut(cell, *width);
                let blanks = " ".repeat(width.saturating_sub(columns(&cell)));
                if c.right { blanks + &cell } else { cell + &blanks }
            });
        let line = GAP.to_owned() + &cells.collect::<Vec<_>>().join(GAP);
        line.trim_end().to_owned()
    }

    pub(super) fn to_json(&self) -> Value {
        let columns: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
        json!({
            "kind": "table", "title": self.title, "columns": columns, "rows": self.rows,
            "notes": self.notes,
        })
    }
}

/// The columns that a text takes on a terminal: characters of East Asian scripts take
/// two.
fn columns(text: &str) -> usize {
    let wide = |c: char| matches!(c as u32, 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x20000..=0x3fffd);
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

fn cut(line: &str, width: usize) -> String {
    if columns(line) <= width {
        return line.to_owned();
    }
    let mut kept = String::new();
    for character in line.chars() {
        if columns(&kept) + columns(character.encode_utf8(&mut [0; 4])) + 1 > width {
            break;
        }
        kept.push(character);
    }
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new("errors", &["model", ">rmse"]);
        table.rows = vec![
            vec!["naive".to_owned(), "48.04".to_owned()],
            vec!["模型".to_owned(), "9.1".to_owned()],
        ];
        assert_eq!(
            table.to_text(80),
            "errors\n  model   rmse\n  naive  48.04\n  模型     9.1\n"
        );
        assert!(table.to_text(10).lines().all(|line| line.chars().count() <= 10));
    }

    #[test]
    fn numbers_stay_whole_where_words_can_be_cut() {
        let mut table = Table::new("", &["", ">test rmse", ">weights"]);
        table.rows =
            vec![vec!["gru 2 dropout 0.2 -> dense 1".into(), "9.1".into(), "33".into()]];
        assert_eq!(
            table.to_text(38),
            "                    test rmse  weights\n  gru 2 dropout 0…        9.1       33\n"
        );
    }
}

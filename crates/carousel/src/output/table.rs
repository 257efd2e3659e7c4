//! Rows and columns of words, aligned.

use serde_json::{Value, json};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::style::Role;

/// Two columns between two columns.
const GAP: &str = "  ";

/// Before the best row, where [`GAP`] stands before the others.
const BEST: &str = "* ";

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
    /// Which of the rows is better than all others, if one is.
    pub best: Option<usize>,
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
    /// of the last column, or else of the widest, so that numbers stay whole. The best
    /// row has a `*` before it; `colour` makes it green, too. Where not even the numbers
    /// fit beside each other, each row is a sentence.
    pub fn to_text(&self, width: usize, colour: bool) -> String {
        let mut text = String::new();
        if !self.title.is_empty() {
            text += &format!("{}\n", Role::Title.paint(&self.title, colour));
        }
        let widths = self.fitted(width);
        if self.end_of_numbers(&widths) > width {
            return text + &self.sentences(BEST);
        }
        let line = |start: &str, row: &[String]| {
            cut(&(start.to_owned() + &self.line(row, &widths)), width)
        };
        let head: Vec<String> = self.columns.iter().map(|c| c.name.clone()).collect();
        text += &Role::Head.paint(line(GAP, &head).trim_end(), colour);
        text.push('\n');
        for (k, row) in self.rows.iter().enumerate() {
            text += &match self.best == Some(k) {
                true => Role::Good.paint(&line(BEST, row), colour),
                false => line(GAP, row),
            };
            text.push('\n');
        }
        for note in &self.notes {
            text += &format!("{note}\n");
        }
        text
    }

    /// The table as it is read aloud: a line for each row, and before each of its cells
    /// the name of the column.
    pub fn to_plain(&self) -> String {
        let mut text = String::new();
        if !self.title.is_empty() {
            text += &format!("{}\n", self.title);
        }
        text + &self.sentences("")
    }

    /// Each row as a sentence, and the notes; `best` stands before the best row.
    fn sentences(&self, best: &str) -> String {
        let mut text = String::new();
        let mut name = "";
        for (k, row) in self.rows.iter().enumerate() {
            let Some((first, rest)) = row.split_first() else { continue };
            // An empty first cell means the one above.
            name = if first.is_empty() { name } else { first };
            let cells = rest.iter().zip(self.columns.iter().skip(1));
            let said: Vec<String> = cells
                .filter(|(cell, _)| !cell.is_empty())
                .map(|(cell, c)| format!("{} {cell}", c.name).trim().to_owned())
                .collect();
            text += if self.best == Some(k) { best } else { "" };
            text += format!("{name}: {}", said.join(", ")).trim_end_matches([':', ' ']);
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

    /// The columns that a line takes up to its last number.
    fn end_of_numbers(&self, widths: &[usize]) -> usize {
        let last = self.columns.iter().rposition(|column| column.right);
        let upto = last.map_or(0, |last| last + 1);
        widths[..upto].iter().map(|width| GAP.len() + width).sum()
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let cells =
            row.iter().zip(&self.columns).zip(widths).map(|((cell, c), width)| {
                let cell = cut(cell, *width);
                let blanks = " ".repeat(width.saturating_sub(columns(&cell)));
                if c.right { blanks + &cell } else { cell + &blanks }
            });
        let line = cells.collect::<Vec<_>>().join(GAP);
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
    text.width()
}

fn cut(line: &str, width: usize) -> String {
    if columns(line) <= width {
        return line.to_owned();
    }
    let mut kept = String::new();
    for character in line.chars() {
        if columns(&kept) + character.width().unwrap_or(0) + 1 > width {
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
            table.to_text(80, false),
            "errors\n  model   rmse\n  naive  48.04\n  模型     9.1\n"
        );
        assert_eq!(
            table.to_text(10, false),
            "errors\nnaive: rmse 48.04\n模型: rmse 9.1\n"
        );
    }

    #[test]
    fn the_best_row_has_a_sign_and_a_colour() {
        let mut table = Table::new("errors", &["model", ">rmse"]);
        table.rows = vec![vec!["a".into(), "2".into()], vec!["b".into(), "1".into()]];
        table.best = Some(1);
        assert_eq!(
            table.to_text(80, false),
            "errors\n  model  rmse\n  a         2\n* b         1\n"
        );
        assert_eq!(
            table.to_text(80, true),
            "\u{1b}[1merrors\u{1b}[0m\n\u{1b}[2m  model  rmse\u{1b}[0m\n  a         2\n\
             \u{1b}[32m* b         1\u{1b}[0m\n"
        );
    }

    #[test]
    fn read_aloud_each_cell_has_its_name() {
        let mut table = Table::new("errors", &["", "part", ">rmse", ">mae"]);
        let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
        table.rows = vec![row(["m", "train", "2", ""]), row(["", "test", "3", "1"])];
        table.notes = vec!["m is best".to_owned()];
        assert_eq!(
            table.to_plain(),
            "errors\nm: part train, rmse 2\nm: part test, rmse 3, mae 1\nm is best\n"
        );
    }

    #[test]
    fn numbers_stay_whole_where_words_can_be_cut() {
        let mut table = Table::new("", &["", ">test rmse", ">weights"]);
        table.rows =
            vec![vec!["gru 2 dropout 0.2 -> dense 1".into(), "9.1".into(), "33".into()]];
        assert_eq!(
            table.to_text(38, false),
            "                    test rmse  weights\n  gru 2 dropout 0…        9.1       33\n"
        );
    }
}

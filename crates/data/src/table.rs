//! Rows of numbers with names and labels.

/// Columns of one length, in original units.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The columns, in order.
    pub columns: Vec<Values>,
    /// Which column is to be predicted.
    pub target: usize,
    /// Which columns a model reads.
    pub inputs: Vec<usize>,
    /// The label of each row, `1949-01` say; empty where rows have only numbers.
    pub labels: Vec<String>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Values {
    /// From the header, or made up: `value`.
    pub name: String,
    /// A row each; NaN where it is missing.
    pub values: Vec<f64>,
}

impl Table {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// The column to be predicted.
    pub fn target(&self) -> &Values {
        &self.columns[self.target]
    }

    /// What messages call a row, counted from 0: its label, or `row 3`.
    pub(crate) fn row_name(&self, row: usize) -> String {
        match self.labels.get(row) {
            Some(label) => format!("`{label}`"),
            None => format!("row {}", row + 1),
        }
    }

    /// The same with no other rows than `rows`.
    pub(crate) fn cut(mut self, rows: std::ops::Range<usize>) -> Table {
        for column in &mut self.columns {
            column.values = column.values[rows.clone()].to_vec();
        }
        if !self.labels.is_empty() {
            self.labels = self.labels[rows].to_vec();
        }
        self
    }

    /// The input columns, then the target: what steps work on.
    pub(crate) fn used(&self) -> impl Iterator<Item = &Values> {
        let indices = self.inputs.iter().copied().chain([self.target]);
        indices.map(|index| &self.columns[index])
    }
}

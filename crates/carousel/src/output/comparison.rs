//! Several models and baselines on the same points.

use serde_json::{Value, json};

use super::score::rmse;
use super::{PartErrors, Table, figure};

/// What `compare naive, m on air` says.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What the errors are measured in.
    pub unit: String,
    /// Models and baselines in the order in which they were named.
    pub lines: Vec<Line>,
    /// The part that decides: `test`, or `train` where there is no other.
    pub part: &'static str,
    /// On what points, in words.
    pub points: String,
    /// Which is best, in a sentence.
    pub verdict: String,
}

/// One line of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is called.
    pub name: String,
    /// The model as it was written; empty for a baseline.
    pub text: String,
    /// What it was trained on; empty for a baseline.
    pub data: String,
    /// Whether it is a baseline.
    pub baseline: bool,
    /// How many weights it has; 0 for a baseline.
    pub weights: usize,
    /// How many seeds it was trained with.
    pub seeds: usize,
    /// By part.
    pub parts: Vec<PartErrors>,
}

impl Comparison {
    pub(super) fn table(&self) -> Table {
        let title = format!("errors in {} {}", self.unit, self.points);
        let named =
            self.lines.iter().any(|line| !line.baseline && line.name != line.text);
        let columns =
            ["", ">train rmse", ">test rmse", ">test mae", ">weights", ">seeds", "model"];
        let columns = if named { &columns[..] } else { &columns[..columns.len() - 1] };
        let mut table = Table::new(title, columns);
        for line in &self.lines {
            let deciding = line.parts.iter().find(|p| p.part == "test");
            let errors = |part: &PartErrors| {
                part.errors.map_or("none".to_owned(), |e| rmse(e.rmse, part.spread))
            };
            let train = line.parts.iter().find(|p| p.part == "train");
            let mut row = vec![
                line.name.clone(),
                train.map_or(String::new(), errors),
                deciding.map_or(String::new(), errors),
                deciding
                    .and_then(|p| p.errors)
                    .map_or(String::new(), |errors| figure(errors.mae)),
                if line.baseline { String::new() } else { line.weights.to_string() },
                if line.baseline { String::new() } else { line.seeds.to_string() },
            ];
            if named {
                row.push(line.text.clone());
            }
            table.rows.push(row);
        }
        table.best = self.best();
        table.notes.push(self.verdict.clone());
        table
    }

    /// The line with the least RMSE on the deciding part, where it has others beside it.
    fn best(&self) -> Option<usize> {
        let error = |line: &Line| {
            let part = line.parts.iter().find(|errors| errors.part == self.part)?;
            part.errors.map(|errors| errors.rmse)
        };
        let scored = self.lines.iter().enumerate();
        let scored: Vec<(usize, f64)> =
            scored.filter_map(|(k, line)| Some((k, error(line)?))).collect();
        let least = scored.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
        (scored.len() > 1).then_some(least.0)
    }

    pub(super) fn to_json(&self) -> Value {
        let lines: Vec<Value> = self.lines.iter().map(Line::to_json).collect();
        json!({
            "kind": "comparison", "unit": self.unit, "part": self.part,
            "points": self.points, "lines": lines, "verdict": self.verdict,
        })
    }
}

impl Line {
    fn to_json(&self) -> Value {
        let mut line = json!({
            "name": self.name, "text": self.text, "data": self.data,
            "baseline": self.baseline, "weights": self.weights, "seeds": self.seeds,
        });
        let map = line.as_object_mut().expect("an object is written above");
        let parts = super::ScoreLine { name: String::new(), parts: self.parts.clone() };
        map.extend(parts.to_json());
        line
    }
}

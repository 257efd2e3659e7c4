//! Train and test errors of one model beside the baselines.

use serde_json::{Map, Value, json};

use super::{Table, figure};

/// What `score m` says.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The name of the model.
    pub model: String,
    /// The model as it was written.
    pub text: String,
    /// What it was scored on.
    pub data: String,
    /// What the errors are measured in.
    pub unit: String,
    /// The model.
    pub line: ScoreLine,
    /// What it has to beat, in order.
    pub baselines: Vec<ScoreLine>,
    /// How many seeds the model was trained with; its errors are medians over them.
    pub seeds: usize,
    /// Which is better, in a sentence.
    pub verdict: String,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScoreLine {
    /// What it is called.
    pub name: String,
    /// By part: train, validation, test.
    pub parts: Vec<PartErrors>,
}

/// The errors on one part.
#[derive(Debug, Clone, PartialEq)]
pub struct PartErrors {
    /// `train`, `validation` or `test`.
    pub part: &'static str,
    /// The medians over the seeds; `None` where nothing could be predicted.
    pub errors: Option<Errors>,
    /// The least and largest RMSE over the seeds, where there are several.
    pub spread: Option<(f64, f64)>,
}

/// Errors in original units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Errors {
    /// Root of the mean squared error.
    pub rmse: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Mean absolute error in percent of the truth, where no truth is 0.
    pub mape: Option<f64>,
    /// Mean absolute error, divided by that of `naive` on the train part.
    pub mase: Option<f64>,
    /// How many predictions there are.
    pub count: usize,
}

impl ScoreLine {
    /// The errors on a part, if there are any.
    pub fn part(&self, name: &str) -> Option<&PartErrors> {
        self.parts.iter().find(|part| part.part == name)
    }

    pub(super) fn to_json(&self) -> Map<String, Value> {
        let value = |part: &PartErrors| {
            let Some(errors) = part.errors else { return Value::Null };
            let mut value = errors.to_json();
            if let (Some((least, most)), Some(map)) = (part.spread, value.as_object_mut())
            {
                map.insert("rmse_spread".to_owned(), json!([least, most]));
            }
            value
        };
        self.parts.iter().map(|part| (part.part.to_owned(), value(part))).collect()
    }
}

impl Errors {
    fn to_json(self) -> Value {
        json!({
            "rmse": self.rmse, "mae": self.mae, "mape": self.mape, "mase": self.mase,
            "count": self.count,
        })
    }
}

impl Score {
    pub(super) fn table(&self) -> Table {
        let of = if self.seeds > 1 {
            format!(", median of {} seeds", self.seeds)
        } else {
            String::new()
        };
        let title =
            format!("{} on {}: errors in {}{of}", self.model, self.data, self.unit);
        let mut table =
            Table::new(title, &["", "part", ">rmse", ">mae", ">mape", ">mase", ">n"]);
        for (line, name) in std::iter::once((&self.line, self.model.as_str()))
            .chain(self.baselines.iter().map(|line| (line, line.name.as_str())))
        {
            table.rows.extend(rows(line, name));
        }
        table.notes.push(self.verdict.clone());
        table
    }

    /// The row of the table with the least RMSE on the part that decides, the last one;
    /// none where nothing is compared.
    pub(super) fn best(&self) -> Option<usize> {
        let lines = std::iter::once(&self.line).chain(&self.baselines);
        let parts = lines.flat_map(|line| &line.parts).enumerate();
        let last = self.line.parts.last()?.part;
        let of_part = parts.filter(|(_, part)| part.part == last);
        let errors: Vec<(usize, f64)> =
            of_part.filter_map(|(row, part)| Some((row, part.errors?.rmse))).collect();
        let best = errors.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
        (errors.len() > 1).then_some(best.0)
    }

    pub(super) fn to_json(&self) -> Value {
        let mut score = json!({
            "kind": "score", "model": self.model, "text": self.text, "data": self.data,
            "unit": self.unit, "seeds": self.seeds,
        });
        let map = score.as_object_mut().expect("an object is written above");
        map.extend(self.line.to_json());
        let baselines: Map<String, Value> = (self.baselines.iter())
            .map(|line| (line.name.clone(), Value::Object(line.to_json())))
            .collect();
        map.insert("baselines".to_owned(), Value::Object(baselines));
        map.insert("verdict".to_owned(), json!(self.verdict));
        score
    }
}

/// One row for each part; the name stands in the first.
fn rows(line: &ScoreLine, name: &str) -> Vec<Vec<String>> {
    let row = |(k, part): (usize, &PartErrors)| {
        let name = if k == 0 { name } else { "" };
        let mut row = vec![name.to_owned(), part.part.to_owned()];
        match part.errors {
            None => row.extend(["none", "", "", "", "0"].map(str::to_owned)),
            Some(errors) => row.extend([
                rmse(errors.rmse, part.spread),
                figure(errors.mae),
                errors.mape.map_or(String::new(), |mape| format!("{mape:.1}%")),
                errors.mase.map_or(String::new(), |mase| format!("{mase:.2}")),
                errors.count.to_string(),
            ]),
        }
        row
    };
    line.parts.iter().enumerate().map(row).collect()
}

/// `48.04`, or `48.04 (46.10..50.32)` over several seeds.
pub(super) fn rmse(median: f64, spread: Option<(f64, f64)>) -> String {
    match spread {
        Some((least, most)) => {
            format!("{} ({}..{})", figure(median), figure(least), figure(most))
        }
        None => figure(median),
    }
}

//! Predicted values with their rows.

use serde_json::{Value, json};

use super::{Table, figure};

/// What `predict` and `forecast` say, in original units.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// The name of the model.
    pub model: String,
    /// `prediction` or `forecast`.
    pub kind: &'static str,
    /// What the values are measured in.
    pub unit: String,
    /// The label of each value: `1961-01`, or `+1`.
    pub labels: Vec<String>,
    /// As many as there are labels.
    pub values: Vec<f64>,
    /// The lower and upper edge of the band of each value, and the share of the errors
    /// in percent that it holds.
    pub band: Option<(Vec<(f64, f64)>, f64)>,
}

impl Values {
    /// The one value as a sentence, where there is but one.
    pub(super) fn sentence(&self) -> Option<String> {
        if let ([label], [value], None) = (&self.labels[..], &self.values[..], &self.band)
        {
            let what = self.kind;
            let (unit, model) = (&self.unit, &self.model);
            return Some(format!(
                "{what} of {model}, {label}: {} {unit}\n",
                figure(*value)
            ));
        }
        None
    }

    pub(super) fn table(&self) -> Table {
        let title = format!("{} of {} in {}", self.kind, self.model, self.unit);
        let mut table = Table::new(title, &["", ">value"]);
        if let Some((_, share)) = &self.band {
            let from = format!(">{share}%: from");
            table = Table::new(table.title, &["", ">value", &from, ">to"]);
        }
        for (k, (label, value)) in self.labels.iter().zip(&self.values).enumerate() {
            let mut row = vec![label.clone(), figure(*value)];
            if let Some((band, _)) = &self.band {
                row.extend([figure(band[k].0), figure(band[k].1)]);
            }
            table.rows.push(row);
        }
        table
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "kind": self.kind, "model": self.model, "unit": self.unit,
            "labels": self.labels, "values": self.values,
            "band": self.band.as_ref().map(|(band, _)| band),
            "band_percent": self.band.as_ref().map(|(_, share)| share),
        })
    }
}

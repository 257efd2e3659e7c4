//! The summary of a model as HTML: its layers as a table, and each kind drawn.

use super::escaped;
use super::{draw, table};
use crate::LayerSummary;
use crate::output::Summary;

/// Layers beyond these are in the table alone.
const DRAWN: usize = 8;

/// The table, and below it the picture of each layer; of layers that are alike the first
/// is drawn.
pub(super) fn html(summary: &Summary) -> String {
    let rows = summary.table();
    let head = table::title(&rows.title) + &table::rows(&rows);
    let mut told: Vec<(&str, &str)> = Vec::new();
    let mut figures = String::new();
    for (k, layer) in summary.layers.iter().enumerate() {
        let looks = (layer.text.as_str(), layer.shapes.as_str());
        if told.contains(&looks) || told.len() == DRAWN {
            continue;
        }
        told.push(looks);
        figures += &figure(k, layer);
    }
    format!("{head}<div>{figures}</div>{}", table::notes(&rows.notes))
}

fn figure(place: usize, layer: &LayerSummary) -> String {
    let caption = format!("layer {}: {}", place + 1, layer.text);
    let (reads, gives) = layer.shapes.split_once(" -> ").unwrap_or(("", &layer.shapes));
    let picture = draw::picture(&layer.layer, reads, gives);
    format!("<figure><figcaption>{}</figcaption>{picture}</figure>", escaped(&caption))
}

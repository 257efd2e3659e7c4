//! Layers as small drawings: what enters at the bottom leaves at the top, and what lasts
//! from step to step goes from left to right.

mod gru;
mod lstm;
mod marks;
mod other;
mod own;
mod rnn;

use carousel_net::network::{Activation, Cell, Layer, LayerKind, Recurrent};

use marks::{Drawing, Point};

/// The picture of a layer that `reads` and `gives` values of these shapes: `3x1`, `4`.
pub(super) fn picture(layer: &Layer, reads: &str, gives: &str) -> String {
    let title = format!("{}, {reads} -> {gives}", layer.kind.word());
    let drawing = match &layer.kind {
        LayerKind::Recurrent(recurrent) => cell(recurrent, reads, gives),
        LayerKind::Dense { activation, .. } => {
            other::dense(activation_text(*activation), reads, gives)
        }
        LayerKind::Dropout { .. } => other::dropout(reads, gives),
        LayerKind::Flat => other::flat(reads, gives),
        LayerKind::Embed { units, .. } => other::embed(*units, reads, gives),
    };
    drawing.svg(&title)
}

fn cell(recurrent: &Recurrent, reads: &str, gives: &str) -> Drawing {
    let mut drawing = match &recurrent.cell {
        Cell::Lstm => lstm::drawing(recurrent.units),
        Cell::Gru => gru::drawing(recurrent.units),
        Cell::Rnn => rnn::drawing(recurrent.units),
        Cell::User(definition) => own::drawing(definition, recurrent.units),
    };
    drawing.ends(reads, gives);
    drawing
}

fn activation_text(activation: Activation) -> &'static str {
    match activation {
        Activation::Linear => "",
        Activation::Relu => "relu",
        Activation::Tanh => "tanh",
        Activation::Sigmoid => "σ",
        Activation::Softmax => "softmax",
    }
}

/// `4 units`
fn units_text(units: usize) -> String {
    if units == 1 { "1 unit".to_owned() } else { format!("{units} units") }
}

/// The frame of a cell with the number of its units.
fn frame(
    drawing: &mut Drawing,
    (left, top): Point,
    (right, bottom): Point,
    units: usize,
) {
    drawing.frame((left, top), (right, bottom));
    drawing.small((left + 6.0, top + 14.0), "start", &units_text(units));
}

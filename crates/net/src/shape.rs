//! What flows between layers: widths and steps, inferred from the data.

use carousel_lang::Diagnostic;

use crate::network::{Layer, LayerKind, Network, Output};

/// What the data gives and asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataShape {
    /// Steps of a sequence, if all have the same number: `T`.
    pub steps: Option<usize>,
    /// Values a step: `I`.
    pub features: usize,
    /// Values of the target: `O`.
    pub width: usize,
    /// Whether each step has a target.
    pub every: bool,
}

/// What one value between two layers looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// Values a step, or a sequence.
    pub width: usize,
    /// Whether there is one row for each step (`[T, B, width]`) or one for the
    /// sequence (`[B, width]`).
    pub every: bool,
}

/// What goes into each layer, and what comes out of the last one: one more entry than
/// there are layers.
///
/// # Errors
/// E4 where `dense` stands on steps, E5 where the last width is not the target's, and
/// others of that kind.
pub fn flows(network: &Network, data: DataShape) -> Result<Vec<Flow>, Diagnostic> {
    let mut flow = Flow { width: data.features, every: true };
    let mut flows = vec![flow];
    for (index, layer) in network.layers.iter().enumerate() {
        flow = after(network, index, layer, flow, data)?;
        flows.push(flow);
    }
    check_end(network, flow, data)?;
    Ok(flows)
}

fn after(
    network: &Network,
    index: usize,
    layer: &Layer,
    flow: Flow,
    data: DataShape,
) -> Result<Flow, Diagnostic> {
    match &layer.kind {
        LayerKind::Recurrent(recurrent) => {
            if !flow.every {
                return Err(no_steps_left(layer, recurrent.cell.word()));
            }
            let directions = 1 + usize::from(recurrent.bidirectional);
            let every = match recurrent.output {
                Some(output) => output == Output::Every,
                None => data.every || steps_needed(network, index),
            };
            Ok(Flow { width: recurrent.units * directions, every })
        }
        LayerKind::Dense { units, .. } => {
            let raw = !network.layers[..index]
                .iter()
                .any(|l| matches!(l.kind, LayerKind::Recurrent(_) | LayerKind::Flat));
            if raw && flow.every && !data.every {
                return Err(dense_on_steps(layer, *units, flow, data));
            }
            Ok(Flow { width: units.unwrap_or(data.width), ..flow })
        }
        LayerKind::Dropout { .. } => Ok(flow),
        LayerKind::Flat => match (flow.every, data.steps) {
            (false, _) => Ok(flow),
            (true, Some(steps)) => Ok(Flow { width: steps * flow.width, every: false }),
            (true, None) => Err(Diagnostic::error(
                "`flat` needs sequences of one length, and these have several",
            )
            .label(layer.span, "the row would have no fixed width")
            .note("a recurrent layer reads them in order, whatever their length")
            .with_hint("lstm 8 -> dense")),
        },
    }
}

/// Whether a later layer reads steps before anything has made one row of them.
fn steps_needed(network: &Network, index: usize) -> bool {
    network.layers[index + 1..]
        .iter()
        .find_map(|layer| match layer.kind {
            LayerKind::Recurrent(_) | LayerKind::Flat => Some(true),
            LayerKind::Dense { .. } => Some(false),
            LayerKind::Dropout { .. } => None,
        })
        .unwrap_or(false)
}

fn no_steps_left(layer: &Layer, word: &str) -> Diagnostic {
    Diagnostic::error(format!(
        "`{word}` needs steps, and the layer before it gives one row"
    ))
    .label(layer.span, "no steps arrive here")
    .note("`every` lets the layer before it pass on every step")
    .with_hint(format!("lstm 4 every -> {word} 4"))
}

fn dense_on_steps(
    layer: &Layer,
    units: Option<usize>,
    flow: Flow,
    data: DataShape,
) -> Diagnostic {
    let units = units.unwrap_or(8);
    let steps = data.steps.map_or("steps".to_owned(), |n| count(n, "step"));
    Diagnostic::error("`dense` stands on steps, and it takes one row")
        .code("E4")
        .label(layer.span, format!("gets {steps} of {}", count(flow.width, "value")))
        .note(format!("`flat -> dense {units}` sees them as one row"))
        .note(format!("`lstm {units}` reads them in order"))
        .with_hint(format!("lstm {units} -> dense"))
}

fn check_end(network: &Network, flow: Flow, data: DataShape) -> Result<(), Diagnostic> {
    let Some(last) = network.layers.last() else {
        return Err(Diagnostic::error("a model needs at least one layer")
            .with_hint("lstm 4 -> dense 1"));
    };
    if flow.every && !data.every {
        return Err(Diagnostic::error(
            "the model gives a row for each step, the target has one",
        )
        .label(last.span, "still one row for each step here")
        .note("without `every`, a recurrent layer passes on the last step")
        .with_hint("lstm 4 -> dense"));
    }
    if !flow.every && data.every {
        return Err(Diagnostic::error(
            "the model gives one row, the target has one for each step",
        )
        .label(last.span, "one row here")
        .note("`every` lets a recurrent layer pass on every step")
        .with_hint("lstm 4 every -> dense"));
    }
    if flow.width != data.width {
        return Err(Diagnostic::error("the model's output does not fit the target")
            .code("E5")
            .label(
                last.span,
                format!(
                    "gives {}, the target has {}",
                    count(flow.width, "number"),
                    data.width
                ),
            )
            .note("`dense` without a number takes the width of the target")
            .with_hint("dense"));
    }
    Ok(())
}

fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

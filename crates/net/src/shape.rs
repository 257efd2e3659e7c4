//! What flows between layers: widths and steps, inferred from the data.

use carousel_lang::Diagnostic;

use crate::network::{Layer, LayerKind, Network, Output};

/// What the data gives and asks for; numbers, unless something else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DataShape {
    /// Steps of a sequence, if all have the same number: `T`.
    pub steps: Option<usize>,
    /// Values a step: `I`.
    pub features: usize,
    /// How many symbols there are, where a step is one of them, a whole number from 0:
    /// `V`. `None` for numbers.
    pub symbols: Option<usize>,
    /// Numbers that a network has to give: the values of the target, or one for each
    /// class: `O`.
    pub width: usize,
    /// How many classes there are, where the target is one of them, a whole number from
    /// 0; `width` is the same then. `None` for numbers.
    pub classes: Option<usize>,
    /// Whether each step has a target.
    pub every: bool,
}

impl DataShape {
    /// Values in a row of targets, as sequences hold them: 1 where it is a class.
    pub fn target_width(&self) -> usize {
        if self.classes.is_some() { 1 } else { self.width }
    }
}

/// What one value between two layers looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// Values a step, or a sequence.
    pub width: usize,
    /// How many symbols there are, where a step is one of them: before `embed` only.
    pub symbols: Option<usize>,
    /// Whether there is one row for each step (`[T, B, width]`) or one for the
    /// sequence (`[B, width]`).
    pub every: bool,
}

/// What goes into each layer, and what comes out of the last one: one more entry than
/// there are layers.
///
/// # Errors
/// E4 where `dense` stands on steps, where symbols meet another layer than `embed` or
/// `embed` meets numbers, E5 where the last width is not the target's, and
/// others of that kind.
pub fn flows(network: &Network, data: DataShape) -> Result<Vec<Flow>, Diagnostic> {
    let mut flow = Flow { width: data.features, symbols: data.symbols, every: true };
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
    check_symbols(network, index, layer, flow)?;
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
            Ok(Flow { width: recurrent.units * directions, symbols: None, every })
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
        LayerKind::Embed { units, .. } => {
            Ok(Flow { width: *units, symbols: None, ..flow })
        }
        LayerKind::Dropout { .. } => Ok(flow),
        LayerKind::Flat => match (flow.every, data.steps) {
            (false, _) => Ok(flow),
            (true, Some(steps)) => {
                Ok(Flow { width: steps * flow.width, every: false, ..flow })
            }
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
            LayerKind::Dropout { .. } | LayerKind::Embed { .. } => None,
        })
        .unwrap_or(false)
}

/// Symbols go into `embed` and nothing else does.
fn check_symbols(
    network: &Network,
    index: usize,
    layer: &Layer,
    flow: Flow,
) -> Result<(), Diagnostic> {
    let word = layer.kind.word();
    match (&layer.kind, flow.symbols) {
        (LayerKind::Embed { .. }, None) if index > 0 => {
            let before = network.layers[index - 1].kind.word();
            Err(Diagnostic::error("`embed` must be the first layer: it reads symbols")
                .label(layer.span, format!("reads the numbers that `{before}` gives"))
                .with_hint("embed 8 -> lstm 4 -> dense"))
        }
        (LayerKind::Embed { .. }, None) => {
            Err(Diagnostic::error("`embed` needs symbols, and the data are numbers")
                .label(layer.span, format!("gets {} a step", count(flow.width, "number")))
                .note("a symbol is one of a fixed set, as the characters of a text are")
                .with_hint("lstm 4 -> dense"))
        }
        (LayerKind::Embed { .. }, Some(_)) if flow.width != 1 => {
            Err(Diagnostic::error("`embed` reads one symbol a step")
                .label(layer.span, format!("gets {} a step", flow.width)))
        }
        (LayerKind::Embed { .. }, Some(_)) => Ok(()),
        (_, Some(symbols)) => Err(Diagnostic::error(format!(
            "`{word}` takes numbers, and the data are symbols"
        ))
        .label(layer.span, format!("gets one of {symbols} symbols a step"))
        .note("`embed` makes numbers of them")
        .with_hint("embed 8 -> lstm 4 -> dense")),
        (_, None) => Ok(()),
    }
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
        let target = match data.classes {
            Some(classes) => count(classes, "class"),
            None => data.width.to_string(),
        };
        return Err(Diagnostic::error("the model's output does not fit the target")
            .code("E5")
            .label(
                last.span,
                format!("gives {}, the target has {target}", count(flow.width, "number")),
            )
            .note("`dense` without a number takes the width of the target")
            .with_hint("dense"));
    }
    Ok(())
}

/// `1 number`, `2 numbers`
pub(crate) fn count(n: usize, noun: &str) -> String {
    let ending = if noun.ends_with('s') { "es" } else { "s" };
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}{ending}") }
}

#[cfg(test)]
mod tests {
    use super::{DataShape, flows};
    use crate::testing::network;

    /// What is said of a model line on such data: `None` if it fits.
    fn check(line: &str, symbols: Option<usize>, expected: Option<&str>) {
        let classes = symbols;
        let (steps, features, width) = (Some(4), 1, symbols.unwrap_or(1));
        let data = DataShape { steps, features, symbols, width, classes, every: false };
        let error = flows(&network(line, ""), data).err();
        let said = error.map(|error| match &error.labels[..] {
            [label, ..] => format!("{} | {}", error.title, label.text),
            [] => error.title,
        });
        assert_eq!(said.as_deref(), expected, "{line}");
    }

    #[test]
    fn symbols_go_into_a_table_first() {
        check("embed 8 -> lstm 4 -> dense", Some(5), None);
        check("embed 8 -> dropout 0.1 -> flat -> dense", Some(5), None);
        check(
            "embed 8 -> lstm 4 -> dense",
            None,
            Some(
                "`embed` needs symbols, and the data are numbers | gets 1 number a step",
            ),
        );
        check(
            "lstm 4 -> dense",
            Some(5),
            Some(
                "`lstm` takes numbers, and the data are symbols | gets one of 5 symbols a step",
            ),
        );
        check(
            "embed 8 -> lstm 4 -> embed 4 -> dense",
            Some(5),
            Some(
                "`embed` must be the first layer: it reads symbols | reads the numbers that `lstm` gives",
            ),
        );
        check(
            "embed 8 -> lstm 4 -> dense 4",
            Some(5),
            Some(
                "the model's output does not fit the target | gives 4 numbers, the target has 5 classes",
            ),
        );
    }
}

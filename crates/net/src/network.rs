//! A network as the language describes it: layers without sizes of data.

use std::sync::Arc;

use carousel_lang::Span;
use carousel_lang::ast::CellDefinition;

use crate::cells;

/// The layers of a model line, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Network {
    /// From the data to the prediction.
    pub layers: Vec<Layer>,
}

/// One layer and the words that asked for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// What it does.
    pub kind: LayerKind,
    /// Where it stands in the model line.
    pub span: Span,
}

/// The kinds of layer.
#[derive(Debug, Clone, PartialEq)]
pub enum LayerKind {
    /// `lstm 4`, `gru 4`, `rnn 4`, or a cell of the user's
    Recurrent(Recurrent),
    /// `dense 1`; without a number it takes the width of the target.
    Dense {
        /// Its outputs.
        units: Option<usize>,
        /// What follows the sum.
        activation: Activation,
        /// Whether training leaves its weights alone.
        frozen: bool,
    },
    /// `dropout 0.2`: the share of values set to zero while training.
    Dropout {
        /// From 0 up to, not including, 1.
        rate: f32,
    },
    /// `flat`: all steps as one row.
    Flat,
    /// `embed 32`: the row of a learned table that a symbol names; the first layer.
    Embed {
        /// Numbers a symbol: `N`.
        units: usize,
        /// Whether training leaves its table alone.
        frozen: bool,
    },
}

/// A recurrent layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Recurrent {
    /// Its equations.
    pub cell: Cell,
    /// `H`
    pub units: usize,
    /// Whether it keeps its memory from batch to batch.
    pub stateful: bool,
    /// Whether a second one reads the steps from the last to the first.
    pub bidirectional: bool,
    /// Share of its inputs set to zero while training; one mask for all steps.
    pub dropout: f32,
    /// Share of its state, as the products see it, set to zero while training; one
    /// mask for all steps.
    pub recurrent_dropout: f32,
    /// `last` or `every`, where written.
    pub output: Option<Output>,
    /// Whether training leaves its weights alone.
    pub frozen: bool,
}

/// Which equations a recurrent layer runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Long short-term memory with a forget gate (Gers et al. 2000).
    Lstm,
    /// Gated recurrent unit, reset after the product (as Keras and PyTorch).
    Gru,
    /// Elman's network with tanh.
    Rnn,
    /// `cell ... end`
    User(Arc<CellDefinition>),
}

/// Which steps a recurrent layer passes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The state after the last step.
    Last,
    /// The state after each step.
    Every,
}

/// What follows the sum of a dense layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activation {
    /// Nothing.
    #[default]
    Linear,
    /// max(x, 0)
    Relu,
    /// tanh(x)
    Tanh,
    /// 1 / (1 + exp(-x))
    Sigmoid,
    /// exp(x) / sum exp(x): shares that sum to 1.
    Softmax,
}

impl Cell {
    /// The word that asks for it.
    pub fn word(&self) -> &str {
        match self {
            Cell::Lstm => "lstm",
            Cell::Gru => "gru",
            Cell::Rnn => "rnn",
            Cell::User(definition) => &definition.name.text,
        }
    }

    /// The equations that it runs, the built-in ones as a user would write them, with
    /// one bias.
    pub fn equations(&self) -> CellDefinition {
        cells::equations(self, false)
    }
}

impl LayerKind {
    /// The word that asks for it.
    pub fn word(&self) -> &str {
        match self {
            LayerKind::Recurrent(recurrent) => recurrent.cell.word(),
            LayerKind::Dense { .. } => "dense",
            LayerKind::Dropout { .. } => "dropout",
            LayerKind::Flat => "flat",
            LayerKind::Embed { .. } => "embed",
        }
    }
}

impl Network {
    /// Whether any layer keeps memory between batches.
    pub fn is_stateful(&self) -> bool {
        self.recurrent().any(|layer| layer.stateful)
    }

    /// The recurrent layers, in order.
    pub fn recurrent(&self) -> impl Iterator<Item = &Recurrent> {
        self.layers.iter().filter_map(|layer| match &layer.kind {
            LayerKind::Recurrent(recurrent) => Some(recurrent),
            LayerKind::Dense { .. }
            | LayerKind::Dropout { .. }
            | LayerKind::Flat
            | LayerKind::Embed { .. } => None,
        })
    }
}

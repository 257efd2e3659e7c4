//! What the tests of this crate share: networks from model lines, and small problems.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use carousel_cell::{Form, Optimiser};
use carousel_data::Sequences;
use carousel_lang::ast::{CellDefinition, StatementKind};
use carousel_lang::{Sources, Span};

use crate::engine::{Loss, Settings};
use crate::model::{Like, Model};
use crate::network::{Activation, Cell, Layer, LayerKind, Network, Output, Recurrent};
use crate::shape::DataShape;
use crate::train::{Diverged, Epoch, Options, Stopped, Training};

/// An LSTM whose gates stand in another order and whose sums do, too.
pub(crate) const LSTM_BY_HAND: &str = "cell mine
  o = sigmoid(bo + Uo h + Wo x)
  g = tanh(Wg x + bg + Ug h)
  f = sigmoid((Uf h + bf) + Wf x)
  i = sigmoid(Wi x + Ui h + bi)
  c = g * i + c * f
  h = tanh(c) * o
  bf starts 1
end";

/// A cell that is none of the built-in ones, with a matrix that multiplies `c` and a
/// vector that stands alone.
pub(crate) const PEEPHOLE: &str = "cell own
  f = sigmoid(Wf x + Uf h + Vf c + bf)
  c = f * c + (1 - f) * tanh(Wg x + Ug h + bg) + v
  h = tanh(c)
  bf starts 1
end";

pub(crate) const PLAN: Settings = Settings::DEFAULT;

/// A network from a line such as `lstm 4 stateful -> dropout 0.2 -> dense 1`; any word
/// that is no layer's is the cell that `cell` defines.
pub(crate) fn network(line: &str, cell: &str) -> Network {
    let kinds = line.split(" -> ").map(|part| kind(part, cell));
    let layers = kinds.map(|kind| Layer { kind, span: Span::default() }).collect();
    Network { layers }
}

fn kind(part: &str, cell: &str) -> LayerKind {
    let words: Vec<&str> = part.split(' ').collect();
    let number = |at: usize| words.get(at).and_then(|word| word.parse().ok());
    let rate = |name: &str| match words.iter().position(|word| *word == name) {
        Some(at) => words[at + 1].parse().unwrap(),
        None => 0.0,
    };
    let has = |name: &str| words.contains(&name);
    let activation = match () {
        () if has("relu") => Activation::Relu,
        () if has("softmax") => Activation::Softmax,
        () => Activation::Linear,
    };
    let cell = match words[0] {
        "dense" => {
            return LayerKind::Dense {
                units: number(1),
                activation,
                frozen: has("frozen"),
            };
        }
        "dropout" => return LayerKind::Dropout { rate: rate("dropout") },
        "flat" => return LayerKind::Flat,
        "embed" => {
            let units = number(1).unwrap();
            return LayerKind::Embed { units, frozen: has("frozen") };
        }
        "lstm" => Cell::Lstm,
        "gru" => Cell::Gru,
        "rnn" => Cell::Rnn,
        _ => Cell::User(Arc::new(definition(cell))),
    };
    LayerKind::Recurrent(Recurrent {
        cell,
        units: number(1).unwrap(),
        stateful: has("stateful"),
        bidirectional: has("bidirectional"),
        dropout: rate("dropout"),
        recurrent_dropout: rate("recurrent-dropout"),
        output: has("every").then_some(Output::Every),
        frozen: has("frozen"),
    })
}

fn definition(text: &str) -> CellDefinition {
    let mut sources = Sources::default();
    let (program, errors) = carousel_lang::parse(sources.add("test", text));
    assert!(errors.is_empty(), "{errors:?}");
    match program.statements.into_iter().next().unwrap().kind {
        StatementKind::Cell(definition) => definition,
        other => panic!("{other:?} is no cell"),
    }
}

/// Pieces of a sine wave with a second feature beside it; the target is what follows.
pub(crate) fn waves(lengths: &[usize], every: bool) -> Sequences {
    let value = |step: usize| (step as f32 * 0.7).sin();
    let mut waves = Sequences { features: 2, width: 1, every, ..Sequences::default() };
    let mut start = 0;
    for length in lengths {
        for step in start..start + length {
            waves.inputs.extend([value(step), (step as f32 * 0.4).cos()]);
            if every {
                waves.targets.push(value(step + 1));
            }
        }
        if !every {
            waves.targets.push(value(start + length));
        }
        start += length;
    }
    waves.lengths = lengths.to_vec();
    waves.rows = (0..waves.targets.len()).collect();
    waves
}

/// Pieces of 0, 1, 2, 1, 0, 1, ..., in which what follows a 1 depends on what was before
/// it; the target is the symbol that follows.
pub(crate) fn swings(lengths: &[usize], every: bool) -> Sequences {
    let symbol = |step: usize| [0.0, 1.0, 2.0, 1.0][step % 4];
    let mut swings = Sequences { features: 1, width: 1, every, ..Sequences::default() };
    let mut start = 0;
    for length in lengths {
        let steps = start..start + length;
        swings.inputs.extend(steps.clone().map(symbol));
        let asked = if every { steps } else { steps.end - 1..steps.end };
        swings.targets.extend(asked.map(|step| symbol(step + 1)));
        start += length;
    }
    swings.lengths = lengths.to_vec();
    swings.rows = (0..swings.targets.len()).collect();
    swings
}

/// The shape of [`swings`].
pub(crate) fn swing_shape(sequences: &Sequences) -> DataShape {
    let (symbols, classes) = (Some(3), Some(3));
    DataShape { symbols, width: 3, classes, ..shape(sequences) }
}

pub(crate) fn shape(sequences: &Sequences) -> DataShape {
    let first = sequences.lengths[0];
    let same = sequences.lengths.iter().all(|length| *length == first);
    DataShape {
        steps: same.then_some(first),
        features: sequences.features,
        width: sequences.width,
        every: sequences.every,
        ..DataShape::default()
    }
}

pub(crate) fn model(line: &str, cell: &str, sequences: &Sequences) -> Model {
    Model::new(&network(line, cell), shape(sequences), Like::Keras, 7).unwrap()
}

/// Adam with a high rate, batches of 4, shuffled.
pub(crate) fn options() -> Options {
    let optimiser = Optimiser::Adam {
        rate: 0.01,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-7,
        decay: 0.0,
        form: Form::Keras,
    };
    Options {
        batch: 4,
        optimiser,
        loss: Loss::Mse,
        seed: 7,
        shuffle: true,
        clip: None,
        patience: None,
        keep_best: false,
        until: None,
        time: None,
    }
}

pub(crate) fn run(
    training: &mut Training,
    epochs: usize,
    train: &Sequences,
    validation: Option<&Sequences>,
) -> Result<Stopped, Diverged> {
    let mut watch = |_: &Epoch| ControlFlow::Continue(());
    let flag = AtomicBool::new(false);
    training.run(epochs, train, validation, PLAN, &flag, &mut watch)
}

//! How much memory a training takes, told before any of it is taken: a network, its data
//! and the options go in, bytes come out.

use std::collections::BTreeMap;

use carousel_data::Sequences;
use carousel_lang::Diagnostic;

use super::order::Order;
use super::{Options, whole};
use crate::batches::Loader;
use crate::engine::{BatchShape, Engine, Goal, Settings};
use crate::engines::{KEPT, slot_bytes};
use crate::model::{Like, Model};
use crate::network::Network;
use crate::passes::tables;
use crate::predict;
use crate::shape::DataShape;

/// A training that has not begun: there is no model yet.
#[derive(Debug, Clone, Copy)]
pub struct Prospect<'a> {
    /// The layers.
    pub network: &'a Network,
    /// What they are sized for.
    pub data: DataShape,
    /// Whose biases they have.
    pub like: Like,
    /// How it is to be trained.
    pub options: &'a Options,
    /// What it learns from.
    pub train: &'a Sequences,
    /// What is read after each epoch.
    pub validation: Option<&'a Sequences>,
    /// What is predicted in the end, the two above included.
    pub parts: &'a [&'a Sequences],
}

/// Bytes of a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Need {
    /// What stays: the weights, what the optimiser remembers of them, both as they were at
    /// the end of the epoch before, and of the best one if that is kept; predictions.
    pub kept: usize,
    /// What is there while it goes on: gradients, batches, and what engines take.
    pub working: usize,
}

/// Shapes of batches that differ in their steps only are compiled up to so many times;
/// what lies between is read off a straight line.
const COMPILED: usize = 8;

/// How many numbers a weight and a step of a row may come to, at the very most: values,
/// gates, their gradients, views.
const A_WEIGHT: usize = 64;

/// A prediction: its row, its value and the true one, beside the network's own number.
const A_PREDICTION: usize = 3 * size_of::<u64>() + size_of::<f32>();

impl Prospect<'_> {
    /// Bytes that it takes for sure no more than: no look at the graph is needed for a
    /// training that is small by this measure.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn at_most(&self) -> Result<usize, Diagnostic> {
        let model = self.outline()?;
        let widths: usize = model.flows.iter().map(|flow| flow.width).sum();
        let numbers = weights(&model) + widths;
        let steps = self.train.lengths.iter().copied().max().unwrap_or(0);
        let rows = steps * self.options.batch.max(predict::AT_ONCE);
        let shapes = self.shapes(&model).len() + 2;
        let predicted = A_PREDICTION * self.predictions();
        let working = [A_WEIGHT, numbers, rows + 1, shapes, size_of::<f32>()];
        let product = |product: usize, more: usize| product.saturating_mul(more);
        Ok(working.into_iter().fold(1, product).saturating_add(predicted))
    }

    /// Bytes that it takes, with engines for the shapes of the first epoch: exact where
    /// all sequences have one length, or keep their order.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn need(&self, settings: Settings) -> Result<Need, Diagnostic> {
        let model = self.outline()?;
        let weights = weights(&model) * size_of::<f32>();
        let best = self.options.keep_best && self.validation.is_some();
        let copies = if best { 9 } else { 6 };
        let shapes = self.shapes(&model);
        let goal = Goal::Train(self.options.loss);
        let engines = engines(&model, goal, settings, &shapes)?;
        let reading = |part: &Sequences| -> Result<usize, Diagnostic> {
            let shapes = predict::shapes(&model, part);
            let engines = engines_of(&model, settings, part, &shapes)?;
            let outputs = part.targets.len() * size_of::<f32>();
            Ok(engines + outputs + self.batch_bytes(&shapes))
        };
        let validating = match self.validation {
            Some(part) if !part.is_empty() => reading(part)?,
            _ => 0,
        };
        let training = weights + engines + self.batch_bytes(&shapes) + validating;
        let mut working = training;
        for part in self.parts.iter().filter(|part| !part.is_empty()) {
            working = working.max(reading(part)?);
        }
        let predicted = A_PREDICTION * self.predictions();
        Ok(Need { kept: copies * weights + predicted, working })
    }

    /// The model without its weights.
    fn outline(&self) -> Result<Model, Diagnostic> {
        Model::outline(self.network, self.data, self.like)
    }

    /// How many numbers are predicted in the end.
    fn predictions(&self) -> usize {
        self.parts.iter().map(|part| part.targets.len()).sum()
    }

    /// The shapes of the batches of the first epoch.
    fn shapes(&self, model: &Model) -> Vec<BatchShape> {
        if self.train.is_empty() {
            return Vec::new();
        }
        let order = Order::new(model, self.options, self.train, 0);
        let many = whole::shape(model, self.options, self.train);
        if let (Some(shape), Some(_)) = (many, order.singles()) {
            return vec![shape];
        }
        let loader = Loader::new(self.train);
        let mut members = Vec::new();
        let mut shapes = BTreeMap::new();
        for batch in 0..order.len() {
            order.members(batch, &mut members);
            let shape = loader.shape(&members);
            shapes.insert((shape.size, shape.masked, shape.steps), shape);
        }
        shapes.into_values().collect()
    }

    /// The largest of these batches, twice: one is laid out while the one before is
    /// there.
    fn batch_bytes(&self, shapes: &[BatchShape]) -> usize {
        let Sequences { features, width, every, .. } = *self.train;
        let numbers = |shape: &BatchShape| {
            let rows = shape.steps * shape.size;
            let targets = if every { rows } else { shape.size };
            rows * (features + usize::from(shape.masked)) + targets * (width + 2)
        };
        2 * shapes.iter().map(numbers).max().unwrap_or(0) * size_of::<f32>()
    }
}

fn weights(model: &Model) -> usize {
    model.parameters.iter().map(crate::parameters::Parameter::len).sum()
}

/// Bytes of the engines that predict a part.
fn engines_of(
    model: &Model,
    settings: Settings,
    part: &Sequences,
    shapes: &[BatchShape],
) -> Result<usize, Diagnostic> {
    let goal = model.goal();
    let all = match shapes {
        [.., full]
            if !part.every
                && part.lengths.iter().all(|length| *length == full.steps)
                && compile(model, goal, settings, *full)?.tiny().is_some() =>
        {
            // One kernel reads all of them, however many.
            std::slice::from_ref(full)
        }
        _ => shapes,
    };
    engines(model, goal, settings, all)
}

/// Bytes of engines for these shapes, which are in the order of size, mask and steps.
fn engines(
    model: &Model,
    goal: Goal,
    settings: Settings,
    shapes: &[BatchShape],
) -> Result<usize, Diagnostic> {
    let one = |shape: BatchShape| {
        let engine = compile(model, goal, settings, shape)?;
        Ok(engine.bytes() + slot_bytes(&engine, shape.size))
    };
    let mut bytes = Vec::new();
    // From so many steps on a table is multiplied, which takes room of its own.
    let multiplied = |s: &BatchShape| {
        let symbols = model.data.symbols;
        symbols.is_some_and(|kinds| tables::pays(kinds, s.steps * s.size))
    };
    let kind = |s: &BatchShape| (s.size, s.masked, multiplied(s));
    for like in shapes.chunk_by(|a, b| kind(a) == kind(b)) {
        let (first, last) = (like[0], like[like.len() - 1]);
        if like.len() <= COMPILED {
            let all: Result<Vec<usize>, Diagnostic> =
                like.iter().copied().map(one).collect();
            bytes.extend(all?);
            continue;
        }
        let ends = [one(first)?, one(last)?];
        let slope = ends[1].saturating_sub(ends[0]) / (last.steps - first.steps);
        bytes.extend(like.iter().map(|s| ends[0] + slope * (s.steps - first.steps)));
    }
    bytes.sort_unstable_by(|a, b| b.cmp(a));
    Ok(bytes.iter().take(KEPT).sum())
}

fn compile(
    model: &Model,
    goal: Goal,
    settings: Settings,
    shape: BatchShape,
) -> Result<Engine, Diagnostic> {
    let (network, flows) = (&model.network, &model.flows);
    Engine::new(network, flows, shape, goal, model.two_biases(), settings)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::super::epoch::Bench;
    use super::super::run::{Task, Training};
    use super::*;
    use crate::engine::{Footprint, Loss};
    use crate::testing::{PEEPHOLE, PLAN, network, options, shape, waves};

    /// A network, lengths of its sequences, whether each step has a target, the batch.
    type Case<'a> = (&'a str, Vec<usize>, bool, usize);

    fn cases() -> [Case<'static>; 8] {
        [
            ("lstm 4 -> dense 1", vec![3; 90], false, 1),
            ("lstm 4 stateful -> dense 1", vec![3; 10], false, 3),
            ("lstm 70 -> dense 1", vec![20; 11], false, 4),
            ("gru 9 dropout 0.2 -> dense 1", vec![5; 7], true, 7),
            ("own 5 bidirectional -> dense 1", vec![12; 9], false, 4),
            ("own 5 stateful -> dropout 0.1 -> dense 1", vec![12; 9], true, 1),
            ("lstm 6 -> dense 1", vec![4, 9, 6, 9, 5], true, 2),
            ("rnn 6 -> lstm 5 -> dense 1", (2..22).collect(), false, 3),
        ]
    }

    fn ways() -> [Settings; 3] {
        [
            PLAN,
            Settings { footprint: Footprint::Low, ..PLAN },
            Settings { fusion: false, ..PLAN },
        ]
    }

    /// What is told beforehand is what is there after an epoch.
    fn check((line, lengths, every, batch): Case<'_>, settings: Settings) {
        let train = waves(&lengths, every);
        let network = network(line, PEEPHOLE);
        let (loss, keep_best) = (Loss::Mae, true);
        let options = Options { batch, loss, keep_best, shuffle: false, ..options() };
        let prospect = Prospect {
            network: &network,
            data: shape(&train),
            like: Like::Keras,
            options: &options,
            train: &train,
            validation: Some(&train),
            parts: &[&train],
        };
        let need = prospect.need(settings).unwrap();
        assert!(need.working <= prospect.at_most().unwrap(), "{line}");

        let model = Model::new(&network, shape(&train), Like::Keras, 7).unwrap();
        let numbers = model.weights.len();
        let mut training = Training::new(model, options.clone());
        let interrupt = &AtomicBool::new(false);
        let validation = Some(&train);
        let task = Task { train: &train, validation, settings, interrupt, end: None };
        let mut bench = Bench::new(&training.model, &options, &task);
        training.epoch(&mut bench, &task, &mut |_, _| {}).unwrap();
        let engines = bench.engines.bytes() + bench.predictors.bytes();
        let outline = prospect.outline().unwrap();
        let batches = prospect.batch_bytes(&prospect.shapes(&outline))
            + prospect.batch_bytes(&predict::shapes(&outline, &train));
        let floats = numbers + train.targets.len();
        let working = engines + batches + floats * size_of::<f32>();
        assert_eq!(need.working, working, "{line} {settings:?}");
        // Weights and two moments: now, after the epoch before, and of the best one.
        let kept = 9 * numbers * size_of::<f32>() + A_PREDICTION * train.targets.len();
        assert_eq!(need.kept, kept, "{line}");
    }

    #[test]
    fn a_training_takes_what_was_told() {
        for case in cases() {
            for settings in ways() {
                check(case.clone(), settings);
            }
        }
    }

    #[test]
    fn shapes_in_between_are_read_off_a_line() {
        let train = waves(&(1..60).collect::<Vec<_>>(), false);
        let model = crate::testing::model("lstm 40 -> dense 1", "", &train);
        let shapes: Vec<BatchShape> =
            (1..60).map(|steps| BatchShape { steps, size: 4, masked: true }).collect();
        let goal = Goal::Train(Loss::Mse);
        let told = engines(&model, goal, PLAN, &shapes).unwrap();
        let each = |s: &BatchShape| engines(&model, goal, PLAN, &[*s]).unwrap();
        let real: usize = shapes.iter().map(each).sum();
        // Chunks of steps make the line a little bent.
        assert!(told.abs_diff(real) * 20 < real, "{told} {real}");
    }
}

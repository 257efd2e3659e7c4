//! Training of small networks, one sequence at a time with Adam: layers and sequences go
//! in, the time of the loop over all epochs comes out.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use carousel_cell::{Form, Optimiser};
use carousel_data::Sequences;
use carousel_net::engine::{Loss, Settings};
use carousel_net::model::{Like, Model};
use carousel_net::network::{Activation, Cell, Layer, LayerKind, Network, Recurrent};
use carousel_net::shape::DataShape;
use carousel_net::train;
use serde_json::{Value, json};

use crate::system;
use crate::timing::{Timing, milliseconds, round};

/// Layers of one cell with a dense one at the end, and what they learn from, one sequence
/// at a time, with Adam.
pub(crate) struct Training {
    pub(crate) sequences: Sequences,
    pub(crate) cell: Cell,
    /// Units of each layer, and whether it keeps its memory.
    pub(crate) layers: Vec<(usize, bool)>,
    pub(crate) epochs: usize,
}

impl Training {
    /// Times the loop over all epochs, fresh weights each time.
    pub(crate) fn measure(&self, bench: &str, runs: usize) -> Result<Value, String> {
        self.run()?;
        let cpu_start = system::own_cpu_ms();
        let wall_ms = (0..runs).map(|_| self.run()).collect::<Result<Vec<_>, _>>()?;
        let cpu_ms = cpu_start
            .zip(system::own_cpu_ms())
            .map(|(before, after)| (after - before) / runs as f64);
        let timing = Timing::new(wall_ms, cpu_ms);
        let steps = self.epochs * self.sequences.len();
        let mut line = json!({
            "bench": bench,
            "framework": "carousel",
            "variant": "loop",
            "threads": 1,
            "steps": steps,
            "us_per_step": round(timing.median_ms() * 1e3 / steps as f64),
            "version": env!("CARGO_PKG_VERSION"),
        });
        line.as_object_mut().expect("an object is written above").extend(timing.fields());
        Ok(line)
    }

    /// Milliseconds of all epochs.
    pub(crate) fn run(&self) -> Result<f64, String> {
        let data = DataShape {
            steps: self.sequences.lengths.first().copied(),
            features: self.sequences.features,
            width: self.sequences.width,
            ..DataShape::default()
        };
        let model = Model::new(&self.network(), data, Like::Keras, 7)
            .map_err(|error| error.title)?;
        let mut training = train::Training::new(model, self.options());
        let settings = Settings::DEFAULT;
        let flag = AtomicBool::new(false);
        let mut watch = |_: &train::Epoch| ControlFlow::Continue(());
        let start = Instant::now();
        training
            .run(self.epochs, &self.sequences, None, settings, &flag, &mut watch)
            .map_err(|end| format!("the loss ran away in epoch {}", end.epoch))?;
        Ok(milliseconds(start.elapsed()))
    }

    fn network(&self) -> Network {
        let layer = |&(units, stateful): &(usize, bool)| {
            LayerKind::Recurrent(Recurrent {
                cell: self.cell.clone(),
                units,
                stateful,
                bidirectional: false,
                dropout: 0.0,
                recurrent_dropout: 0.0,
                output: None,
                frozen: false,
            })
        };
        let dense = LayerKind::Dense {
            units: Some(1),
            activation: Activation::Linear,
            frozen: false,
        };
        let kinds = self.layers.iter().map(layer).chain([dense]);
        Network {
            layers: kinds.map(|kind| Layer { kind, span: Default::default() }).collect(),
        }
    }

    fn options(&self) -> train::Options {
        train::Options {
            batch: 1,
            optimiser: Optimiser::Adam {
                rate: 1e-3,
                beta1: 0.9,
                beta2: 0.999,
                epsilon: 1e-7,
                decay: 0.0,
                form: Form::Keras,
            },
            loss: Loss::Mse,
            seed: 7,
            shuffle: self.layers.iter().all(|(_, stateful)| !stateful),
            clip: None,
            patience: None,
            keep_best: false,
            until: None,
            time: None,
        }
    }
}

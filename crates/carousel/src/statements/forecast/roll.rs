//! Rolling a model forward: a past goes in, the values that the model says come next
//! are fed back, and as many as are asked for come out.

use std::sync::atomic::{AtomicBool, Ordering};

use carousel_data::{Dataset, Form, Preparation, Sequences};
use carousel_lang::Diagnostic;
use carousel_lang::ast::Command;
use carousel_net::model::{Memory, Model};
use carousel_net::predict::Predictor;

use crate::statements::interrupted;
use crate::statements::predict::blank_targets;
use crate::work::Halt;

/// A model that is rolled forward, and how.
pub(super) struct Roll<'a> {
    pub(super) predictor: Predictor<'a>,
    pub(super) preparation: &'a Preparation,
    pub(super) interrupt: &'a AtomicBool,
}

/// A past to go on from.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// The target so far, in original units.
    pub(super) history: Vec<f64>,
    /// What stateful layers remember.
    pub(super) memory: Memory,
    /// How many of the last values a stream has not read yet.
    pub(super) unread: usize,
}

/// Why rolling ended early.
#[derive(Debug)]
pub(super) enum Stop {
    Error(Diagnostic),
    Interrupted,
}

impl Stop {
    /// What the command says of it.
    pub(super) fn halt(self, command: &Command, interrupt: &AtomicBool) -> Halt {
        match self {
            Stop::Error(error) => error.or_label(command.span, "cannot go on").into(),
            Stop::Interrupted => {
                interrupt.store(false, Ordering::SeqCst);
                interrupted(command).into()
            }
        }
    }
}

impl Origin {
    /// The end of the data, after the model has read all of it.
    pub(super) fn at_end(dataset: &Dataset, memory: Memory) -> Origin {
        let history = dataset.table.target().values.clone();
        let last =
            dataset.parts().filter_map(|(_, part)| part.rows.last().copied()).max();
        let unread = history.len().saturating_sub(last.unwrap_or(0)).max(1);
        Origin { history, memory, unread }
    }
}

impl<'a> Roll<'a> {
    /// What is rolled.
    pub(super) fn model(&self) -> &'a Model {
        self.predictor.model()
    }

    /// The next `count` values of each origin.
    ///
    /// # Errors
    /// Where a past is too short, or the interrupt flag was set.
    pub(super) fn ahead(
        &mut self,
        mut origins: Vec<Origin>,
        count: usize,
    ) -> Result<Vec<Vec<f64>>, Stop> {
        let starts: Vec<usize> =
            origins.iter().map(|origin| origin.history.len()).collect();
        let mut made = 0;
        while made < count {
            made += self.step(&mut origins)?;
        }
        let values = origins.iter().zip(starts);
        Ok(values.map(|(o, start)| o.history[start..start + count].to_vec()).collect())
    }

    /// Adds what comes next to each past; how many values that is.
    fn step(&mut self, origins: &mut [Origin]) -> Result<usize, Stop> {
        let inputs: Vec<Sequences> =
            origins.iter().map(|origin| self.inputs(origin)).collect::<Result<_, _>>()?;
        let stateful = self.model().network.is_stateful();
        let width = self.model().data.width;
        let outputs: Vec<Vec<f32>> = if stateful {
            let each = origins.iter_mut().zip(&inputs);
            each.map(|(origin, inputs)| self.predict(inputs, &mut origin.memory))
                .collect::<Result<_, _>>()?
        } else {
            let all = self.predict(&together(&inputs), &mut Memory::default())?;
            let each = all.len() / inputs.len().max(1);
            all.chunks(each.max(1)).map(<[f32]>::to_vec).collect()
        };
        for (origin, outputs) in origins.iter_mut().zip(&outputs) {
            let last = &outputs[outputs.len() - width..];
            let values = self.preparation.restore(&origin.history, last);
            origin.unread = values.len();
            origin.history.extend(values);
        }
        Ok(width)
    }

    fn inputs(&self, origin: &Origin) -> Result<Sequences, Stop> {
        let (steps, stream) = match self.preparation.form {
            Form::Stream { steps } => (steps, true),
            Form::Window { steps, .. } => (steps, false),
            Form::Task | Form::Rows => (1, false),
        };
        let lags = self.preparation.values_needed() - steps;
        let known = origin.history.len().saturating_sub(lags);
        let last = match (stream, self.model().network.is_stateful()) {
            (true, true) => origin.unread,
            (true, false) => steps.min(known),
            (false, _) => steps,
        };
        let from = origin.history.len().saturating_sub(last + lags);
        let tail = origin.history[from..].to_vec();
        self.preparation.inputs(&[tail], Some(last)).map_err(Stop::Error)
    }

    /// What the model says, laid out as targets.
    pub(super) fn predict(
        &mut self,
        inputs: &Sequences,
        memory: &mut Memory,
    ) -> Result<Vec<f32>, Stop> {
        self.predictor
            .predict(&blank_targets(inputs.clone()), memory, Some(self.interrupt))
            .map_err(|_| Stop::Interrupted)
    }
}

/// Sequences of one shape as one set.
fn together(each: &[Sequences]) -> Sequences {
    let mut all = Sequences::default();
    for sequences in each {
        (all.features, all.width, all.every) =
            (sequences.features, sequences.width, sequences.every);
        all.lengths.extend(&sequences.lengths);
        all.inputs.extend(&sequences.inputs);
    }
    all
}

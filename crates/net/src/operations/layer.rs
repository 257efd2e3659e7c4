//! A whole recurrent layer, projection and loop: what the layer pass puts in their
//! place.

use std::sync::atomic::AtomicBool;

use carousel_cell::{
    Features, LayerInputs, LayerOutputs, LayerTape, Lstm, LstmLayer, LstmTape,
    ProgramInputs, ProgramLayer, ProgramOutputs, Team,
};
use luminal::op::{InputTensor, Operator};
use luminal::shape::ShapeTracker;
use luminal::tensor::Tensor;

use super::fused::{Learned, Tape};
use super::payload;
use super::pieces::{Pieces, Sizes};
use super::scan::ScanShape;

/// Which kernel runs a layer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum LayerCell {
    /// The hand-written LSTM; the column blocks that hold i, f, g and o.
    Lstm([usize; 4]),
    /// Any other cell.
    Program(ProgramLayer),
}

/// A fused layer. Inputs: x `[T, B, I]` or `[T, B]` symbols, mask if there is one, first
/// states, w `[I, blocks * H]`, bias `[blocks * H]` if there is one, invariants; outputs
/// as [`super::FusedScan`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FusedLayer {
    pub(crate) shape: ScanShape,
    /// What a step reads.
    pub(crate) inputs: Features,
    pub(crate) cell: LayerCell,
    /// Whether the projection has a bias; an LSTM's has.
    pub(crate) biased: bool,
    /// How many threads may share its work.
    pub(crate) threads: usize,
    /// How many steps the tape is for, if not for all.
    pub(crate) piece: Option<usize>,
}

impl FusedLayer {
    /// A tape for this layer, which is much smaller where no gradient reads it.
    pub(crate) fn tape(&self, training: bool) -> Tape {
        if let Some(sizes) = self.sizes(training) {
            let tape = self.of_steps(sizes.steps).tape(training);
            return Tape::Pieces(Box::new(Pieces::new(&sizes, tape)));
        }
        match &self.cell {
            LayerCell::Lstm(gates) if self.has_few_rows() => {
                Tape::Lstm(LstmTape::new(&self.few(*gates), training))
            }
            LayerCell::Lstm(gates) => {
                Tape::Layer(Box::new(LayerTape::new(&self.many(*gates), training)))
            }
            LayerCell::Program(layer) => Tape::Layer(Box::new(layer.tape(training))),
        }
    }

    /// How many bytes a tape takes, without making one.
    pub(crate) fn tape_bytes(&self, training: bool) -> usize {
        if let Some(sizes) = self.sizes(training) {
            return sizes.bytes(self.of_steps(sizes.steps).tape_bytes(training));
        }
        match &self.cell {
            LayerCell::Lstm(gates) if self.has_few_rows() => {
                LstmTape::bytes_for(&self.few(*gates), training)
            }
            LayerCell::Lstm(gates) => LayerTape::bytes_for(&self.many(*gates), training),
            LayerCell::Program(layer) => layer.tape_bytes(training),
        }
    }

    /// The sizes of its pieces, if it is run in pieces: without a gradient its tape is
    /// small as it is.
    fn sizes(&self, training: bool) -> Option<Sizes<'_>> {
        let shape = &self.shape;
        let wide = shape.form.inputs.len() * shape.units;
        let mut learned = vec![self.inputs.rows() * wide];
        learned.extend(self.biased.then_some(wide));
        learned.extend(shape.invariant_lens());
        let steps = self.piece.filter(|_| training)?;
        let width = shape.size * self.inputs.width();
        Some(Sizes { shape, steps, training, width, learned })
    }

    /// The same layer over so many steps.
    pub(super) fn of_steps(&self, steps: usize) -> FusedLayer {
        let shape = ScanShape { steps, ..self.shape.clone() };
        let cell = match &self.cell {
            LayerCell::Lstm(gates) => LayerCell::Lstm(*gates),
            LayerCell::Program(layer) => LayerCell::Program(layer.of_steps(steps)),
        };
        FusedLayer { shape, cell, piece: None, ..self.clone() }
    }

    /// How many steps its way back takes together.
    pub(crate) fn chunk(&self) -> usize {
        match &self.cell {
            LayerCell::Lstm(_) if self.has_few_rows() => 1,
            LayerCell::Lstm(gates) => self.many(*gates).chunk(),
            LayerCell::Program(layer) => layer.chunk(),
        }
    }

    /// Multiplications of the projection.
    pub(crate) fn input_products(&self) -> usize {
        match self.inputs {
            Features::Numbers(inputs) => {
                self.shape.steps * self.shape.projected_len() * inputs
            }
            Features::Symbol(_) => 0,
        }
    }

    pub(crate) fn output_lens(&self) -> Vec<usize> {
        let n = self.shape.state_len();
        let mut lens = vec![self.shape.steps * n];
        lens.extend(std::iter::repeat_n(n, self.shape.states()));
        lens
    }

    /// The LSTM's kernel for few rows.
    pub(super) fn few(&self, gates: [usize; 4]) -> Lstm {
        Lstm { shape: self.shape.kernel(), inputs: self.inputs.rows(), gates }
    }

    /// That for all other batches.
    pub(super) fn many(&self, gates: [usize; 4]) -> LstmLayer {
        LstmLayer { shape: self.shape.kernel(), inputs: self.inputs, gates }
    }

    pub(super) fn read<'a>(&self, inputs: &[&'a [f32]]) -> Read<'a> {
        let (before, rest) = inputs.split_at(self.first() + self.shape.states());
        Read {
            x: inputs[0],
            mask: self.shape.masked.then(|| inputs[1]),
            states: before[self.first()..].to_vec(),
            w: rest[0],
            bias: self.biased.then(|| rest[1]),
            learned: Learned::of(&self.shape, &rest[1 + usize::from(self.biased)..]),
        }
    }

    /// The column block of the first value that was not a number in the last run.
    pub(crate) fn first_bad_block(&self, tape: &Tape) -> Option<usize> {
        match (&self.cell, tape) {
            (LayerCell::Lstm(gates), tape) => Some(gates[tape.first_bad_gate()?]),
            (LayerCell::Program(layer), Tape::Layer(tape)) => layer.first_bad_block(tape),
            // A piece that is gone cannot be looked at.
            (LayerCell::Program(_), _) => None,
        }
    }

    /// Which input is the first of the states; all from here on have gradients.
    pub(crate) fn first(&self) -> usize {
        1 + usize::from(self.shape.masked)
    }

    /// How many inputs there are.
    pub(super) fn count(&self) -> usize {
        let invariants = self.shape.invariant_lens().len();
        self.first() + self.shape.states() + 1 + usize::from(self.biased) + invariants
    }

    /// Runs the layer; false if it was interrupted.
    pub(crate) fn run(
        &self,
        inputs: &[&[f32]],
        tape: &mut Tape,
        outputs: &mut [Vec<f32>],
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        if let Tape::Pieces(pieces) = tape {
            return pieces.forward(&self.shape, inputs, outputs, &|piece| {
                let layer = self.of_steps(piece.steps);
                layer.run(&piece.read, piece.tape, piece.outputs, team, interrupt)
            });
        }
        let read = self.read(inputs);
        let (y, last) = outputs.split_first_mut().expect("a layer has outputs");
        match (&self.cell, tape) {
            (LayerCell::Lstm(gates), tape) => {
                let [h_last, c_last] = last else {
                    unreachable!("an LSTM has two states")
                };
                let (read, outputs) = (read.lstm(), LayerOutputs { y, h_last, c_last });
                match tape {
                    Tape::Lstm(tape) => {
                        self.few(*gates).forward(&read, tape, outputs, team, interrupt)
                    }
                    tape => {
                        let tape = layer_tape(tape);
                        self.many(*gates).forward(&read, tape, outputs, team, interrupt)
                    }
                }
            }
            (LayerCell::Program(layer), tape) => {
                let (tape, outputs) = (layer_tape(tape), ProgramOutputs { y, last });
                layer.forward(&read.program(), tape, outputs, team, interrupt)
            }
        }
    }
}

/// What a layer reads.
pub(super) struct Read<'a> {
    x: &'a [f32],
    mask: Option<&'a [f32]>,
    states: Vec<&'a [f32]>,
    w: &'a [f32],
    bias: Option<&'a [f32]>,
    learned: Learned<'a>,
}

impl Read<'_> {
    pub(super) fn lstm(&self) -> LayerInputs<'_> {
        LayerInputs {
            x: self.x,
            mask: self.mask,
            h0: self.states[0],
            c0: self.states[1],
            w: self.w,
            bias: self.bias.expect("an LSTM's projection has a bias"),
            u: self.learned.matrices[0],
        }
    }

    pub(super) fn program(&self) -> ProgramInputs<'_> {
        ProgramInputs {
            x: self.x,
            mask: self.mask,
            states: &self.states,
            w: self.w,
            bias: self.bias,
            vectors: &self.learned.vectors,
            matrices: &self.learned.matrices,
        }
    }
}

pub(super) fn layer_tape(tape: &mut Tape) -> &mut LayerTape {
    match tape {
        Tape::Layer(tape) => tape,
        Tape::Lstm(_) | Tape::Program(_) | Tape::Pieces(_) => {
            unreachable!("the tape was made for this layer")
        }
    }
}

impl Operator for FusedLayer {
    fn process(&mut self, inputs: Vec<(InputTensor, ShapeTracker)>) -> Vec<Tensor> {
        let slices = payload::slices(&inputs);
        let team = self.team();
        let mut tape = self.tape(true);
        let mut tensors = payload::tensors(&self.output_lens(), |out| {
            self.run(&slices, &mut tape, out, team.as_deref(), None);
        });
        tensors.push(Tensor::new(tape));
        tensors
    }
}

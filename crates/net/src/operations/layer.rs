//! A whole recurrent layer, projection and loop: what the layer pass puts in their
//! place.

use std::sync::atomic::AtomicBool;

use carousel_cell::{
    Keep, LayerGradients, LayerInputs, LayerOutputs, LayerSeeds, LayerTape, LstmLayer,
    ProgramGradients, ProgramInputs, ProgramLayer, ProgramOutputs, ProgramSeeds, Team,
};
use luminal::op::{InputTensor, Operator};
use luminal::shape::ShapeTracker;
use luminal::tensor::Tensor;

use super::fused::{FusedCell, FusedScan, Learned, Tape, by_unit};
use super::payload;
use super::scan::ScanShape;

/// Which kernel runs a layer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum LayerCell {
    /// The hand-written LSTM; the column blocks that hold i, f, g and o.
    Lstm([usize; 4]),
    /// Any other cell.
    Program(ProgramLayer),
}

/// A fused layer. Inputs: x `[T, B, I]`, mask if there is one, first states, w
/// `[I, blocks * H]`, bias `[blocks * H]` if there is one, invariants; outputs as
/// [`super::FusedScan`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FusedLayer {
    pub(crate) shape: ScanShape,
    /// `I`
    pub(crate) inputs: usize,
    pub(crate) cell: LayerCell,
    /// Whether the projection has a bias; an LSTM's has.
    pub(crate) biased: bool,
    /// How many threads may share its work.
    pub(crate) threads: usize,
}

/// Rows of a batch from which on the layer's kernel is faster than a product and a loop
/// (measured): weights are packed in each pass, which a few rows hardly pay for. The
/// number of steps must not matter, as the pieces of a long sequence would differ then.
const LEAST_ROWS: usize = 4;

impl FusedLayer {
    /// Whether a layer's kernel is the faster one for these sizes. Some cells have none
    /// and stay a product and a loop: those that need whole rows in the middle of a
    /// step, which are cells with `softmax` or `norm`, and those that multiply a matrix
    /// with what is no state, such as a state that is reset before the product. A state
    /// that is dropped out before its product is no hindrance.
    pub(crate) fn pays(shape: &ScanShape) -> bool {
        shape.size >= LEAST_ROWS
    }

    /// The layer of a loop whose projection is of `inputs` numbers, if there is one.
    pub(crate) fn new(
        scan: &FusedScan,
        inputs: usize,
        biased: bool,
        threads: usize,
    ) -> Option<FusedLayer> {
        let cell = match &scan.cell {
            FusedCell::Lstm(gates) => biased.then_some(LayerCell::Lstm(*gates))?,
            FusedCell::Program(program) => {
                let layer = ProgramLayer::new(program, scan.shape.kernel(), inputs)?;
                LayerCell::Program(layer)
            }
        };
        Some(FusedLayer { shape: scan.shape.clone(), inputs, cell, biased, threads })
    }

    /// A tape for this layer, which is much smaller where no gradient reads it.
    pub(crate) fn tape(&self, training: bool) -> Tape {
        let keep = if training { Keep::All } else { Keep::Nothing };
        let tape = match &self.cell {
            LayerCell::Lstm(gates) => LayerTape::new(&self.lstm(*gates), keep),
            LayerCell::Program(layer) => layer.tape(keep),
        };
        Tape::Layer(Box::new(tape))
    }

    pub(crate) fn output_lens(&self) -> Vec<usize> {
        let n = self.shape.state_len();
        let mut lens = vec![self.shape.steps * n];
        lens.extend(std::iter::repeat_n(n, self.shape.states()));
        lens
    }

    fn lstm(&self, gates: [usize; 4]) -> LstmLayer {
        LstmLayer { shape: self.shape.kernel(), inputs: self.inputs, gates }
    }

    fn read<'a>(&self, inputs: &[&'a [f32]]) -> Read<'a> {
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
        let Tape::Layer(tape) = tape else { return None };
        match &self.cell {
            LayerCell::Lstm(gates) => Some(gates[tape.first_bad_gate()?]),
            LayerCell::Program(layer) => layer.first_bad_block(tape),
        }
    }

    /// Which input is the first of the states; all from here on have gradients.
    pub(crate) fn first(&self) -> usize {
        1 + usize::from(self.shape.masked)
    }

    /// How many inputs there are.
    fn count(&self) -> usize {
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
        let read = self.read(inputs);
        let tape = layer_tape(tape);
        let (y, last) = outputs.split_first_mut().expect("a layer has outputs");
        match &self.cell {
            LayerCell::Lstm(gates) => {
                let [h_last, c_last] = last else {
                    unreachable!("an LSTM has two states")
                };
                let outputs = LayerOutputs { y, h_last, c_last };
                let layer = self.lstm(*gates);
                layer.forward(&read.lstm(), tape, outputs, team, interrupt)
            }
            LayerCell::Program(layer) => {
                let outputs = ProgramOutputs { y, last };
                layer.forward(&read.program(), tape, outputs, team, interrupt)
            }
        }
    }
}

/// What a layer reads.
struct Read<'a> {
    x: &'a [f32],
    mask: Option<&'a [f32]>,
    states: Vec<&'a [f32]>,
    w: &'a [f32],
    bias: Option<&'a [f32]>,
    learned: Learned<'a>,
}

impl Read<'_> {
    fn lstm(&self) -> LayerInputs<'_> {
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

    fn program(&self) -> ProgramInputs<'_> {
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

/// The gradient of a fused layer. Inputs: those of the layer, the tape, then the
/// gradients that `given` names. Outputs: the gradients of all inputs but the mask, in
/// their order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FusedLayerGrad {
    pub(crate) forward: FusedLayer,
    /// Whether a gradient of the output, and of each last state, comes in.
    pub(crate) given: Vec<bool>,
    /// Whether the gradient of x is needed; otherwise it is left empty.
    pub(crate) of_inputs: bool,
}

impl FusedLayerGrad {
    pub(crate) fn output_lens(&self) -> Vec<usize> {
        let FusedLayer { shape, inputs, biased, .. } = &self.forward;
        let wide = shape.form.inputs.len() * shape.units;
        let x = if self.of_inputs { shape.steps * shape.size * inputs } else { 0 };
        let mut lens = vec![x];
        lens.extend(std::iter::repeat_n(shape.state_len(), shape.states()));
        lens.push(inputs * wide);
        lens.extend(biased.then_some(wide));
        lens.extend(shape.invariant_lens());
        lens
    }

    /// Which input is the tape.
    pub(crate) fn tape_input(&self) -> usize {
        self.forward.count()
    }

    /// Runs the layer backwards; `inputs` without the tape. False if it was interrupted.
    pub(crate) fn run(
        &self,
        inputs: &[&[f32]],
        tape: &mut Tape,
        outputs: &mut [Vec<f32>],
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        let forward = &self.forward;
        let (read, gradients) = inputs.split_at(self.tape_input());
        let read = forward.read(read);
        let mut gradients = gradients.iter().copied();
        let mut next = |given: &bool| given.then(|| gradients.next()).flatten();
        let given: Vec<Option<&[f32]>> = self.given.iter().map(&mut next).collect();
        let tape = layer_tape(tape);
        let (dx, rest) = outputs.split_first_mut().expect("a layer has inputs");
        let dx = self.of_inputs.then_some(dx.as_mut_slice());
        let (dstates, rest) = rest.split_at_mut(forward.shape.states());
        match &forward.cell {
            LayerCell::Lstm(gates) => {
                let ([dh0, dc0], [dw, dbias, du]) = (dstates, rest) else {
                    unreachable!("an LSTM has two states and three learned tensors")
                };
                let gradients = LayerGradients { dx, dh0, dc0, dw, dbias, du };
                let [dy, dh_last, dc_last] = given[..] else {
                    unreachable!("an LSTM gives three tensors")
                };
                let seeds = LayerSeeds { dy, dh_last, dc_last };
                let (layer, read) = (forward.lstm(*gates), read.lstm());
                layer.backward(&read, tape, &seeds, gradients, team, interrupt)
            }
            LayerCell::Program(layer) => {
                let (dw, rest) = rest.split_first_mut().expect("cells read x");
                let (dbias, rest) = rest.split_at_mut(usize::from(forward.biased));
                let groups = forward.shape.form.groups.len();
                let (dmatrices, vectors) = rest.split_at_mut(groups);
                let gradients = ProgramGradients {
                    dx,
                    dstates,
                    dw,
                    dbias: dbias.first_mut().map(Vec::as_mut_slice),
                    dvectors: &mut by_unit(vectors, forward.shape.units),
                    dmatrices,
                };
                let seeds = ProgramSeeds { dy: given[0], dlast: &given[1..] };
                layer.backward(&read.program(), tape, &seeds, gradients, team, interrupt)
            }
        }
    }
}

fn layer_tape(tape: &mut Tape) -> &mut LayerTape {
    match tape {
        Tape::Layer(tape) => tape,
        Tape::Lstm(_) | Tape::Program(_) => {
            unreachable!("the tape was made for this layer")
        }
    }
}

impl Operator for FusedLayer {
    fn process(&mut self, inputs: Vec<(InputTensor, ShapeTracker)>) -> Vec<Tensor> {
        let slices = payload::slices(&inputs);
        let team = Team::of(self.threads);
        let mut tape = self.tape(true);
        let mut tensors = payload::tensors(&self.output_lens(), |out| {
            self.run(&slices, &mut tape, out, team.as_deref(), None);
        });
        tensors.push(Tensor::new(tape));
        tensors
    }
}

impl Operator for FusedLayerGrad {
    fn process(&mut self, mut inputs: Vec<(InputTensor, ShapeTracker)>) -> Vec<Tensor> {
        let (tape, _) = inputs.remove(self.tape_input());
        let tape: &Tape = tape.borrowed().data.as_any().downcast_ref().expect("a tape");
        let mut tape = tape.clone();
        let slices = payload::slices(&inputs);
        let team = Team::of(self.forward.threads);
        payload::tensors(&self.output_lens(), |out| {
            self.run(&slices, &mut tape, out, team.as_deref(), None);
        })
    }
}

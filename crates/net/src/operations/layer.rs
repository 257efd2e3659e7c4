//! A whole LSTM layer, projection and loop: what the layer pass puts in their place.

use std::sync::atomic::AtomicBool;

use carousel_cell::{
    Keep, LayerGradients, LayerInputs, LayerOutputs, LayerSeeds, LayerTape, LstmLayer,
    Team,
};
use luminal::op::{InputTensor, Operator};
use luminal::shape::ShapeTracker;
use luminal::tensor::Tensor;

use super::fused::Tape;
use super::payload;
use super::scan::ScanShape;

/// A fused layer. Inputs: x `[T, B, I]`, mask if there is one, first states, w
/// `[I, 4H]`, bias `[4H]`, u `[H, 4H]`; outputs as [`super::FusedScan`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FusedLayer {
    pub(crate) shape: ScanShape,
    /// `I`
    pub(crate) inputs: usize,
    /// The column blocks that hold i, f, g and o.
    pub(crate) gates: [usize; 4],
    /// How many threads may share its work.
    pub(crate) threads: usize,
}

/// Rows of a batch from which on the layer's kernel is faster than a product and a loop
/// (measured): weights are packed in each pass, which a few rows hardly pay for. The
/// number of steps must not matter, as the pieces of a long sequence would differ then.
const LEAST_ROWS: usize = 4;

impl FusedLayer {
    /// Whether the layer's kernel is the faster one for these sizes.
    pub(crate) fn pays(shape: &ScanShape) -> bool {
        shape.size >= LEAST_ROWS
    }

    /// A tape for this layer, which is much smaller where no gradient reads it.
    pub(crate) fn tape(&self, training: bool) -> Tape {
        let keep = if training { Keep::All } else { Keep::Nothing };
        Tape::Layer(Box::new(LayerTape::new(&self.kernel(), keep)))
    }

    pub(crate) fn output_lens(&self) -> Vec<usize> {
        let n = self.shape.state_len();
        vec![self.shape.steps * n, n, n]
    }

    fn kernel(&self) -> LstmLayer {
        LstmLayer { shape: self.shape.kernel(), inputs: self.inputs, gates: self.gates }
    }

    fn read<'a>(&self, inputs: &[&'a [f32]]) -> LayerInputs<'a> {
        let first = self.first();
        LayerInputs {
            x: inputs[0],
            mask: self.shape.masked.then(|| inputs[1]),
            h0: inputs[first],
            c0: inputs[first + 1],
            w: inputs[first + 2],
            bias: inputs[first + 3],
            u: inputs[first + 4],
        }
    }

    /// The column block of the first gate that was not a number in the last run.
    pub(crate) fn first_bad_block(&self, tape: &Tape) -> Option<usize> {
        match tape {
            Tape::Layer(tape) => Some(self.gates[tape.first_bad_gate()?]),
            Tape::Lstm(_) | Tape::Program(_) => None,
        }
    }

    /// Which input is the first of the states; all from here on have gradients.
    pub(crate) fn first(&self) -> usize {
        1 + usize::from(self.shape.masked)
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
        let [y, h_last, c_last] = outputs else {
            unreachable!("a layer has three outputs")
        };
        let outputs = LayerOutputs { y, h_last, c_last };
        let tape = layer_tape(tape);
        self.kernel().forward(&self.read(inputs), tape, outputs, team, interrupt)
    }
}

/// The gradient of a fused layer. Inputs: those of the layer, the tape, then the
/// gradients that `given` names. Outputs: the gradients of all inputs but the mask, in
/// their order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FusedLayerGrad {
    pub(crate) forward: FusedLayer,
    /// Whether a gradient of the output, and of each last state, comes in.
    pub(crate) given: [bool; 3],
    /// Whether the gradient of x is needed; otherwise it is left empty.
    pub(crate) of_inputs: bool,
}

impl FusedLayerGrad {
    pub(crate) fn output_lens(&self) -> Vec<usize> {
        let FusedLayer { shape, inputs, .. } = &self.forward;
        let (n, wide) = (shape.state_len(), 4 * shape.units);
        let x = if self.of_inputs { shape.steps * shape.size * inputs } else { 0 };
        vec![x, n, n, inputs * wide, wide, shape.units * wide]
    }

    /// Which input is the tape.
    pub(crate) fn tape_input(&self) -> usize {
        self.forward.first() + 5
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
        let (read, gradients) = inputs.split_at(self.tape_input());
        let mut gradients = gradients.iter().copied();
        let [dy, dh_last, dc_last] =
            self.given.map(|given| given.then(|| gradients.next()).flatten());
        let seeds = LayerSeeds { dy, dh_last, dc_last };
        let [dx, dh0, dc0, dw, dbias, du] = outputs else {
            unreachable!("a layer has six gradients")
        };
        let dx = self.of_inputs.then_some(dx.as_mut_slice());
        let gradients = LayerGradients { dx, dh0, dc0, dw, dbias, du };
        let (layer, read) = (self.forward.kernel(), self.forward.read(read));
        layer.backward(&read, layer_tape(tape), &seeds, gradients, team, interrupt)
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

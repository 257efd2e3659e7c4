//! The gradient of a whole recurrent layer.

use std::sync::atomic::AtomicBool;

use carousel_cell::{LayerGradients, LayerSeeds, ProgramGradients, ProgramSeeds, Team};
use luminal::op::{InputTensor, Operator};
use luminal::shape::ShapeTracker;
use luminal::tensor::Tensor;

use super::fused::{Tape, by_unit};
use super::layer::{FusedLayer, LayerCell, layer_tape};
use super::payload;
use super::pieces::{Piece, Pieces, Walk};

/// The gradient of a fused layer. Inputs: those of the layer, the tape, then the
/// gradients that `given` names. Outputs: the gradients of all inputs but the mask, in
/// their order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FusedLayerGrad {
    pub(crate) forward: FusedLayer,
    /// Whether a gradient of the output, and of each last state, comes in.
    pub(crate) given: Vec<bool>,
    /// Whether the gradient of x is needed, which symbols have not; otherwise it is left
    /// empty.
    pub(crate) of_inputs: bool,
}

impl FusedLayerGrad {
    pub(crate) fn output_lens(&self) -> Vec<usize> {
        let FusedLayer { shape, inputs, biased, .. } = &self.forward;
        let wide = shape.form.inputs.len() * shape.units;
        let x = shape.steps * shape.size * inputs.width();
        let x = if self.of_inputs { x } else { 0 };
        let mut lens = vec![x];
        lens.extend(std::iter::repeat_n(shape.state_len(), shape.states()));
        lens.push(inputs.rows() * wide);
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
        match tape {
            Tape::Pieces(pieces) => {
                self.run_pieces(inputs, pieces, outputs, team, interrupt)
            }
            whole => self.run_whole(inputs, whole, outputs, team, interrupt),
        }
    }

    fn run_whole(
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
                let read = &read.lstm();
                match tape {
                    Tape::Lstm(tape) => {
                        let lstm = forward.few(*gates);
                        lstm.backward(read, tape, &seeds, gradients, team, interrupt)
                    }
                    tape => {
                        let (layer, tape) = (forward.many(*gates), layer_tape(tape));
                        layer.backward(read, tape, &seeds, gradients, team, interrupt)
                    }
                }
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
                let (read, tape) = (read.program(), layer_tape(tape));
                layer.backward(&read, tape, &seeds, gradients, team, interrupt)
            }
        }
    }

    /// The same piece by piece.
    fn run_pieces(
        &self,
        inputs: &[&[f32]],
        pieces: &mut Pieces,
        outputs: &mut [Vec<f32>],
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        let layer = &self.forward;
        let (read, seeds) = inputs.split_at(self.tape_input());
        let (steps, rest) = read.split_at(layer.first());
        let learned = &rest[layer.shape.states()..];
        let walk =
            Walk { shape: &layer.shape, steps, learned, given: &self.given, seeds };
        let forward = |piece: Piece<'_>| {
            let layer = layer.of_steps(piece.steps);
            layer.run(&piece.read, piece.tape, piece.outputs, team, interrupt)
        };
        pieces.backward(&walk, outputs, &forward, &|piece: Piece<'_>| {
            let mut given = vec![true; 1 + layer.shape.states()];
            given[0] = self.given[0];
            let forward = layer.of_steps(piece.steps);
            let gradient = FusedLayerGrad { forward, given, of_inputs: self.of_inputs };
            gradient.run(&piece.read, piece.tape, piece.outputs, team, interrupt)
        })
    }
}

impl Operator for FusedLayerGrad {
    fn process(&mut self, mut inputs: Vec<(InputTensor, ShapeTracker)>) -> Vec<Tensor> {
        let (tape, _) = inputs.remove(self.tape_input());
        let tape: &Tape = tape.borrowed().data.as_any().downcast_ref().expect("a tape");
        let mut tape = tape.clone();
        let slices = payload::slices(&inputs);
        let team = self.forward.team();
        payload::tensors(&self.output_lens(), |out| {
            self.run(&slices, &mut tape, out, team.as_deref(), None);
        })
    }
}

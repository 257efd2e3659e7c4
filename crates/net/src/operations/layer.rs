//! A whole LSTM layer, projection and loop: what the layer pass puts in their place.

use std::sync::atomic::AtomicBool;

use carousel_cell::{
    LayerGradients, LayerInputs, LayerOutputs, LayerSeeds, LayerTape, Lstm, LstmLayer,
    LstmTape, Team,
};
use luminal::op::{InputTensor, Operator};
use luminal::shape::ShapeTracker;
use luminal::tensor::Tensor;

use super::fused::Tape;
use super::payload;
use super::pieces::{Piece, Pieces, Sizes, Walk};
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
    /// How many steps the tape is for, if not for all.
    pub(crate) piece: Option<usize>,
}

impl FusedLayer {
    /// A tape for this layer, which is much smaller where no gradient reads it.
    pub(crate) fn tape(&self, training: bool) -> Tape {
        match self.sizes(training) {
            Some(sizes) => {
                let tape = self.of_steps(sizes.steps).tape(training);
                Tape::Pieces(Box::new(Pieces::new(&sizes, tape)))
            }
            None if self.has_few_rows() => {
                Tape::Lstm(LstmTape::new(&self.few(), training))
            }
            None => Tape::Layer(Box::new(LayerTape::new(&self.many(), training))),
        }
    }

    /// How many bytes a tape takes, without making one.
    pub(crate) fn tape_bytes(&self, training: bool) -> usize {
        match self.sizes(training) {
            Some(sizes) => sizes.bytes(self.of_steps(sizes.steps).tape_bytes(training)),
            None if self.has_few_rows() => LstmTape::bytes_for(&self.few(), training),
            None => LayerTape::bytes_for(&self.many(), training),
        }
    }

    fn has_few_rows(&self) -> bool {
        Lstm::pays(self.shape.size)
    }

    /// The sizes of its pieces, if it is run in pieces: without a gradient its tape is
    /// small as it is.
    fn sizes(&self, training: bool) -> Option<Sizes<'_>> {
        let (shape, wide) = (&self.shape, 4 * self.shape.units);
        let width = shape.size * self.inputs;
        let learned = vec![self.inputs * wide, wide, shape.units * wide];
        let steps = self.piece.filter(|_| training)?;
        Some(Sizes { shape, steps, training, width, learned })
    }

    /// The same layer over so many steps.
    fn of_steps(&self, steps: usize) -> FusedLayer {
        let shape = ScanShape { steps, ..self.shape.clone() };
        FusedLayer { shape, piece: None, ..self.clone() }
    }

    /// How many steps its way back takes together.
    pub(crate) fn chunk(&self) -> usize {
        if self.has_few_rows() { 1 } else { self.many().chunk() }
    }

    /// Multiplications of the projection.
    pub(crate) fn input_products(&self) -> usize {
        self.shape.steps * self.shape.projected_len() * self.inputs
    }

    pub(crate) fn output_lens(&self) -> Vec<usize> {
        let n = self.shape.state_len();
        vec![self.shape.steps * n, n, n]
    }

    /// The kernel for few rows.
    fn few(&self) -> Lstm {
        Lstm { shape: self.shape.kernel(), inputs: self.inputs, gates: self.gates }
    }

    /// The kernel for all others.
    fn many(&self) -> LstmLayer {
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
        Some(self.gates[tape.first_bad_gate()?])
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
        if let Tape::Pieces(pieces) = tape {
            return pieces.forward(&self.shape, inputs, outputs, &|piece| {
                let layer = self.of_steps(piece.steps);
                layer.run(&piece.read, piece.tape, piece.outputs, team, interrupt)
            });
        }
        let [y, h_last, c_last] = outputs else {
            unreachable!("a layer has three outputs")
        };
        let outputs = LayerOutputs { y, h_last, c_last };
        let read = &self.read(inputs);
        match tape {
            Tape::Lstm(tape) => self.few().forward(read, tape, outputs, team, interrupt),
            Tape::Layer(tape) => {
                self.many().forward(read, tape, outputs, team, interrupt)
            }
            Tape::Program(_) | Tape::Pieces(_) => {
                unreachable!("the tape was made for this layer")
            }
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
        if let Tape::Pieces(pieces) = tape {
            return self.run_pieces(inputs, pieces, outputs, team, interrupt);
        }
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
        let (layer, read) = (&self.forward, &self.forward.read(read));
        match tape {
            Tape::Lstm(tape) => {
                layer.few().backward(read, tape, &seeds, gradients, team, interrupt)
            }
            Tape::Layer(tape) => {
                layer.many().backward(read, tape, &seeds, gradients, team, interrupt)
            }
            Tape::Program(_) | Tape::Pieces(_) => {
                unreachable!("the tape was made for this layer")
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
            let gradient = FusedLayerGrad {
                forward: layer.of_steps(piece.steps),
                given: [self.given[0], true, true],
                of_inputs: self.of_inputs,
            };
            gradient.run(&piece.read, piece.tape, piece.outputs, team, interrupt)
        })
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

//! The fused loop of a recurrent layer: what the cell pass puts in a loop's place.

use std::any::Any;
use std::sync::atomic::AtomicBool;

use carousel_cell::{
    LayerGradients, LayerInputs, LayerOutputs, LayerSeeds, LayerTape, Lstm, LstmTape,
    Program, ProgramTape,
};
use luminal::op::{InputTensor, Operator};
use luminal::shape::ShapeTracker;
use luminal::tensor::{Data, Tensor};

use super::payload;
use super::pieces::{Piece, Pieces, Sizes, Walk};
use super::scan::ScanShape;

/// Which kernel runs the loop.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FusedCell {
    /// The hand-written gate loop; the column blocks that hold i, f, g and o.
    Lstm([usize; 4]),
    /// The register program that the body was lowered to.
    Program(Program),
}

/// What the forward loop keeps for the backward one.
#[derive(Debug, Clone)]
pub(crate) enum Tape {
    Lstm(LstmTape),
    Program(ProgramTape),
    Layer(Box<LayerTape>),
    /// Of one piece of the steps at a time.
    Pieces(Box<Pieces>),
}

impl Tape {
    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Tape::Lstm(tape) => tape.bytes(),
            Tape::Program(tape) => tape.bytes(),
            Tape::Layer(tape) => tape.bytes(),
            Tape::Pieces(pieces) => pieces.bytes(),
        }
    }

    /// The first gate that was not a number in the last run, counted i, f, g, o, where
    /// the tape tells.
    pub(super) fn first_bad_gate(&self) -> Option<usize> {
        match self {
            Tape::Layer(tape) => tape.first_bad_gate(),
            Tape::Pieces(pieces) => pieces.bad_gate,
            Tape::Lstm(tape) => tape.first_bad_gate(),
            Tape::Program(_) => None,
        }
    }
}

/// A fused loop. Inputs as the unfused one; outputs: what the cell gives `[T, B, H]`,
/// the last states `[B, H]`, and the tape.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FusedScan {
    pub(crate) shape: ScanShape,
    pub(crate) cell: FusedCell,
    /// How many steps the tape is for, if not for all.
    pub(crate) piece: Option<usize>,
}

impl FusedScan {
    /// A tape for this loop; `training` if a gradient reads it.
    pub(crate) fn tape(&self, training: bool) -> Tape {
        if let Some(sizes) = self.sizes(training) {
            let tape = self.of_steps(sizes.steps).tape(training);
            return Tape::Pieces(Box::new(Pieces::new(&sizes, tape)));
        }
        match &self.cell {
            FusedCell::Lstm(gates) => Tape::Lstm(LstmTape::new(&self.lstm(*gates), true)),
            FusedCell::Program(program) => {
                Tape::Program(ProgramTape::new(program, self.shape.kernel()))
            }
        }
    }

    /// How many bytes a tape takes, without making one.
    pub(crate) fn tape_bytes(&self, training: bool) -> usize {
        if let Some(sizes) = self.sizes(training) {
            return sizes.bytes(self.of_steps(sizes.steps).tape_bytes(training));
        }
        match &self.cell {
            FusedCell::Lstm(gates) => LstmTape::bytes_for(&self.lstm(*gates), true),
            FusedCell::Program(program) => {
                ProgramTape::bytes_for(program, self.shape.kernel())
            }
        }
    }

    /// The sizes of its pieces, if it is run in pieces.
    fn sizes(&self, training: bool) -> Option<Sizes<'_>> {
        let shape = &self.shape;
        let (width, learned) = (shape.projected_len(), shape.invariant_lens());
        self.piece.map(|steps| Sizes { shape, steps, training, width, learned })
    }

    /// The same loop over so many steps.
    fn of_steps(&self, steps: usize) -> FusedScan {
        let shape = ScanShape { steps, ..self.shape.clone() };
        FusedScan { shape, cell: self.cell.clone(), piece: None }
    }

    pub(crate) fn output_lens(&self) -> Vec<usize> {
        let n = self.shape.state_len();
        let mut lens = vec![self.shape.steps * n];
        lens.extend(std::iter::repeat_n(n, self.shape.states()));
        lens
    }

    fn lstm(&self, gates: [usize; 4]) -> Lstm {
        Lstm { shape: self.shape.kernel(), inputs: 0, gates }
    }

    /// Runs the loop; false if it was interrupted.
    pub(crate) fn run(
        &self,
        inputs: &[&[f32]],
        tape: &mut Tape,
        outputs: &mut [Vec<f32>],
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        if let Tape::Pieces(pieces) = tape {
            return pieces.forward(&self.shape, inputs, outputs, &|piece| {
                let scan = self.of_steps(piece.steps);
                scan.run(&piece.read, piece.tape, piece.outputs, interrupt)
            });
        }
        let read = self.shape.inputs(inputs);
        let (given, last) = outputs.split_first_mut().expect("a loop has outputs");
        match (&self.cell, tape) {
            (FusedCell::Lstm(gates), Tape::Lstm(tape)) => {
                let [h, c] = last else { unreachable!("an LSTM has two states") };
                let inputs = LayerInputs {
                    x: read.projected,
                    mask: read.mask,
                    h0: read.states[0],
                    c0: read.states[1],
                    w: &[],
                    u: read.invariants[0],
                    bias: &[],
                };
                let outputs = LayerOutputs { y: given, h_last: h, c_last: c };
                self.lstm(*gates).forward(&inputs, tape, outputs, None, interrupt)
            }
            (FusedCell::Program(program), Tape::Program(tape)) => {
                let learned = Learned::of(&self.shape, &read.invariants);
                program.forward(
                    self.shape.kernel(),
                    read.projected,
                    read.mask,
                    &read.states,
                    &learned.vectors,
                    &learned.matrices,
                    tape,
                    given,
                    last,
                    interrupt,
                )
            }
            (FusedCell::Lstm(_) | FusedCell::Program(_), _) => {
                unreachable!("the tape was made for this loop")
            }
        }
    }
}

impl ScanShape {
    /// The sizes, as the kernels want them.
    pub(super) fn kernel(&self) -> carousel_cell::ScanShape {
        carousel_cell::ScanShape {
            steps: self.steps,
            batch: self.size,
            units: self.units,
            reverse: self.reverse,
        }
    }
}

/// A loop's invariants as a program reads them: matrices, and vectors of `H`.
pub(super) struct Learned<'a> {
    pub(super) matrices: Vec<&'a [f32]>,
    pub(super) vectors: Vec<&'a [f32]>,
}

impl<'a> Learned<'a> {
    pub(super) fn of(shape: &ScanShape, invariants: &[&'a [f32]]) -> Learned<'a> {
        let (matrices, rest) = invariants.split_at(shape.form.groups.len());
        let vectors = rest.iter().flat_map(|vectors| vectors.chunks(shape.units));
        Learned { matrices: matrices.to_vec(), vectors: vectors.collect() }
    }
}

/// The gradient of a fused loop. Inputs: projected input, mask if there is one,
/// invariants, the tape, then the gradients that `given` names. Outputs as
/// [`super::ScanGrad`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FusedScanGrad {
    pub(crate) forward: FusedScan,
    /// Whether a gradient of the output, and of each last state, comes in.
    pub(crate) given: Vec<bool>,
}

impl FusedScanGrad {
    pub(crate) fn output_lens(&self) -> Vec<usize> {
        let shape = &self.forward.shape;
        let mut lens = vec![shape.steps * shape.projected_len()];
        lens.extend(std::iter::repeat_n(shape.state_len(), shape.states()));
        lens.extend(shape.invariant_lens());
        lens
    }

    /// Which input is the tape.
    pub(crate) fn tape_input(&self) -> usize {
        let shape = &self.forward.shape;
        1 + usize::from(shape.masked) + shape.invariant_lens().len()
    }

    /// Runs the loop backwards; `inputs` without the tape. False if it was interrupted.
    pub(crate) fn run(
        &self,
        inputs: &[&[f32]],
        tape: &mut Tape,
        outputs: &mut [Vec<f32>],
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        match tape {
            Tape::Pieces(pieces) => self.run_pieces(inputs, pieces, outputs, interrupt),
            whole => self.run_whole(inputs, whole, outputs, interrupt),
        }
    }

    fn run_whole(
        &self,
        inputs: &[&[f32]],
        tape: &mut Tape,
        outputs: &mut [Vec<f32>],
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        let shape = &self.forward.shape;
        let (read, gradients) = inputs.split_at(self.tape_input());
        let mut gradients = gradients.iter().copied();
        let mut next = |given: &bool| given.then(|| gradients.next()).flatten();
        let given: Vec<Option<&[f32]>> = self.given.iter().map(&mut next).collect();
        let mask = shape.masked.then(|| read[1]);
        let invariants = &read[1 + usize::from(shape.masked)..];
        let (projected, rest) = outputs.split_first_mut().expect("a loop has inputs");
        let (states, learned) = rest.split_at_mut(shape.states());
        match (&self.forward.cell, tape) {
            (FusedCell::Lstm(gates), Tape::Lstm(tape)) => {
                let [h, c] = states else { unreachable!("an LSTM has two states") };
                let (x, none, u) = (read[0], &[][..], invariants[0]);
                let inputs =
                    LayerInputs { x, mask, h0: none, c0: none, w: none, u, bias: none };
                let seeds =
                    LayerSeeds { dy: given[0], dh_last: given[1], dc_last: given[2] };
                let (dx, dw, dbias) = (Some(&mut projected[..]), &mut [], &mut []);
                let (dh0, dc0, du) = (h, c, &mut learned[0]);
                let gradients = LayerGradients { dx, dh0, dc0, dw, dbias, du };
                let lstm = self.forward.lstm(*gates);
                lstm.backward(&inputs, tape, &seeds, gradients, None, interrupt)
            }
            (FusedCell::Program(program), Tape::Program(tape)) => {
                let values = Learned::of(shape, invariants);
                let (matrices, vectors) = learned.split_at_mut(shape.form.groups.len());
                program.backward(
                    shape.kernel(),
                    read[0],
                    mask,
                    &values.vectors,
                    &values.matrices,
                    tape,
                    given[0],
                    &given[1..],
                    projected,
                    states,
                    &mut by_unit(vectors, shape.units),
                    matrices,
                    interrupt,
                )
            }
            (FusedCell::Lstm(_) | FusedCell::Program(_), _) => {
                unreachable!("the tape was made for this loop")
            }
        }
    }
}

impl FusedScanGrad {
    /// The same piece by piece.
    fn run_pieces(
        &self,
        inputs: &[&[f32]],
        pieces: &mut Pieces,
        outputs: &mut [Vec<f32>],
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        let shape = &self.forward.shape;
        let (read, seeds) = inputs.split_at(self.tape_input());
        let (steps, learned) = read.split_at(1 + usize::from(shape.masked));
        let walk = Walk { shape, steps, learned, given: &self.given, seeds };
        let forward = |piece: Piece<'_>| {
            let scan = self.forward.of_steps(piece.steps);
            scan.run(&piece.read, piece.tape, piece.outputs, interrupt)
        };
        pieces.backward(&walk, outputs, &forward, &|mut piece: Piece<'_>| {
            let forward = self.forward.of_steps(piece.steps);
            // The gradient does not read the first states.
            piece.read.drain(steps.len()..steps.len() + shape.states());
            let mut given = vec![true; 1 + shape.states()];
            given[0] = self.given[0];
            let gradient = FusedScanGrad { forward, given };
            gradient.run(&piece.read, piece.tape, piece.outputs, interrupt)
        })
    }
}

/// Vectors of `H`, cut out of those that hold several.
pub(super) fn by_unit(vectors: &mut [Vec<f32>], units: usize) -> Vec<&mut [f32]> {
    vectors.iter_mut().flat_map(|vector| vector.chunks_mut(units)).collect()
}

impl Data for Tape {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

impl Operator for FusedScan {
    fn process(&mut self, inputs: Vec<(InputTensor, ShapeTracker)>) -> Vec<Tensor> {
        let slices = payload::slices(&inputs);
        let mut tape = self.tape(true);
        let mut tensors = payload::tensors(&self.output_lens(), |out| {
            self.run(&slices, &mut tape, out, None);
        });
        tensors.push(Tensor::new(tape));
        tensors
    }
}

impl Operator for FusedScanGrad {
    fn process(&mut self, mut inputs: Vec<(InputTensor, ShapeTracker)>) -> Vec<Tensor> {
        let (tape, _) = inputs.remove(self.tape_input());
        let tape: &Tape = tape.borrowed().data.as_any().downcast_ref().expect("a tape");
        let mut tape = tape.clone();
        let slices = payload::slices(&inputs);
        payload::tensors(&self.output_lens(), |out| {
            self.run(&slices, &mut tape, out, None);
        })
    }
}

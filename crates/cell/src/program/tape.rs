//! What a program's forward loop keeps for its gradient, and room to work in.

use std::ops::Range;

use super::{Instruction, Program, Register, operands};
use crate::ScanShape;

/// How many numbers the registers of one chunk of rows may hold: with their gradients
/// they stay in the first or second cache from the first instruction to the last.
const CHUNK_NUMBERS: usize = 16_384;

/// The fewest rows of a chunk with products of its own: those of fewer rows are slow.
const CHUNK_ROWS: usize = 8;

/// The memory of one pass over a program; made once, used for any number of passes.
#[derive(Debug, Clone)]
pub struct ProgramTape {
    /// Each state's history `[T+1, B, H]`, in time order.
    pub(super) carries: Vec<Vec<f32>>,
    /// The products that are computed together.
    pub(super) groups: Vec<Group>,
    /// Which groups multiply a state, and which another register, in order of leaders.
    pub(super) of_states: Vec<usize>,
    pub(super) of_others: Vec<usize>,
    /// The group of each instruction, for products.
    pub(super) group_of: Vec<usize>,
    /// The registers of a chunk of rows, `[chunk, H]` each, `stride` apart.
    pub(super) values: Vec<f32>,
    /// The gradients of the registers, alike.
    pub(super) gradients: Vec<f32>,
    /// Which registers can have a gradient.
    pub(super) wanted: Vec<bool>,
    /// The most rows of a chunk.
    pub(super) chunk: usize,
    /// How far apart two registers lie: `chunk * H`.
    pub(super) stride: usize,
}

/// All products of one register with one matrix.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) source: Register,
    pub(super) matrix: usize,
    /// The first of its instructions: all other blocks come after it.
    pub(super) leader: Register,
    /// The state that the source is, if it is one: its history is then at hand, and all
    /// rows are multiplied at once, before the step's first chunk.
    pub(super) carry: Option<usize>,
    /// The source at all times `[T, B, H]`, unless it is a state.
    pub(super) sources: Vec<f32>,
    /// The product at all times `[T, B, blocks * H]`.
    pub(super) results: Vec<f32>,
    /// Its gradient, alike.
    pub(super) gradients: Vec<f32>,
    /// The matrix transposed `[blocks * H, H]`, for the backward loop.
    pub(super) transposed: Vec<f32>,
    /// `blocks * H`.
    pub(super) width: usize,
}

impl ProgramTape {
    /// A tape for this program and loop, or the same with fewer steps, all zeros.
    ///
    /// # Panics
    /// If the program does not pass its own `check`.
    pub fn new(program: &Program, shape: ScanShape) -> Self {
        program.check().expect("a program that is run is whole");
        let registers = program.instructions.len();
        let chunk = chunk_rows(program, shape);
        let stride = chunk * shape.units;
        let mut tape = ProgramTape {
            carries: vec![
                vec![0.0; (shape.steps + 1) * shape.state_len()];
                program.carries
            ],
            groups: Vec::new(),
            of_states: Vec::new(),
            of_others: Vec::new(),
            group_of: vec![usize::MAX; registers],
            values: vec![0.0; registers * stride],
            gradients: vec![0.0; registers * stride],
            wanted: wanted(program),
            chunk,
            stride,
        };
        for (register, instruction) in program.instructions.iter().enumerate() {
            if let Instruction::Product { source, matrix, .. } = *instruction {
                let known =
                    |group: &Group| group.source == source && group.matrix == matrix;
                let at = tape.groups.iter().position(known).unwrap_or_else(|| {
                    tape.groups
                        .push(Group::new(program, shape, register, source, matrix));
                    tape.groups.len() - 1
                });
                tape.group_of[register] = at;
            }
        }
        (tape.of_states, tape.of_others) =
            (0..tape.groups.len()).partition(|at| tape.groups[*at].carry.is_some());
        tape
    }

    /// How many bytes one for this program and loop takes.
    pub fn bytes_for(program: &Program, shape: ScanShape) -> usize {
        let rows = shape.steps * shape.batch;
        let carries = program.carries * (shape.steps + 1) * shape.state_len();
        let registers = program.instructions.len() * chunk_rows(program, shape);
        let mut groups = Vec::new();
        for instruction in &program.instructions {
            if let Instruction::Product { source, matrix, .. } = *instruction
                && !groups.contains(&(source, matrix))
            {
                groups.push((source, matrix));
            }
        }
        let group = |(source, matrix): &(Register, usize)| {
            let width = program.matrices[*matrix] * shape.units;
            let carried =
                matches!(program.instructions[*source], Instruction::Carry { .. });
            let sources = if carried { 0 } else { rows * shape.units };
            sources + 2 * rows * width + width * shape.units
        };
        let groups: usize = groups.iter().map(group).sum();
        (carries + 2 * registers * shape.units + groups) * size_of::<f32>()
    }

    /// How many bytes it takes, but for what is as small as the program.
    pub fn bytes(&self) -> usize {
        let groups = self.groups.iter().flat_map(|group| {
            [&group.sources, &group.results, &group.gradients, &group.transposed]
        });
        let registers = [&self.values, &self.gradients];
        let all = self.carries.iter().chain(registers).chain(groups);
        all.map(|numbers| size_of_val(numbers.as_slice())).sum()
    }
}

/// How many rows a chunk has: those that fit, spread evenly over the chunks.
fn chunk_rows(program: &Program, shape: ScanShape) -> usize {
    let own_products = program.instructions.iter().any(|instruction| {
        matches!(instruction, Instruction::Product { source, .. }
            if !matches!(program.instructions[*source], Instruction::Carry { .. }))
    });
    let fewest = if own_products { CHUNK_ROWS } else { 1 };
    let row = (program.instructions.len() * shape.units).max(1);
    let most = (CHUNK_NUMBERS / row).max(fewest);
    let batch = shape.batch.max(1);
    batch.div_ceil(batch.div_ceil(most))
}

impl Group {
    fn new(
        program: &Program,
        shape: ScanShape,
        leader: Register,
        source: Register,
        matrix: usize,
    ) -> Self {
        let carry = match program.instructions[source] {
            Instruction::Carry { index } => Some(index),
            _ => None,
        };
        let width = program.matrices[matrix] * shape.units;
        let rows = shape.steps * shape.batch;
        Group {
            source,
            matrix,
            leader,
            carry,
            sources: vec![0.0; if carry.is_some() { 0 } else { rows * shape.units }],
            results: vec![0.0; rows * width],
            gradients: vec![0.0; rows * width],
            transposed: vec![0.0; width * shape.units],
            width,
        }
    }
}

/// Which registers a gradient can pass through or into.
fn wanted(program: &Program) -> Vec<bool> {
    let mut wanted: Vec<bool> = Vec::with_capacity(program.instructions.len());
    for instruction in &program.instructions {
        let wants = match instruction {
            Instruction::Constant(_) | Instruction::LessThan(..) => false,
            Instruction::Input { .. }
            | Instruction::Carry { .. }
            | Instruction::Vector { .. }
            | Instruction::Product { .. } => true,
            Instruction::Add(..)
            | Instruction::Multiply(..)
            | Instruction::Exp2(_)
            | Instruction::Log2(_)
            | Instruction::Recip(_)
            | Instruction::Sqrt(_)
            | Instruction::Sigmoid(_)
            | Instruction::Tanh(_)
            | Instruction::RowSum(_)
            | Instruction::RowMax(_) => operands(*instruction)
                .into_iter()
                .flatten()
                .any(|operand| wanted[operand]),
        };
        wanted.push(wants);
    }
    wanted
}

/// Some rows of the batch at one time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk {
    /// The time.
    pub(super) time: usize,
    /// The first row, counted from the beginning of `[T, B]`.
    pub(super) start: usize,
    /// The first row, counted from the beginning of the batch.
    pub(super) row: usize,
    /// How many rows.
    pub(super) rows: usize,
    /// `H`.
    pub(super) units: usize,
    /// How many column blocks the projected input has.
    pub(super) inputs: usize,
}

impl Chunk {
    /// All rows at one time.
    pub(super) fn whole(program: &Program, shape: ScanShape, time: usize) -> Chunk {
        let (start, rows) = (time * shape.batch, shape.batch);
        Chunk { time, start, row: 0, rows, units: shape.units, inputs: program.inputs }
    }

    /// All chunks of one time, in order.
    pub(super) fn of(
        program: &Program,
        shape: ScanShape,
        rows: usize,
        time: usize,
    ) -> impl Iterator<Item = Chunk> {
        let (batch, units, inputs) = (shape.batch, shape.units, program.inputs);
        (0..batch).step_by(rows).map(move |row| Chunk {
            time,
            start: time * batch + row,
            row,
            rows: rows.min(batch - row),
            units,
            inputs,
        })
    }

    /// How many numbers one register has.
    pub(super) fn len(&self) -> usize {
        self.rows * self.units
    }

    /// Where its rows lie in `[T, B, width]`.
    pub(super) fn wide(&self, width: usize) -> Range<usize> {
        self.start * width..(self.start + self.rows) * width
    }

    /// Where its rows lie in a slot of a history `[slots, B, H]`.
    pub(super) fn slot(&self, slot: usize, batch: usize) -> Range<usize> {
        let start = (slot * batch + self.row) * self.units;
        start..start + self.len()
    }
}

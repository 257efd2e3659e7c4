//! From the body of a loop, a graph of primitives, to a register program.

use std::collections::BTreeMap;

use carousel_cell::{Instruction, Program};
use luminal::graph::NodeIndex;
use luminal::shape::ShapeTracker;

use crate::cells::{Body, CellForm};
use crate::graph::{dims, is_plain};
use crate::operations::Operation;

/// The program of a body, or `None` if it holds something that no instruction does.
///
/// A register is one column block, `[B, H]`, of a value of the graph: slices become
/// block numbers, and an element-by-element operation on a wide value is one
/// instruction for each block that is read.
pub(super) fn lower(body: &Body, form: &CellForm) -> Option<Program> {
    let units = dims(&body.next[0].view)[1];
    let mut lowering =
        Lowering { body, units, instructions: Vec::new(), known: BTreeMap::new() };
    let next: Option<Vec<usize>> =
        body.next.iter().map(|next| lowering.register(next.id, 0)).collect();
    let next = next?;
    let program = Program {
        instructions: lowering.instructions,
        carries: form.states.len(),
        output: next[0],
        next,
        inputs: form.inputs.len(),
        vectors: form.vectors.len()
            + if form.hidden_bias_in_body { form.bias_hidden.len() } else { 0 },
        matrices: form.groups.iter().map(|group| group.matrices.len()).collect(),
    };
    let program = without_dead(program);
    program.check().is_ok().then_some(program)
}

/// Leaves out what nothing reads: the pieces of what was recognised as a whole.
fn without_dead(program: Program) -> Program {
    let mut needed = vec![false; program.instructions.len()];
    program.next.iter().for_each(|register| needed[*register] = true);
    needed[program.output] = true;
    for register in (0..needed.len()).rev() {
        if needed[register] {
            let mut instruction = program.instructions[register];
            operands(&mut instruction)
                .into_iter()
                .for_each(|operand| needed[*operand] = true);
        }
    }
    let mut number = vec![0; needed.len()];
    let mut instructions = Vec::new();
    for (register, mut instruction) in program.instructions.iter().copied().enumerate() {
        if needed[register] {
            operands(&mut instruction).into_iter().for_each(|o| *o = number[*o]);
            number[register] = instructions.len();
            instructions.push(instruction);
        }
    }
    let next = program.next.iter().map(|register| number[*register]).collect();
    Program { instructions, next, output: number[program.output], ..program }
}

/// The registers that an instruction reads.
fn operands(instruction: &mut Instruction) -> Vec<&mut usize> {
    match instruction {
        Instruction::Input { .. }
        | Instruction::Carry { .. }
        | Instruction::Vector { .. }
        | Instruction::Constant(_) => Vec::new(),
        Instruction::Product { source, .. } => vec![source],
        Instruction::Add(a, b)
        | Instruction::Multiply(a, b)
        | Instruction::LessThan(a, b) => {
            vec![a, b]
        }
        Instruction::Exp2(a)
        | Instruction::Log2(a)
        | Instruction::Recip(a)
        | Instruction::Sqrt(a)
        | Instruction::Sigmoid(a)
        | Instruction::Tanh(a)
        | Instruction::RowSum(a)
        | Instruction::RowMax(a) => vec![a],
    }
}

struct Lowering<'a> {
    body: &'a Body,
    units: usize,
    instructions: Vec<Instruction>,
    known: BTreeMap<(NodeIndex, usize), usize>,
}

impl Lowering<'_> {
    /// The register of a column block of a node's value.
    fn register(&mut self, node: NodeIndex, block: usize) -> Option<usize> {
        if let Some(register) = self.known.get(&(node, block)) {
            return Some(*register);
        }
        let register = match self.leaf(node, block) {
            Some(leaf) => self.emit(leaf),
            None => self.operation(node, block)?,
        };
        self.known.insert((node, block), register);
        Some(register)
    }

    /// Reads of the body's inputs.
    fn leaf(&self, node: NodeIndex, block: usize) -> Option<Instruction> {
        let body = self.body;
        if node == body.projected.id {
            return Some(Instruction::Input { block });
        }
        if let Some(index) = body.states.iter().position(|state| state.id == node) {
            return Some(Instruction::Carry { index });
        }
        let at = body.invariants.iter().position(|invariant| invariant.id == node)?;
        let vectors_before: usize = (body.invariants[..at].iter())
            .map(|vector| vector.dims())
            .filter(|dims| dims.len() == 1)
            .map(|dims| dims[0] / self.units)
            .sum();
        let is_vector = body.invariants[at].dims().len() == 1;
        is_vector.then_some(Instruction::Vector { index: vectors_before + block })
    }

    fn operation(&mut self, node: NodeIndex, block: usize) -> Option<usize> {
        let graph = &self.body.builder.graph;
        let sources = graph.get_sources(node);
        let instruction = match Operation::of(graph.graph.node_weight(node)?.as_ref())? {
            Operation::Constant(value) => Instruction::Constant(value),
            Operation::Add => self.pair(&sources, block, Instruction::Add)?,
            Operation::Mul => self.pair(&sources, block, Instruction::Multiply)?,
            Operation::LessThan => self.pair(&sources, block, Instruction::LessThan)?,
            Operation::Exp2 => Instruction::Exp2(self.source(&sources[0], block)?),
            Operation::Log2 => Instruction::Log2(self.source(&sources[0], block)?),
            Operation::Recip => Instruction::Recip(self.source(&sources[0], block)?),
            Operation::Sqrt => Instruction::Sqrt(self.source(&sources[0], block)?),
            Operation::Contiguous => return self.source(&sources[0], block),
            Operation::Sum(1) => Instruction::RowSum(self.source(&sources[0], 0)?),
            Operation::Max(1) => Instruction::RowMax(self.source(&sources[0], 0)?),
            Operation::MatMul(_) => self.product(&sources, block)?,
            Operation::Input
            | Operation::Sum(_)
            | Operation::Max(_)
            | Operation::Numbers(_)
            | Operation::Indexed(_)
            | Operation::Scatter(_)
            | Operation::Scan(_)
            | Operation::ScanGrad(_)
            | Operation::FusedScan(_)
            | Operation::FusedScanGrad(_)
            | Operation::FusedLayer(_)
            | Operation::FusedLayerGrad(_) => return None,
        };
        Some(self.emit_simplified(instruction))
    }

    fn pair(
        &mut self,
        sources: &[(NodeIndex, u8, ShapeTracker)],
        block: usize,
        instruction: fn(usize, usize) -> Instruction,
    ) -> Option<Instruction> {
        let a = self.source(&sources[0], block)?;
        let b = self.source(&sources[1], block)?;
        Some(instruction(a, b))
    }

    fn product(
        &mut self,
        sources: &[(NodeIndex, u8, ShapeTracker)],
        block: usize,
    ) -> Option<Instruction> {
        let source = self.source(&sources[0], 0)?;
        let matrix = self.body.invariants.iter().position(|w| w.id == sources[1].0)?;
        Some(Instruction::Product { source, matrix, block })
    }

    /// The register that an edge's view shows at a column block: the buffer as it is, a
    /// slice of whole blocks, or something repeated over rows or columns.
    fn source(
        &mut self,
        (node, _, view): &(NodeIndex, u8, ShapeTracker),
        block: usize,
    ) -> Option<usize> {
        let repeated = view.fake.iter().any(|fake| *fake);
        let ordered = (0..view.len()).all(|axis| view.indexes[axis] == axis) || repeated;
        let padded = view.padding.iter().any(|(a, b)| {
            a.to_usize().is_none_or(|n| n > 0) || b.to_usize().is_none_or(|n| n > 0)
        });
        if padded || !ordered {
            return None;
        }
        if is_plain(view) || repeated {
            return self.register(*node, block);
        }
        let rows_sliced = view.slices[0].0.to_usize()? > 0;
        let start = view.slices[1].0.to_usize()?;
        if rows_sliced || start % self.units != 0 {
            return None;
        }
        self.register(*node, block + start / self.units)
    }

    /// Adds an instruction unless an equal one is there.
    fn emit(&mut self, instruction: Instruction) -> usize {
        if let Some(at) = self.instructions.iter().position(|other| *other == instruction)
        {
            return at;
        }
        self.instructions.push(instruction);
        self.instructions.len() - 1
    }

    /// Recognises sigmoid, 1 / (1 + exp2(-a log2 e)), and tanh, 2 sigmoid(2 a) - 1, as
    /// `Builder` makes them.
    fn emit_simplified(&mut self, instruction: Instruction) -> usize {
        let whole = match instruction {
            Instruction::Recip(a) => self.sigmoid(a),
            Instruction::Add(a, b) => self.tanh(a, b),
            _ => None,
        };
        self.emit(whole.unwrap_or(instruction))
    }

    fn sigmoid(&self, sum: usize) -> Option<Instruction> {
        let Instruction::Add(power, one) = self.instructions[sum] else { return None };
        let Instruction::Exp2(scaled) = self.instructions[power] else { return None };
        let Instruction::Multiply(a, factor) = self.instructions[scaled] else {
            return None;
        };
        let known = self.is(one, 1.0) && self.is(factor, -std::f32::consts::LOG2_E);
        known.then_some(Instruction::Sigmoid(a))
    }

    fn tanh(&self, whole: usize, minus_one: usize) -> Option<Instruction> {
        let Instruction::Multiply(half, two) = self.instructions[whole] else {
            return None;
        };
        let Instruction::Sigmoid(doubled) = self.instructions[half] else { return None };
        let Instruction::Multiply(a, also_two) = self.instructions[doubled] else {
            return None;
        };
        let known =
            self.is(minus_one, -1.0) && self.is(two, 2.0) && self.is(also_two, 2.0);
        known.then_some(Instruction::Tanh(a))
    }

    fn is(&self, register: usize, value: f32) -> bool {
        self.instructions[register] == Instruction::Constant(value)
    }
}

//! From a program to sums and what is left: a program's instructions go in, out come the
//! sums that tiles make, and the arithmetic on them.

use super::operations::{Builder, Leaf, Op, Register};
use super::sum::{Block, Sum};
use crate::program::{Instruction, Program};

/// A program, taken apart.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    /// Vectors of the sums: the bias of the projection, then those of the program.
    /// Matrices of the sums: that of x, then those of the program.
    pub(super) sums: Vec<Sum>,
    /// The state that each matrix of the program multiplies.
    pub(super) sources: Vec<usize>,
    pub(super) builder: Builder,
    pub(super) next: Vec<Register>,
    pub(super) output: Register,
}

/// Takes a program apart, or `None` if it needs whole rows within a step: a sum or
/// maximum over them, or a product with what is no state.
pub(super) fn parts(program: &Program) -> Option<Parts> {
    let sources = sources(program)?;
    let whole_rows = |instruction: &Instruction| {
        matches!(instruction, Instruction::RowSum(_) | Instruction::RowMax(_))
    };
    if program.inputs == 0 || program.instructions.iter().any(whole_rows) {
        return None;
    }
    let mut uses = vec![0; program.instructions.len()];
    for instruction in &program.instructions {
        for operand in crate::program::operands(*instruction).into_iter().flatten() {
            uses[operand] += 1;
        }
    }
    program.next.iter().chain([&program.output]).for_each(|result| uses[*result] += 1);
    let mut reader = Reader {
        program,
        uses,
        sums: Vec::new(),
        builder: Builder::default(),
        known: vec![None; program.instructions.len()],
    };
    let next = program.next.iter().map(|next| reader.register(*next)).collect();
    let output = reader.register(program.output);
    let Reader { sums, builder, .. } = reader;
    let products: Vec<Block> = sums.iter().flat_map(|sum| sum.products.clone()).collect();
    let biases: Vec<Block> = sums.iter().flat_map(|sum| sum.biases.clone()).collect();
    let reads_x = products.iter().any(|block| block.of == 0);
    if !reads_x || !distinct(&products) || !distinct(&biases) {
        return None;
    }
    Some(Parts { sums, sources, builder, next, output }.sorted())
}

/// Whether each block is in one sum only. One that is read twice is read by one
/// instruction, unless somebody wrote it twice.
fn distinct(blocks: &[Block]) -> bool {
    blocks.iter().enumerate().all(|(at, block)| !blocks[..at].contains(block))
}

/// The state that each matrix multiplies; `None` if one multiplies nothing, something
/// else, or two things.
fn sources(program: &Program) -> Option<Vec<usize>> {
    let mut sources = vec![None; program.matrices.len()];
    for instruction in &program.instructions {
        if let Instruction::Product { source, matrix, .. } = *instruction {
            let Instruction::Carry { index } = program.instructions[source] else {
                return None;
            };
            if *sources[matrix].get_or_insert(index) != index {
                return None;
            }
        }
    }
    sources.into_iter().collect()
}

impl Parts {
    /// The same with the sums of like products side by side: of x alone first, of
    /// biases alone last.
    fn sorted(mut self) -> Parts {
        let kind = |sum: &Sum| {
            let (x, states): (Vec<usize>, Vec<usize>) =
                sum.products.iter().map(|block| block.of).partition(|of| *of == 0);
            match (x.is_empty(), states.is_empty()) {
                (false, true) => (0, states),
                (false, false) => (1, states),
                (true, false) => (2, states),
                (true, true) => (3, states),
            }
        };
        let mut order: Vec<usize> = (0..self.sums.len()).collect();
        order.sort_by_key(|sum| kind(&self.sums[*sum]));
        let place = |sum: usize| order.iter().position(|other| *other == sum);
        for op in &mut self.builder.ops {
            if let Op::Leaf(Leaf::Sum(sum)) = op {
                *sum = place(*sum).expect("all sums have a place");
            }
        }
        self.sums = order.iter().map(|sum| self.sums[*sum].clone()).collect();
        self
    }
}

struct Reader<'a> {
    program: &'a Program,
    /// How often each instruction is used.
    uses: Vec<usize>,
    sums: Vec<Sum>,
    builder: Builder,
    known: Vec<Option<Register>>,
}

impl Reader<'_> {
    fn register(&mut self, at: usize) -> Register {
        if let Some(known) = self.known[at] {
            return known;
        }
        let register = match self.program.instructions[at] {
            Instruction::Input { .. }
            | Instruction::Vector { .. }
            | Instruction::Product { .. }
            | Instruction::Add(..) => self.sum(at),
            Instruction::Carry { index } => {
                self.builder.emit(Op::Leaf(Leaf::Before(index)))
            }
            Instruction::Constant(number) => self.builder.emit(Op::Constant(number)),
            Instruction::Multiply(a, b) => self.pair(a, b, Op::Multiply),
            Instruction::LessThan(a, b) => self.pair(a, b, Op::LessThan),
            Instruction::Exp2(a) => self.one(a, Op::Exp2),
            Instruction::Log2(a) => self.one(a, Op::Log2),
            Instruction::Recip(a) => self.one(a, Op::Recip),
            Instruction::Sqrt(a) => self.one(a, Op::Sqrt),
            Instruction::Sigmoid(a) => self.one(a, Op::Sigmoid),
            Instruction::Tanh(a) => self.one(a, Op::Tanh),
            Instruction::RowSum(_) | Instruction::RowMax(_) => {
                unreachable!("programs that need whole rows are not taken apart")
            }
        };
        self.known[at] = Some(register);
        register
    }

    fn one(&mut self, a: usize, op: fn(Register) -> Op) -> Register {
        let a = self.register(a);
        self.builder.emit(op(a))
    }

    fn pair(&mut self, a: usize, b: usize, op: fn(Register, Register) -> Op) -> Register {
        let (a, b) = (self.register(a), self.register(b));
        self.builder.emit(op(a, b))
    }

    /// A sum of instructions: what tiles can add, they add first.
    fn sum(&mut self, at: usize) -> Register {
        let mut terms = Vec::new();
        self.terms(at, true, &mut terms);
        let mut made: Vec<Sum> = Vec::new();
        let mut others = Vec::new();
        let mut vectors = Vec::new();
        for term in terms {
            let shared = term != at && self.uses[term] > 1;
            match self.program.instructions[term] {
                _ if shared => others.push(term),
                Instruction::Input { block } => {
                    let bias = Block { of: 0, block };
                    place(&mut made, Block { of: 0, block }, Some(bias));
                }
                Instruction::Product { matrix, block, .. } => {
                    place(&mut made, Block { of: 1 + matrix, block }, None);
                }
                Instruction::Vector { index } => {
                    vectors.push(Block { of: 1 + index, block: 0 });
                }
                _ => others.push(term),
            }
        }
        match made.first_mut() {
            Some(first) => first.biases.extend(vectors),
            None if vectors.is_empty() => {}
            None => made.push(Sum { biases: vectors, products: Vec::new() }),
        }
        let mut registers = Vec::new();
        for sum in made {
            registers.push(self.builder.emit(Op::Leaf(Leaf::Sum(self.sums.len()))));
            self.sums.push(sum);
        }
        registers.extend(others.into_iter().map(|other| self.register(other)));
        let mut registers = registers.into_iter();
        let first = registers.next().expect("a sum has terms");
        registers.fold(first, |a, b| self.builder.emit(Op::Add(a, b)))
    }

    /// The terms of a sum, through sums that are used nowhere else.
    fn terms(&self, at: usize, outermost: bool, terms: &mut Vec<usize>) {
        match self.program.instructions[at] {
            Instruction::Add(a, b) if outermost || self.uses[at] == 1 => {
                self.terms(a, false, terms);
                self.terms(b, false, terms);
            }
            _ => terms.push(at),
        }
    }
}

/// Adds a product to the first sum that has none of its matrix yet.
fn place(sums: &mut Vec<Sum>, product: Block, bias: Option<Block>) {
    let of = |sum: &Sum| sum.products.iter().any(|other| other.of == product.of);
    let at = sums.iter().position(|sum| !of(sum)).unwrap_or_else(|| {
        sums.push(Sum::default());
        sums.len() - 1
    });
    sums[at].products.push(product);
    sums[at].biases.extend(bias);
}

//! A recurrent layer of a tiny network: how wide it is, and what makes a step.

use carousel_cell::{Instruction, Program, TinyCell, TinyLayer, TinyProgram};

use super::{cells, random};
use crate::draw::{Dice, less};
use crate::program::cell::Cell;

/// A layer.
#[derive(Debug, Clone)]
pub(super) struct LayerShape {
    pub(super) units: usize,
    pub(super) kind: Kind,
}

/// Which cell it has.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Lstm {
        gates: [usize; 4],
        two_biases: bool,
    },
    Program {
        cell: Cell,
        /// Whether it is one at random.
        random: bool,
        /// How many biases its projection has.
        biases: usize,
    },
}

impl LayerShape {
    pub(super) fn draw(dice: &mut Dice) -> LayerShape {
        let program = |program: Program, random: bool, dice: &mut Dice| {
            let cell = Cell { program };
            Kind::Program { cell, random, biases: dice.within(0..=2) }
        };
        let kind = match dice.below(4) {
            0 => Kind::Lstm { gates: dice.gates(), two_biases: dice.coin() },
            1 => program(cells::draw(dice), false, dice),
            _ => program(random::draw(dice), true, dice),
        };
        LayerShape { units: dice.size(64), kind }
    }

    pub(super) fn smaller(&self) -> Vec<LayerShape> {
        let mut all: Vec<LayerShape> =
            less(self.units, 1).map(|units| Self { units, ..self.clone() }).collect();
        let kind = |kind: Kind| Self { kind, ..self.clone() };
        match &self.kind {
            Kind::Lstm { two_biases: false, .. } => {}
            Kind::Lstm { gates, .. } => {
                all.push(kind(Kind::Lstm { gates: *gates, two_biases: false }));
            }
            Kind::Program { cell, random, biases } => {
                let (random, biases) = (*random, *biases);
                let elman = Cell { program: cells::elman() };
                let len = |cell: &Cell| cell.program.instructions.len();
                let plain = [elman].into_iter().filter(|elman| len(elman) < len(cell));
                let shorter = plain.chain(cell.shorter()).filter(is_taken);
                let shorter = shorter.map(|cell| Kind::Program { cell, random, biases });
                all.extend(shorter.map(kind));
                let less = less(biases, 0).map(|biases| Kind::Program {
                    cell: cell.clone(),
                    random,
                    biases,
                });
                all.extend(less.map(kind));
            }
        }
        all
    }

    pub(super) fn tiny(&self) -> TinyLayer {
        let cell = match self.kind {
            Kind::Lstm { gates, two_biases } => TinyCell::Lstm { gates, two_biases },
            Kind::Program { ref cell, biases, .. } => {
                let program = TinyProgram::new(&cell.program, biases);
                TinyCell::Program(program.expect("it was drawn until it was taken"))
            }
        };
        TinyLayer { units: self.units, cell }
    }

    /// Column blocks of the projection, and how many biases it has.
    pub(super) fn projection(&self) -> [usize; 2] {
        match &self.kind {
            Kind::Lstm { two_biases, .. } => [4, 1 + usize::from(*two_biases)],
            Kind::Program { cell, biases, .. } => [cell.program.inputs, *biases],
        }
    }

    /// Column blocks of each matrix.
    pub(super) fn matrices(&self) -> &[usize] {
        match &self.kind {
            Kind::Lstm { .. } => &[4],
            Kind::Program { cell, .. } => &cell.program.matrices,
        }
    }

    /// Vectors that the cell has besides its biases.
    pub(super) fn vectors(&self) -> usize {
        match &self.kind {
            Kind::Lstm { .. } => 0,
            Kind::Program { cell, .. } => cell.program.vectors,
        }
    }

    pub(super) fn states(&self) -> usize {
        match &self.kind {
            Kind::Lstm { .. } => 2,
            Kind::Program { cell, .. } => cell.program.carries,
        }
    }

    pub(super) fn is_lstm(&self) -> bool {
        matches!(self.kind, Kind::Lstm { .. })
    }

    pub(super) fn is_random(&self) -> bool {
        matches!(self.kind, Kind::Program { random: true, .. })
    }

    /// Whether weights that are nearly the same give nearly the same, however far they
    /// are learned.
    pub(super) fn is_smooth(&self) -> bool {
        match &self.kind {
            Kind::Lstm { .. } => true,
            Kind::Program { cell, .. } => cell.program.instructions.iter().all(|one| {
                !matches!(one, Instruction::LessThan(..) | Instruction::Recip(_))
            }),
        }
    }
}

fn is_taken(cell: &Cell) -> bool {
    let Cell { program } = cell;
    program.next.first() == Some(&program.output)
        && TinyProgram::new(program, 0).is_some()
}

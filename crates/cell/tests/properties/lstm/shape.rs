//! Sizes and choices of an LSTM.

use crate::draw::{Dice, Shape, less};

/// An LSTM with a projection, and what is asked of it.
#[derive(Debug, Clone)]
pub(crate) struct LstmShape {
    pub(crate) steps: usize,
    pub(crate) batch: usize,
    pub(crate) inputs: usize,
    /// Whether inputs are zeros and a single one, so that a symbol can stand for them.
    pub(crate) symbols: bool,
    pub(crate) units: usize,
    pub(crate) reverse: bool,
    pub(crate) gates: [usize; 4],
    /// How many steps each row takes part in.
    pub(crate) lengths: Option<Vec<usize>>,
    /// Whether there are gradients of y, of the last h, and of the last c.
    pub(crate) seeds: [bool; 3],
    /// Whether the gradient of x is asked for.
    pub(crate) dx: bool,
    /// Where the numbers come from.
    pub(crate) seed: u64,
}

impl Shape for LstmShape {
    fn draw(dice: &mut Dice) -> LstmShape {
        let steps = dice.size(12) - usize::from(dice.below(8) == 0);
        let (batch, inputs, units) = (dice.size(20), dice.size(40), dice.size(50));
        LstmShape {
            reverse: dice.coin(),
            gates: dice.gates(),
            lengths: dice.lengths(steps, batch),
            // Most of them are given.
            seeds: [0; 3].map(|_| dice.below(4) > 0),
            symbols: dice.below(3) == 0,
            dx: dice.coin(),
            seed: dice.bits(),
            steps,
            batch,
            inputs,
            units,
        }
    }

    fn smaller(&self) -> Vec<LstmShape> {
        let LstmShape { steps, batch, inputs, units, .. } = *self;
        let mut all = Vec::new();
        all.extend(less(steps, 0).map(|steps| LstmShape { steps, ..self.clone() }));
        all.extend(less(inputs, 1).map(|inputs| LstmShape { inputs, ..self.clone() }));
        all.extend(less(units, 1).map(|units| LstmShape { units, ..self.clone() }));
        all.extend(less(batch, 1).map(|batch| {
            let lengths = self.lengths.as_ref().map(|all| all[..batch].to_vec());
            LstmShape { batch, lengths, ..self.clone() }
        }));
        if self.lengths.is_some() {
            all.push(LstmShape { lengths: None, ..self.clone() });
        }
        if self.reverse {
            all.push(LstmShape { reverse: false, ..self.clone() });
        }
        if self.symbols {
            all.push(LstmShape { symbols: false, ..self.clone() });
        }
        if self.gates != [0, 1, 2, 3] {
            all.push(LstmShape { gates: [0, 1, 2, 3], ..self.clone() });
        }
        for k in (0..3).filter(|k| self.seeds[*k]) {
            let mut plainer = self.clone();
            plainer.seeds[k] = false;
            all.push(plainer);
        }
        all
    }
}

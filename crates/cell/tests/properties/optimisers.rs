//! The optimisers, and clipping, over arenas of any length.

use carousel_cell::{Form, Optimiser, clip, norm};

use crate::close::{near, single};
use crate::draw::{Dice, Shape, holds, less};

/// Parameters of size 1 after some dozen steps, each rounded a few times.
const PARAMETERS: f64 = 1e-6;

/// A root in double precision, rounded to single.
const NORM: f64 = 1e-7;

/// One of all forms, epsilon being above 0.
pub(crate) fn optimiser(dice: &mut Dice) -> Optimiser {
    let rate = dice.pick(&[0.001, 0.01, 0.05]);
    let epsilon = dice.pick(&[1e-7, 1e-3]);
    let form = dice.pick(&[Form::Keras, Form::PyTorch]);
    let momentum = dice.pick(&[0.0, 0.5, 0.9]);
    match dice.below(4) {
        0 => Optimiser::Sgd { rate, momentum, nesterov: dice.coin() },
        1 => {
            let (beta1, beta2) = (dice.pick(&[0.9, 0.5]), dice.pick(&[0.999, 0.95]));
            let decay = dice.pick(&[0.0, 0.1]);
            Optimiser::Adam { rate, beta1, beta2, epsilon, decay, form }
        }
        2 => {
            let rho = dice.pick(&[0.9, 0.99]);
            Optimiser::RmsProp { rate, rho, epsilon, momentum, form }
        }
        _ => Optimiser::Adagrad { rate, epsilon },
    }
}

/// An optimiser, the length of its arenas, and its steps.
#[derive(Debug, Clone)]
struct Steps {
    optimiser: Optimiser,
    len: usize,
    /// The number of the step before the first.
    before: u64,
    count: usize,
    seed: u64,
}

impl Shape for Steps {
    fn draw(dice: &mut Dice) -> Steps {
        Steps {
            optimiser: optimiser(dice),
            len: dice.size(70) - usize::from(dice.below(9) == 0),
            before: dice.pick(&[0, 0, 60, 130, 1_000_000]),
            count: dice.size(20),
            seed: dice.bits(),
        }
    }

    fn smaller(&self) -> Vec<Steps> {
        let mut all: Vec<Steps> =
            less(self.len, 0).map(|len| Steps { len, ..self.clone() }).collect();
        all.extend(less(self.count, 1).map(|count| Steps { count, ..self.clone() }));
        if self.before > 0 {
            all.push(Steps { before: 0, ..self.clone() });
        }
        all
    }
}

/// One step of one parameter: p, g, and what is remembered, m and v.
fn step(optimiser: &Optimiser, t: f64, p: &mut f64, g: f64, m: &mut f64, v: &mut f64) {
    match *optimiser {
        Optimiser::Sgd { rate, momentum, nesterov } => {
            *m = momentum * *m + g;
            *p -= rate * if nesterov { momentum * *m + g } else { *m };
        }
        Optimiser::Adam { rate, beta1, beta2, epsilon, decay, form } => {
            *m = beta1 * *m + (1.0 - beta1) * g;
            *v = beta2 * *v + (1.0 - beta2) * g * g;
            let (first, second) = (1.0 - beta1.powf(t), 1.0 - beta2.powf(t));
            *p -= rate * decay * *p;
            *p -= match form {
                Form::Keras => rate * second.sqrt() / first * *m / (v.sqrt() + epsilon),
                Form::PyTorch => rate * (*m / first) / ((*v / second).sqrt() + epsilon),
            };
        }
        Optimiser::RmsProp { rate, rho, epsilon, momentum, form } => {
            *v = rho * *v + (1.0 - rho) * g * g;
            let size = match form {
                Form::Keras => (*v + epsilon).sqrt(),
                Form::PyTorch => v.sqrt() + epsilon,
            };
            *m = momentum * *m + rate * g / size;
            *p -= *m;
        }
        Optimiser::Adagrad { rate, epsilon } => {
            *v += g * g;
            *p -= rate * g / (v.sqrt() + epsilon);
        }
    }
}

#[test]
fn optimisers_are_their_formulas() {
    holds(400, |shape: &Steps| {
        let mut dice = Dice::new(shape.seed, 0);
        let mut want = dice.numbers(shape.len);
        let mut got = single(&want);
        let (mut m, mut v) = (vec![0.0; shape.len], vec![0.0; shape.len]);
        let (mut first, mut second) = (vec![0.0; shape.len], vec![0.0; shape.len]);
        for t in shape.before + 1..=shape.before + shape.count as u64 {
            let gradients = dice.numbers(shape.len);
            for (k, g) in gradients.iter().enumerate() {
                let t = t as f64;
                step(&shape.optimiser, t, &mut want[k], *g, &mut m[k], &mut v[k]);
            }
            let (g, first, second) = (single(&gradients), &mut first, &mut second);
            shape.optimiser.update(t, &mut got, &g, first, second);
        }
        near("parameters", &got, &want, PARAMETERS)?;
        near("first memory", &first, &m, PARAMETERS)?;
        near("second memory", &second, &v, PARAMETERS)
    });
}

/// How many gradients, their size, and the greatest norm allowed.
#[derive(Debug, Clone)]
struct Clipped {
    len: usize,
    scale: f64,
    limit: f32,
    seed: u64,
}

impl Shape for Clipped {
    fn draw(dice: &mut Dice) -> Clipped {
        Clipped {
            len: dice.size(300) - usize::from(dice.below(9) == 0),
            scale: dice.pick(&[1.0, 1e-20, 1e30]),
            limit: dice.pick(&[0.25, 1.0, 5.0, 1e30]),
            seed: dice.bits(),
        }
    }

    fn smaller(&self) -> Vec<Clipped> {
        less(self.len, 0).map(|len| Clipped { len, ..self.clone() }).collect()
    }
}

#[test]
fn norms_are_roots_of_sums_of_squares_and_clipping_scales_to_them() {
    holds(400, |shape: &Clipped| {
        let mut dice = Dice::new(shape.seed, 0);
        let numbers = dice.numbers(shape.len).into_iter();
        let mut gradients: Vec<f32> = numbers.map(|x| (x * shape.scale) as f32).collect();
        let wide: Vec<f64> = gradients.iter().map(|x| f64::from(*x)).collect();
        let size = wide.iter().map(|x| x * x).sum::<f64>().sqrt();
        let relative = |norm: f32| f64::from(norm) / size.max(f64::MIN_POSITIVE);
        if size > 0.0 {
            near("norm", &[relative(norm(&gradients)) as f32], &[1.0], NORM)?;
        }
        let before = clip(&mut gradients, shape.limit);
        assert_eq!(before.to_bits(), norm(&single(&wide)).to_bits());
        let scale = (f64::from(shape.limit) / (size + 1e-6)).min(1.0);
        let want: Vec<f64> = wide.iter().map(|x| x * scale).collect();
        near("clipped", &gradients, &want, PARAMETERS)
    });
}

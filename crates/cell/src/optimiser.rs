//! Optimisers over flat arenas: parameters and gradients in, parameters updated in
//! place, in one pass of fixed order.

use crate::simd::{Kernel, dispatch};

/// Whose form of an optimiser: they differ in where epsilon stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Adam: `rate sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + eps)`;
    /// RMSprop: `rate g / sqrt(v + eps)`.
    Keras,
    /// Adam: `rate m' / (sqrt(v') + eps)`, m' and v' corrected for their start at 0;
    /// RMSprop: `rate g / (sqrt(v) + eps)`.
    PyTorch,
}

/// How a gradient changes a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Optimiser {
    /// Gradient descent. The momentum is PyTorch's, `m' = momentum m + g`, the step
    /// `rate m'`; Keras's `v' = momentum v - rate g` is the same while the rate is.
    Sgd {
        /// The learning rate.
        rate: f64,
        /// How much of the last step is kept; 0 for none.
        momentum: f64,
        /// Whether the gradient is looked at where the momentum leads (Nesterov).
        nesterov: bool,
    },
    /// Kingma and Ba (2015), with the decoupled decay of Loshchilov and Hutter (2019).
    Adam {
        /// The learning rate.
        rate: f64,
        /// The decay of the mean of the gradients.
        beta1: f64,
        /// The decay of the mean of their squares.
        beta2: f64,
        /// What keeps a division from going wrong.
        epsilon: f64,
        /// The weight decay: parameters shrink by `rate decay` first. 0 for none.
        decay: f64,
        /// Where epsilon stands.
        form: Form,
    },
    /// Hinton's lecture 6e (2012).
    RmsProp {
        /// The learning rate.
        rate: f64,
        /// The decay of the mean of the squares.
        rho: f64,
        /// What keeps a division from going wrong.
        epsilon: f64,
        /// How much of the last step is kept; 0 for none.
        momentum: f64,
        /// Where epsilon stands.
        form: Form,
    },
    /// Duchi, Hazan and Singer (2011); epsilon outside the root, as in PyTorch.
    Adagrad {
        /// The learning rate.
        rate: f64,
        /// What keeps a division from going wrong.
        epsilon: f64,
    },
}

impl Optimiser {
    /// Changes the parameters by one step. `step` counts from 1. `first` and `second`
    /// are what the optimiser remembers of each parameter, zeros before step 1: the
    /// means of gradients (or the momentum) and of their squares. All of one length.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn update(
        &self,
        step: u64,
        parameters: &mut [f32],
        gradients: &[f32],
        first: &mut [f32],
        second: &mut [f32],
    ) {
        let n = parameters.len();
        assert!([gradients.len(), first.len(), second.len()] == [n; 3], "lengths differ");
        let rule = Schedule::new(*self).rule(step);
        dispatch(Update { rule, parameters, gradients, first, second });
    }

    /// The numbers of one step, computed once in double precision. `powers` are the
    /// decays of Adam to the power of the step.
    fn rule(&self, powers: [f64; 2]) -> Rule {
        match *self {
            Optimiser::Sgd { rate, momentum, nesterov } => {
                let momentum = momentum as f32;
                Rule::Sgd { rate: rate as f32, momentum, nesterov }
            }
            Optimiser::Adam { rate, beta1, beta2, epsilon, decay, form } => {
                let bias1 = 1.0 - powers[0];
                let root = (1.0 - powers[1]).sqrt();
                // Keras's form is PyTorch's with epsilon divided by the correction.
                let (scale, root) = match form {
                    Form::PyTorch => (rate / bias1, 1.0 / root),
                    Form::Keras => (rate * root / bias1, 1.0),
                };
                Rule::Adam {
                    keep: (1.0 - rate * decay) as f32,
                    first: Mean::new(beta1),
                    second: Mean::new(beta2),
                    scale: scale as f32,
                    root: root as f32,
                    epsilon: epsilon as f32,
                }
            }
            Optimiser::RmsProp { rate, rho, epsilon, momentum, form } => {
                let (inside, outside) = match form {
                    Form::Keras => (epsilon, 0.0),
                    Form::PyTorch => (0.0, epsilon),
                };
                Rule::RmsProp {
                    rate: rate as f32,
                    second: Mean::new(rho),
                    inside: inside as f32,
                    outside: outside as f32,
                    momentum: momentum as f32,
                }
            }
            Optimiser::Adagrad { rate, epsilon } => {
                Rule::Adagrad { rate: rate as f32, epsilon: epsilon as f32 }
            }
        }
    }
}

/// The rules of steps that follow each other, at little cost: a power is the product of
/// two, one of which lasts for [`LOW`] steps. A step's rule depends on its number alone.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    optimiser: Optimiser,
    decays: [f64; 2],
    /// The step from which on `high` holds, a multiple of [`LOW`].
    from: u64,
    high: [f64; 2],
    low: Vec<[f64; 2]>,
}

/// How many steps share one high power.
const LOW: u64 = 64;

impl Schedule {
    pub(crate) fn new(optimiser: Optimiser) -> Schedule {
        let decays = match optimiser {
            Optimiser::Adam { beta1, beta2, .. } => [beta1, beta2],
            Optimiser::Sgd { .. }
            | Optimiser::RmsProp { .. }
            | Optimiser::Adagrad { .. } => [0.0; 2],
        };
        Schedule { optimiser, decays, from: 0, high: [1.0; 2], low: Vec::new() }
    }

    /// The same for many steps: all low powers are made now.
    pub(crate) fn long(optimiser: Optimiser) -> Schedule {
        let mut schedule = Schedule::new(optimiser);
        schedule.low = (0..LOW).map(|step| schedule.power(step)).collect();
        schedule
    }

    /// Whether it is that of this optimiser.
    pub(crate) fn is_of(&self, optimiser: Optimiser) -> bool {
        self.optimiser == optimiser
    }

    /// The rule of a step, counted from 1.
    pub(crate) fn rule(&mut self, step: u64) -> Rule {
        let from = step / LOW * LOW;
        if from != self.from {
            (self.from, self.high) = (from, self.power(from));
        }
        let rest = step - from;
        let low = match self.low.get(rest as usize) {
            Some(low) => *low,
            None => self.power(rest),
        };
        self.optimiser.rule([0, 1].map(|k| self.high[k] * low[k]))
    }

    fn power(&self, step: u64) -> [f64; 2] {
        self.decays.map(|decay| decay.powf(step as f64))
    }
}

/// A running mean: how much is kept, and how much of what comes is taken.
#[derive(Clone, Copy)]
pub(crate) struct Mean {
    pub(crate) keep: f32,
    pub(crate) take: f32,
}

impl Mean {
    /// `1 - decay` is formed before rounding: 0.999 has too few digits left after it.
    fn new(decay: f64) -> Self {
        Mean { keep: decay as f32, take: (1.0 - decay) as f32 }
    }

    #[inline(always)]
    fn update(self, mean: f32, x: f32) -> f32 {
        self.keep.mul_add(mean, self.take * x)
    }
}

/// An optimiser's numbers at one step.
#[derive(Clone, Copy)]
pub(crate) enum Rule {
    Sgd { rate: f32, momentum: f32, nesterov: bool },
    Adam { keep: f32, first: Mean, second: Mean, scale: f32, root: f32, epsilon: f32 },
    RmsProp { rate: f32, second: Mean, inside: f32, outside: f32, momentum: f32 },
    Adagrad { rate: f32, epsilon: f32 },
}

/// One step over arenas of one length.
pub(crate) struct Update<'a> {
    pub(crate) rule: Rule,
    pub(crate) parameters: &'a mut [f32],
    pub(crate) gradients: &'a [f32],
    pub(crate) first: &'a mut [f32],
    pub(crate) second: &'a mut [f32],
}

impl Kernel for Update<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let n = self.parameters.len();
        let (p, g) = (&mut self.parameters[..n], &self.gradients[..n]);
        let (m, v) = (&mut self.first[..n], &mut self.second[..n]);
        match self.rule {
            Rule::Sgd { rate, momentum, nesterov } => {
                for k in 0..n {
                    m[k] = momentum.mul_add(m[k], g[k]);
                    let step = if nesterov { momentum.mul_add(m[k], g[k]) } else { m[k] };
                    p[k] -= rate * step;
                }
            }
            Rule::Adam { keep, first, second, scale, root, epsilon } => {
                for k in 0..n {
                    m[k] = first.update(m[k], g[k]);
                    v[k] = second.update(v[k], g[k] * g[k]);
                    let size = v[k].sqrt().mul_add(root, epsilon);
                    p[k] = keep * p[k] - scale * m[k] / size;
                }
            }
            Rule::RmsProp { rate, second, inside, outside, momentum } => {
                for k in 0..n {
                    v[k] = second.update(v[k], g[k] * g[k]);
                    let size = (v[k] + inside).sqrt() + outside;
                    m[k] = momentum.mul_add(m[k], rate * g[k] / size);
                    p[k] -= m[k];
                }
            }
            Rule::Adagrad { rate, epsilon } => {
                for k in 0..n {
                    v[k] = g[k].mul_add(g[k], v[k]);
                    p[k] -= rate * g[k] / (v[k].sqrt() + epsilon);
                }
            }
        }
    }
}

/// The Euclidean norm of all gradients, summed in double precision.
pub fn norm(gradients: &[f32]) -> f32 {
    dispatch(SquareSum { x: gradients }).sqrt() as f32
}

/// Scales the gradients by `min(1, limit / (norm + 1e-6))`, as PyTorch does, and gives
/// the norm they had. A norm that is not a number leaves them as they are.
pub fn clip(gradients: &mut [f32], limit: f32) -> f32 {
    let norm = norm(gradients);
    let scale = limit / (norm + 1e-6);
    if scale < 1.0 {
        for gradient in gradients {
            *gradient *= scale;
        }
    }
    norm
}

struct SquareSum<'a> {
    x: &'a [f32],
}

impl Kernel for SquareSum<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        // Eight sums that do not wait for each other; their order is fixed.
        let mut sums = [0.0; 8];
        let (whole, rest) = self.x.as_chunks::<8>();
        for x in whole {
            for k in 0..8 {
                let x = f64::from(x[k]);
                sums[k] = x.mul_add(x, sums[k]);
            }
        }
        for (k, x) in rest.iter().enumerate() {
            let x = f64::from(*x);
            sums[k] = x.mul_add(x, sums[k]);
        }
        sums.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{clip, norm};

    #[test]
    fn a_norm_is_the_root_of_the_sum_of_squares() {
        assert_eq!(norm(&[]), 0.0);
        assert_eq!(norm(&[3.0, -4.0]), 5.0);
        assert_eq!(norm(&[1.0; 169]), 13.0);
        // The squares would be infinite in single precision.
        assert_eq!(norm(&[3e30, 4e30]), 5e30);
    }

    #[test]
    fn clipping_scales_what_is_too_long_and_nothing_else() {
        let mut long = [3.0, -4.0];
        assert_eq!(clip(&mut long, 2.5), 5.0);
        assert!((norm(&long) - 2.5).abs() < 1e-5, "{long:?}");
        let mut short = [0.3, 0.4];
        clip(&mut short, 1.0);
        assert_eq!(short, [0.3, 0.4]);
        let mut lost = [f32::NAN, 1.0];
        assert!(clip(&mut lost, 1.0).is_nan() && lost[1] == 1.0);
    }
}

//! A program one row, one step and one number at a time, in double precision; its
//! gradients by the rule of each instruction, from the last to the first.

use carousel_cell::Instruction as I;

use super::{Given, ProgramShape};

/// What a program gives.
pub(crate) struct Outcome {
    /// y, then the last states.
    pub(crate) results: Vec<Vec<f64>>,
    /// The gradients of the projected inputs, the states, vectors and matrices.
    pub(crate) gradients: Vec<Vec<f64>>,
    /// How far apart the nearest of all numbers lie that were compared.
    pub(crate) apart: f64,
}

/// One row of one step: all registers.
type Values = Vec<Vec<f64>>;

/// The sums that gradients are added up in.
struct Sums {
    dxw: Vec<f64>,
    dcarries: Vec<Vec<f64>>,
    dvectors: Vec<Vec<f64>>,
    dmatrices: Vec<Vec<f64>>,
}

pub(crate) fn run(shape: &ProgramShape, given: &Given) -> Outcome {
    let (program, n) = (&shape.cell.program, shape.units);
    let mut order: Vec<(usize, usize)> = (0..shape.steps)
        .flat_map(|time| (0..shape.batch).map(move |row| (time, row)))
        .filter(|(time, row)| shape.live(*time, *row))
        .collect();
    if shape.reverse {
        order.reverse();
    }
    let mut carries = given.carries.clone();
    let mut y = vec![0.0; given.dy.len()];
    let mut seen = Vec::new();
    for (time, row) in &order {
        let (at, state) = (time * shape.batch + row, row * n..(row + 1) * n);
        let own: Values = carries.iter().map(|c| c[state.clone()].to_vec()).collect();
        let values = forward(shape, given, at, &own);
        y[at * n..][..n].copy_from_slice(&values[program.output]);
        for (carry, next) in carries.iter_mut().zip(&program.next) {
            carry[state.clone()].copy_from_slice(&values[*next]);
        }
        seen.push(values);
    }
    let zeros = |of: &[Vec<f64>]| of.iter().map(|x| vec![0.0; x.len()]).collect();
    let mut sums = Sums {
        dxw: vec![0.0; given.xw.len()],
        dcarries: given.dlast.clone(),
        dvectors: zeros(&given.vectors),
        dmatrices: zeros(&given.matrices),
    };
    for ((time, row), values) in order.iter().zip(&seen).rev() {
        backward(shape, given, [time * shape.batch + row, *row], values, &mut sums);
    }
    let Sums { dxw, dcarries, dvectors, dmatrices } = sums;
    let gradients = std::iter::once(dxw).chain(dcarries).chain(dvectors).chain(dmatrices);
    carries.insert(0, y);
    Outcome {
        results: carries,
        gradients: gradients.collect(),
        apart: seen.iter().map(|values| apart(shape, values)).fold(1.0, f64::min),
    }
}

/// All registers of the row that lies at `at` in `[T, B]`.
fn forward(shape: &ProgramShape, given: &Given, at: usize, carries: &Values) -> Values {
    let (program, n) = (&shape.cell.program, shape.units);
    let mut v = Values::new();
    for instruction in &program.instructions {
        let each = |f: &dyn Fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
        let value = match *instruction {
            I::Input { block } => {
                given.xw[(at * program.inputs + block) * n..][..n].to_vec()
            }
            I::Carry { index } => carries[index].clone(),
            I::Vector { index } => given.vectors[index].clone(),
            I::Constant(number) => vec![f64::from(number); n],
            I::Product { source, matrix, block } => {
                let wide = program.matrices[matrix] * n;
                let entry =
                    |r: usize, c: usize| given.matrices[matrix][r * wide + block * n + c];
                each(&|c| (0..n).map(|r| v[source][r] * entry(r, c)).sum())
            }
            I::Add(a, b) => each(&|k| v[a][k] + v[b][k]),
            I::Multiply(a, b) => each(&|k| v[a][k] * v[b][k]),
            I::LessThan(a, b) => each(&|k| f64::from(u8::from(v[a][k] < v[b][k]))),
            I::Exp2(a) => each(&|k| v[a][k].exp2()),
            I::Log2(a) => each(&|k| v[a][k].log2()),
            I::Recip(a) => each(&|k| 1.0 / v[a][k]),
            I::Sqrt(a) => each(&|k| v[a][k].sqrt()),
            I::Sigmoid(a) => each(&|k| 1.0 / (1.0 + (-v[a][k]).exp())),
            I::Tanh(a) => each(&|k| v[a][k].tanh()),
            I::RowSum(a) => vec![v[a].iter().sum(); n],
            I::RowMax(a) => vec![v[a].iter().copied().fold(f64::MIN, f64::max); n],
        };
        v.push(value);
    }
    v
}

/// Adds what one row of a step gives; `at` is where it lies in `[T, B]`, then its row.
fn backward(
    shape: &ProgramShape,
    given: &Given,
    [at, row]: [usize; 2],
    v: &Values,
    sums: &mut Sums,
) {
    let (program, n) = (&shape.cell.program, shape.units);
    let mut d = vec![vec![0.0; n]; v.len()];
    add(&mut d[program.output], &given.dy[at * n..][..n]);
    for (next, dcarry) in program.next.iter().zip(&mut sums.dcarries) {
        let dcarry = &mut dcarry[row * n..][..n];
        add(&mut d[*next], dcarry);
        dcarry.fill(0.0);
    }
    for (register, instruction) in program.instructions.iter().enumerate().rev() {
        let dy = std::mem::take(&mut d[register]);
        let (y, total) = (&v[register], dy.iter().sum::<f64>());
        let mut pass = |to: usize, slope: &dyn Fn(usize) -> f64| {
            (0..n).for_each(|k| d[to][k] += dy[k] * slope(k));
        };
        match *instruction {
            I::Input { block } => {
                add(&mut sums.dxw[(at * program.inputs + block) * n..][..n], &dy);
            }
            I::Carry { index } => add(&mut sums.dcarries[index][row * n..][..n], &dy),
            I::Vector { index } => add(&mut sums.dvectors[index], &dy),
            I::Constant(_) | I::LessThan(..) => {}
            I::Product { source, matrix, block } => {
                let (m, dm) = (&given.matrices[matrix], &mut sums.dmatrices[matrix]);
                let at = [program.matrices[matrix] * n, block * n];
                through_product(at, &v[source], m, &dy, &mut d[source], dm);
            }
            I::Add(a, b) => {
                pass(a, &|_| 1.0);
                pass(b, &|_| 1.0);
            }
            I::Multiply(a, b) => {
                pass(a, &|k| v[b][k]);
                pass(b, &|k| v[a][k]);
            }
            I::Exp2(a) => pass(a, &|k| y[k] * std::f64::consts::LN_2),
            I::Log2(a) => pass(a, &|k| std::f64::consts::LOG2_E / v[a][k]),
            I::Recip(a) => pass(a, &|k| -y[k] * y[k]),
            I::Sqrt(a) => pass(a, &|k| 0.5 / y[k]),
            I::Sigmoid(a) => pass(a, &|k| y[k] * (1.0 - y[k])),
            I::Tanh(a) => pass(a, &|k| 1.0 - y[k] * y[k]),
            I::RowSum(a) => d[a].iter_mut().for_each(|d| *d += total),
            I::RowMax(a) => {
                let greatest = (0..n).filter(|k| v[a][*k] == y[*k]);
                greatest.for_each(|k| d[a][k] += total);
            }
        }
    }
}

/// The gradients of the product of a row and a block of a matrix, whose rows are `wide`
/// and whose block begins at `first`.
fn through_product(
    [wide, first]: [usize; 2],
    x: &[f64],
    m: &[f64],
    dy: &[f64],
    dx: &mut [f64],
    dm: &mut [f64],
) {
    for (r, x) in x.iter().enumerate() {
        for (c, dy) in dy.iter().enumerate() {
            let entry = r * wide + first + c;
            dx[r] += dy * m[entry];
            dm[entry] += x * dy;
        }
    }
}

fn add(sum: &mut [f64], terms: &[f64]) {
    sum.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
}

/// The smallest distance of numbers that the program compares. Numbers that are the same
/// are so in single precision, too, where nothing was computed, or the same thing.
fn apart(shape: &ProgramShape, v: &Values) -> f64 {
    let instructions = &shape.cell.program.instructions;
    let is_leaf = |register: usize| {
        matches!(
            instructions[register],
            I::Input { .. } | I::Carry { .. } | I::Vector { .. } | I::Constant(_)
        )
    };
    let mut least = f64::INFINITY;
    for (register, instruction) in instructions.iter().enumerate() {
        let (a, b, may_equal) = match *instruction {
            I::LessThan(a, b) => (a, b, a == b || is_leaf(a) && is_leaf(b)),
            I::RowMax(a) => (a, register, true),
            _ => continue,
        };
        for (a, b) in v[a].iter().zip(&v[b]).filter(|(a, b)| !(may_equal && a == b)) {
            least = least.min((a - b).abs());
        }
    }
    least
}

//! The LSTM's kernels: the layer, and that for few rows.

pub(crate) mod oracle;
mod run;
pub(crate) mod shape;

use std::array;

use carousel_cell::Team;

use crate::close::{GRADIENT, OUTPUT, near, same};
use crate::draw::holds;
use oracle::{Given, Results, lstm};
use shape::LstmShape;

const NAMES: [&str; 9] =
    ["y", "h_last", "c_last", "dx", "dh0", "dc0", "dw", "dbias", "du"];

fn all_near(got: &Results<f32>, want: &Results<f64>) -> Result<(), String> {
    for (k, name) in NAMES.iter().enumerate() {
        let tolerance = if k < 3 { OUTPUT } else { GRADIENT };
        // A gradient that was not asked for is empty.
        if !(k == 3 && got[k].is_empty()) {
            near(name, &got[k], &want[k], tolerance)?;
        }
    }
    Ok(())
}

fn all_same(got: &[Vec<f32>], want: &[Vec<f32>]) -> Result<(), String> {
    got.iter()
        .zip(want)
        .zip(NAMES)
        .try_for_each(|((got, want), name)| same(name, got, want))
}

#[test]
fn the_layer_gives_what_the_equations_give() {
    holds(300, |shape: &LstmShape| {
        let given = Given::new(shape);
        let got = run::layer(shape, &given, None);
        all_near(&got, &lstm(shape, &given))?;
        all_same(&run::layer_forward(shape, &given), &got[..3])
    });
}

#[test]
fn symbols_are_rows_of_zeros_and_a_single_one() {
    holds(100, |shape: &LstmShape| {
        let shape = LstmShape { symbols: true, ..shape.clone() };
        let given = Given::new(&shape);
        all_near(&run::layer(&shape, &given, None), &lstm(&shape, &given))
    });
}

#[test]
fn the_kernel_for_few_rows_gives_what_the_equations_give() {
    holds(300, |shape: &LstmShape| {
        let given = Given::new(shape);
        let got = run::few(shape, &given, None);
        all_near(&got, &lstm(shape, &given))?;
        all_same(&run::few_forward(shape, &given), &got[..3])
    });
}

#[test]
fn teams_of_any_number_give_the_same_bits() {
    let teams: [Team; 2] = array::from_fn(|k| Team::new(k + 2));
    holds(100, |shape: &LstmShape| {
        let given = Given::new(shape);
        let alone = run::layer(shape, &given, None);
        all_near(&alone, &lstm(shape, &given))?;
        let few = run::few(shape, &given, None);
        teams.iter().try_for_each(|team| {
            all_same(&run::layer(shape, &given, Some(team)), &alone)?;
            all_same(&run::few(shape, &given, Some(team)), &few)
        })
    });
}

//! The GRU cell: the state `h` above, the gates below it.

use super::frame;
use super::marks::{Drawing, GATE, INK, OPERATION, STATE};

/// The heights of the state, of what is kept of the candidate, of the gates, and of the
/// lines of `h` and `x`.
const STATE_AT: f64 = 66.0;
const KEPT: f64 = 96.0;
const GATES: f64 = 130.0;
const H: f64 = 178.0;
const X: f64 = 194.0;

/// Where the gates stand.
const R_AT: f64 = 100.0;
const Z_AT: f64 = 154.0;
const N_AT: f64 = 226.0;
/// How far from the middle of the candidate what it sees of `h` and of `x` enters.
const ASIDE: f64 = 8.0;
/// Where the output leaves.
const LEAVES: f64 = 258.0;

/// `n = tanh(W x + r * (U h))`, `h = (1 - z) * n + z * h`
pub(super) fn drawing(units: usize) -> Drawing {
    let (enters, leaves) = ((78.0, 232.0), (LEAVES, 4.0));
    let mut drawing = Drawing::new((326.0, 236.0), enters, leaves);
    frame(&mut drawing, (46.0, 34.0), (280.0, 208.0), units);
    drawing.arrow(&[(8.0, STATE_AT), (Z_AT - OPERATION, STATE_AT)], STATE);
    drawing.arrow(&[(Z_AT + OPERATION, STATE_AT), (N_AT - OPERATION, STATE_AT)], STATE);
    drawing.arrow(&[(N_AT + OPERATION, STATE_AT), (318.0, STATE_AT)], STATE);
    drawing.arrow(&[(LEAVES, STATE_AT), (LEAVES, 4.0)], INK);
    drawing.operation((Z_AT, STATE_AT), "×");
    drawing.operation((N_AT, STATE_AT), "+");
    read(&mut drawing);
    mixed(&mut drawing);
    drawing.text((8.0, STATE_AT - 6.0), "start", "hₜ₋₁");
    drawing.text((318.0, STATE_AT - 6.0), "end", "hₜ");
    drawing
}

/// The gates read the input and the last state; `r` says how much of the state the
/// candidate sees.
fn read(drawing: &mut Drawing) {
    let seen = (N_AT - ASIDE, 156.0);
    let below = GATES + GATE.1;
    drawing.line(&[(60.0, STATE_AT), (60.0, H), (seen.0, H), (seen.0, 164.0)], STATE);
    drawing.line(&[(78.0, 232.0), (78.0, X)], INK);
    drawing.arrow(&[(78.0, X), (N_AT + ASIDE, X), (N_AT + ASIDE, below)], INK);
    drawing.arrow(&[(R_AT, X), (R_AT, below)], INK);
    drawing.arrow(&[(Z_AT, X), (Z_AT, below)], INK);
    drawing.arrow(&[(seen.0, seen.1 - OPERATION), (seen.0, below)], INK);
    let above = GATES - GATE.1;
    let path = [
        (R_AT, above),
        (R_AT, above - 8.0),
        (R_AT + 28.0, above - 8.0),
        (R_AT + 28.0, seen.1),
        (seen.0 - OPERATION, seen.1),
    ];
    drawing.arrow(&path, INK);
    drawing.operation(seen, "×");
    drawing.gate((R_AT, GATES), "σ", "r");
    drawing.gate((Z_AT, GATES), "σ", "z");
    drawing.gate((N_AT, GATES), "tanh", "n");
}

/// `z` keeps the state, what it leaves is taken from the candidate `n`.
fn mixed(drawing: &mut Drawing) {
    let rest = (f64::midpoint(Z_AT, N_AT), KEPT);
    drawing.arrow(&[(Z_AT, GATES - GATE.1), (Z_AT, STATE_AT + OPERATION)], INK);
    drawing.line(&[(Z_AT, KEPT), (rest.0 - OPERATION, KEPT)], INK);
    drawing.operation(rest, "1–");
    drawing.arrow(&[(rest.0 + OPERATION, KEPT), (N_AT - OPERATION, KEPT)], INK);
    drawing.line(&[(N_AT, GATES - GATE.1), (N_AT, KEPT + OPERATION)], INK);
    drawing.operation((N_AT, KEPT), "×");
    drawing.arrow(&[(N_AT, KEPT - OPERATION), (N_AT, STATE_AT + OPERATION)], INK);
}

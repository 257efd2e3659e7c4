//! The LSTM cell: the carousel `c` above, the gates below it.

use super::frame;
use super::marks::{Drawing, GATE, INK, OPERATION, STATE};

/// The heights of the state `c`, the products, the gates and the line of `x` and `h`.
const C: f64 = 66.0;
const PRODUCTS: f64 = 94.0;
const GATES: f64 = 130.0;
const H: f64 = 164.0;

/// Where the gates stand.
const F_AT: f64 = 92.0;
const I_AT: f64 = 136.0;
const G_AT: f64 = 180.0;
const O_AT: f64 = 224.0;
/// Where the new state is gated, and where the output leaves.
const GATED: f64 = 260.0;
const LEAVES: f64 = 282.0;

/// `c = f * c + i * g`, `h = o * tanh(c)`
pub(super) fn drawing(units: usize) -> Drawing {
    let (enters, leaves) = ((70.0, 204.0), (LEAVES, 4.0));
    let mut drawing = Drawing::new((350.0, 208.0), enters, leaves);
    frame(&mut drawing, (46.0, 34.0), (304.0, 180.0), units);
    state(&mut drawing);
    gates(&mut drawing);
    output(&mut drawing);
    drawing
}

/// What the forget gate keeps of `c`, and what is added to it.
fn state(drawing: &mut Drawing) {
    let added = f64::midpoint(I_AT, G_AT);
    drawing.arrow(&[(8.0, C), (F_AT - OPERATION, C)], STATE);
    drawing.arrow(&[(F_AT + OPERATION, C), (added - OPERATION, C)], STATE);
    drawing.arrow(&[(added + OPERATION, C), (342.0, C)], STATE);
    drawing.arrow(&[(F_AT, GATES - GATE.1), (F_AT, C + OPERATION)], INK);
    for (gate, side) in [(I_AT, -OPERATION), (G_AT, OPERATION)] {
        let path = [(gate, GATES - GATE.1), (gate, PRODUCTS), (added + side, PRODUCTS)];
        drawing.arrow(&path, INK);
    }
    drawing.arrow(&[(added, PRODUCTS - OPERATION), (added, C + OPERATION)], INK);
    drawing.operation((F_AT, C), "×");
    drawing.operation((added, PRODUCTS), "×");
    drawing.operation((added, C), "+");
    drawing.text((8.0, C - 6.0), "start", "cₜ₋₁");
    drawing.text((342.0, C - 6.0), "end", "cₜ");
}

/// The gates, each of which reads the input and the last output.
fn gates(drawing: &mut Drawing) {
    let gates =
        [(F_AT, "σ", "f"), (I_AT, "σ", "i"), (G_AT, "tanh", "g"), (O_AT, "σ", "o")];
    drawing.line(&[(8.0, H), (O_AT, H)], INK);
    drawing.line(&[(70.0, 204.0), (70.0, H)], INK);
    for (x, does, name) in gates {
        drawing.arrow(&[(x, H), (x, GATES + GATE.1)], INK);
        drawing.gate((x, GATES), does, name);
    }
    drawing.text((8.0, H - 6.0), "start", "hₜ₋₁");
}

/// What the output gate lets through.
fn output(drawing: &mut Drawing) {
    let tanh = 90.0;
    drawing.line(&[(GATED, C), (GATED, tanh - 8.0)], STATE);
    drawing.rect((GATED - GATE.0, tanh - 8.0), (GATED + GATE.0, tanh + 8.0), 8.0, 0.12);
    drawing.small((GATED, tanh + 3.5), "middle", "tanh");
    let product = 114.0;
    drawing.line(&[(GATED, tanh + 8.0), (GATED, product - OPERATION)], INK);
    drawing.operation((GATED, product), "×");
    drawing.arrow(
        &[(O_AT, GATES - GATE.1), (O_AT, product), (GATED - OPERATION, product)],
        INK,
    );
    drawing.arrow(&[(GATED, product + OPERATION), (GATED, H), (342.0, H)], INK);
    drawing.arrow(&[(LEAVES, H), (LEAVES, 4.0)], INK);
    drawing.text((342.0, H - 6.0), "end", "hₜ");
}

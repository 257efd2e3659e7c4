//! The simple recurrent cell of Elman.

use super::frame;
use super::marks::{Drawing, GATE, INK, STATE};

/// `h = tanh(W x + U h + b)`
pub(super) fn drawing(units: usize) -> Drawing {
    let (middle, read, gate, leaves) = (104.0, 124.0, 90.0, 154.0);
    let mut drawing = Drawing::new((222.0, 168.0), (74.0, 164.0), (leaves, 4.0));
    frame(&mut drawing, (46.0, 34.0), (176.0, 140.0), units);
    drawing.line(&[(8.0, read), (middle, read)], STATE);
    drawing.line(&[(74.0, 164.0), (74.0, read)], INK);
    drawing.arrow(&[(middle, read), (middle, gate + GATE.1)], INK);
    let path = [(middle, gate - GATE.1), (middle, 62.0), (132.0, 62.0), (132.0, read)];
    drawing.line(&path, STATE);
    drawing.arrow(&[(132.0, read), (214.0, read)], STATE);
    drawing.arrow(&[(leaves, read), (leaves, 4.0)], INK);
    drawing.gate((middle, gate), "tanh", "h");
    drawing.text((8.0, read - 6.0), "start", "hₜ₋₁");
    drawing.text((214.0, read - 6.0), "end", "hₜ");
    drawing
}

//! Series that are made up: typed lists, `count`, `sine`, `echo`.

use std::f64::consts::TAU;

use carousel_lang::{Diagnostic, Span};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::single;
use crate::{Table, Values};

/// More values than this are taken for a slip of the pen.
const MOST: usize = 10_000_000;

/// Values that were typed in.
pub(super) fn list(values: &[f64], span: Span) -> Result<Table, Diagnostic> {
    if values.is_empty() {
        return Err(Diagnostic::error("the list has no values").label(span, "empty"));
    }
    if let Some(at) = values.iter().position(|value| !value.is_finite()) {
        return Err(Diagnostic::error(format!(
            "value {} of the list is too large",
            at + 1
        ))
        .label(span, "it is not a finite number"));
    }
    Ok(single("value", values.to_vec()))
}

/// 1, 2, ..., `values`.
pub(super) fn count(values: usize, span: Span) -> Result<Table, Diagnostic> {
    check_count("count", values, MOST, span)?;
    Ok(single("value", (1..=values).map(|value| value as f64).collect()))
}

/// sin(2 pi row / period), plus normal noise.
pub(super) fn sine(
    values: usize,
    period: f64,
    noise: f64,
    seed: u64,
    span: Span,
) -> Result<Table, Diagnostic> {
    check_count("sine", values, MOST, span)?;
    if period <= 0.0 || !period.is_finite() {
        return Err(Diagnostic::error("the period of `sine` is a number above 0")
            .label(span, format!("the period is {period}"))
            .with_hint(format!("sine {values} period 25")));
    }
    if noise < 0.0 || !noise.is_finite() {
        return Err(Diagnostic::error("the noise of `sine` is a number of at least 0")
            .label(span, format!("the noise is {noise}"))
            .with_hint(format!("sine {values} period {period} noise 0.1")));
    }
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let value = |row| (TAU * row as f64 / period).sin() + noise * normal(&mut generator);
    Ok(single("value", (0..values).map(value).collect()))
}

/// A standard normal number (Box and Muller 1958).
fn normal(generator: &mut ChaCha8Rng) -> f64 {
    let radius: f64 = 1.0 - generator.random::<f64>();
    let angle: f64 = generator.random();
    (-2.0 * radius.ln()).sqrt() * (TAU * angle).cos()
}

/// Random bits, and beside each the bit `lag` rows before; 0 where there is none yet.
pub(super) fn echo(
    values: usize,
    lag: usize,
    seed: u64,
    span: Span,
) -> Result<Table, Diagnostic> {
    check_count("echo", values, MOST, span)?;
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let bits: Vec<f64> =
        (0..values).map(|_| f64::from(u8::from(generator.random::<bool>()))).collect();
    let before = |row: usize| row.checked_sub(lag).map_or(0.0, |past| bits[past]);
    let echo = (0..values).map(before).collect();
    let column = |name: &str, values| Values { name: name.to_owned(), values };
    let columns = vec![column("bit", bits), column("echo", echo)];
    Ok(Table { columns, target: 1, inputs: vec![0], labels: Vec::new() })
}

/// A number between 1 and `most`.
pub(super) fn check_count(
    word: &str,
    count: usize,
    most: usize,
    span: Span,
) -> Result<(), Diagnostic> {
    if (1..=most).contains(&count) {
        return Ok(());
    }
    Err(Diagnostic::error(format!("`{word}` takes a number from 1 to {most}"))
        .label(span, format!("found {count}")))
}

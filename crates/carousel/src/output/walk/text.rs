//! A walk as text: the listing, and the frames that a terminal shows one at a time.

use std::fmt::Write as _;

use super::{Walk, WalkInput, WalkLine, WalkUnit};
use crate::output::figure;

/// Units that are shown of each equation where nothing else is said.
const UNITS: usize = 4;
/// Values that are shown of what a layer reads.
const INPUTS: usize = 4;
/// Columns of a gate's bar from 0 to 1.
const BAR: usize = 20;
/// A sum with more columns has its value on a line of its own.
const LONG: usize = 64;
/// The parts of a column that a bar can fill, by eighths.
const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

impl Walk {
    /// All steps and what follows them.
    pub(crate) fn to_text(&self) -> String {
        let mut text = self.head();
        for step in 0..self.steps.len() {
            text += &self.step_text(step, 1.0, UNITS);
        }
        text + &self.end_text(UNITS)
    }

    /// `m step by step: layer 1, lstm 4, on the window that predicts 1957-03 (row 99)`
    pub fn head(&self) -> String {
        let Walk { model, layer, row_name, .. } = self;
        format!("{model} step by step: {layer}, on the way to {row_name}\n")
    }

    /// A step, with up to `units` units of each equation. On the way to it, `along` is
    /// less than 1: a share of the numbers is filled in, and the bars have come as far
    /// from those of the step before.
    pub fn step_text(&self, step: usize, along: f64, units: usize) -> String {
        let now = &self.steps[step];
        let place = format!("step {} of {}", step + 1, self.steps.len());
        let mut text = match now.label.as_str() {
            "" => format!("{place}\n"),
            label => format!("{place}, {label}\n"),
        };
        text += &inputs_text(&now.inputs);
        let shown = |line: &WalkLine| line.units.len().min(units.max(1));
        let total: usize = now.lines.iter().map(shown).sum();
        let filled = (along.clamp(0.0, 1.0) * total as f64).round() as usize;
        let mut done = 0;
        for (index, line) in now.lines.iter().enumerate() {
            let _ = writeln!(text, "  {} = {}", line.name, line.equation);
            let widest =
                line.units.iter().take(units.max(1)).map(|u| columns(&u.filled)).max();
            for (k, unit) in line.units.iter().take(units.max(1)).enumerate() {
                let before = step
                    .checked_sub(1)
                    .map_or(0.0, |before| self.steps[before].lines[index].units[k].value);
                let value = before + along.clamp(0.0, 1.0) * (unit.value - before);
                let bar = if line.gate { bar(value) } else { String::new() };
                let is_filled = done < filled;
                text += &unit_text(unit, is_filled, widest.unwrap_or(0), &bar);
                done += 1;
            }
            text += &more(line.units.len(), units);
        }
        text
    }

    /// The last layer with its numbers, and the prediction beside the truth.
    pub fn end_text(&self, units: usize) -> String {
        let end = &self.end;
        let mut text = String::new();
        if !end.outputs.is_empty() {
            let _ = writeln!(text, "then {}", end.layer);
            let shown = end.outputs.iter().take(units.max(1));
            let widest = shown.clone().map(|unit| columns(&unit.filled)).max();
            for unit in shown {
                text += &unit_text(unit, true, widest.unwrap_or(0), "");
            }
            text += &more(end.outputs.len(), units);
        }
        let (prediction, truth) = (figure(end.prediction), figure(end.truth));
        let Walk { model, row_name, unit, .. } = self;
        let _ = writeln!(
            text,
            "prediction of {model} for {row_name}: {prediction} {unit}; the truth is {truth}"
        );
        text
    }
}

/// `x = 0.4363 (Passengers 306)`
fn inputs_text(inputs: &[WalkInput]) -> String {
    let values: Vec<String> =
        inputs.iter().take(INPUTS).map(|input| figure(input.value)).collect();
    let known = inputs
        .iter()
        .take(INPUTS)
        .filter_map(|input| Some(format!("{} {}", input.name, figure(input.original?))));
    let known: Vec<String> = known.collect();
    let mut text = format!("  x = {}", values.join(" "));
    if inputs.len() > INPUTS {
        let _ = write!(text, " … and {} more", inputs.len() - INPUTS);
    }
    if !known.is_empty() {
        let _ = write!(text, "   ({})", known.join(", "));
    }
    text + "\n"
}

fn unit_text(unit: &WalkUnit, filled: bool, widest: usize, bar: &str) -> String {
    let mut text = String::new();
    if filled {
        if columns(&unit.filled) > LONG {
            // The value is what must not be lost where a terminal cuts the line.
            let _ = writeln!(text, "  {:>4}  {}", unit.unit, unit.filled);
            let _ = writeln!(text, "        = {}", figure(unit.value));
            return text;
        }
        let spaces = " ".repeat(widest.saturating_sub(columns(&unit.filled)));
        let value = figure(unit.value);
        let line =
            format!("  {:>4}  {}{spaces} = {value:<9}{bar}", unit.unit, unit.filled);
        text += line.trim_end();
        text.push('\n');
        for product in &unit.products {
            let _ = writeln!(text, "        with {product}");
        }
        return text;
    }
    let room = widest + 3 + 9;
    let line = format!("  {:>4}  {}{bar}", unit.unit, " ".repeat(room));
    text += line.trim_end();
    text + "\n" + &"\n".repeat(unit.products.len())
}

/// How many units are left out.
fn more(all: usize, units: usize) -> String {
    let units = units.max(1);
    if all <= units {
        return String::new();
    }
    format!("     …  and {} more\n", all - units)
}

/// A share of 1 as a bar.
fn bar(value: f64) -> String {
    let eighths = (value.clamp(0.0, 1.0) * (BAR * 8) as f64).round() as usize;
    let mut bar = "█".repeat(eighths / 8);
    bar.extend((eighths % 8).checked_sub(1).map(|part| EIGHTHS[part]));
    let rest = BAR.saturating_sub(bar.chars().count());
    format!("▕{bar}{}▏", " ".repeat(rest))
}

fn columns(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_share() {
        for (value, blocks) in [(0.0, 0), (0.5, 10), (1.0, 20), (7.0, 20), (-1.0, 0)] {
            let bar = bar(value);
            assert_eq!(bar.matches('█').count(), blocks, "{value}");
            assert_eq!(columns(&bar), BAR + 2);
        }
        assert!(bar(0.33).contains("██████▋"), "{}", bar(0.33));
    }
}

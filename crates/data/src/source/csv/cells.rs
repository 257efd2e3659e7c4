//! What one cell holds.

/// The ways in which a missing value is written.
const MISSING: &[&str] =
    &["", "na", "n/a", "#n/a", "nan", "null", "none", "?", "-", "missing"];

/// What one cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    Number(f64),
    Missing,
    /// `112,5`
    Comma,
    /// `1e999`, `inf`
    Infinite,
    Other,
}

/// Reads a cell.
pub(super) fn cell(text: &str) -> Cell {
    let text = text.trim();
    if MISSING.iter().any(|missing| text.eq_ignore_ascii_case(missing)) {
        return Cell::Missing;
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Cell::Number(number),
        Ok(number) if number.is_infinite() => Cell::Infinite,
        _ if has_comma(text) => Cell::Comma,
        _ => Cell::Other,
    }
}

/// Whether it is a number but for its comma.
fn has_comma(text: &str) -> bool {
    let starts =
        text.trim_start_matches(['-', '+']).starts_with(|c: char| c.is_ascii_digit());
    starts && text.contains(',') && text.replace([',', '.'], "").parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_cells() {
        let check = |text, expected| assert_eq!(cell(text), expected, "{text}");
        check("112", Cell::Number(112.0));
        check(" -1.5e2 ", Cell::Number(-150.0));
        check("NA", Cell::Missing);
        check("NaN", Cell::Missing);
        check("", Cell::Missing);
        check("112,5", Cell::Comma);
        check("1,234.5", Cell::Comma);
        check("1e999", Cell::Infinite);
        check("-inf", Cell::Infinite);
        check("1949-01", Cell::Other);
        check("NW", Cell::Other);
    }
}

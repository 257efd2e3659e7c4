//! Numbers as people read them.

/// A number with about four significant digits, never in powers of ten where that can
/// be helped: `48.04`, `0.0213`, `1234`.
pub(crate) fn figure(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return "none".to_owned();
    }
    match size {
        _ if size < 1e7 && value.fract() == 0.0 => format!("{value:.0}"),
        _ if size >= 1e7 => format!("{value:.3e}"),
        _ if size >= 1000.0 => format!("{value:.0}"),
        _ if size >= 100.0 => format!("{value:.1}"),
        _ if size >= 1.0 => format!("{value:.2}"),
        _ if size >= 1e-3 => format!("{value:.4}"),
        _ => format!("{value:.2e}"),
    }
}

/// The middle of some numbers, the mean of the two middle ones where they are even in
/// number; NaN for none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::{figure, median};

    #[test]
    fn figures_keep_what_matters() {
        for (value, text) in [
            (48.0365, "48.04"),
            (0.021_34, "0.0213"),
            (1234.5, "1234"),
            (622.0, "622"),
            (-412.25, "-412.2"),
            (1.5e-7, "1.50e-7"),
            (f64::NAN, "none"),
        ] {
            assert_eq!(figure(value), text);
        }
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(Vec::new()).is_nan());
    }
}

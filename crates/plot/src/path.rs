//! Values to pixels: gaps break a line, and of many points in one pixel column only
//! those that can be seen are kept.

use crate::axis::Scale;
use crate::scene::Point;

/// Columns of half a pixel: finer detail is lost on any screen.
const COLUMNS_PER_PIXEL: f64 = 2.0;

/// The unbroken pieces of a line, each with at least one point. A gap within a pixel
/// column breaks nothing: nobody could see it, and there may be many of them.
pub(crate) fn pieces(x: &[f64], y: &[f64], xs: &Scale, ys: &Scale) -> Vec<Vec<Point>> {
    let mut pieces = Vec::new();
    let mut piece: Vec<Point> = Vec::new();
    let mut gap = false;
    for (&x, &y) in x.iter().zip(y) {
        let (Some(x), Some(y)) = (xs.at(x), ys.at(y)) else {
            gap = true;
            continue;
        };
        let far = piece.last().is_some_and(|last| column(last.0) != column(x));
        if gap && far {
            pieces.push(thin(&std::mem::take(&mut piece)));
        }
        piece.push((x, y));
        gap = false;
    }
    if !piece.is_empty() {
        pieces.push(thin(&piece));
    }
    pieces
}

/// The unbroken pieces of a band: its upper and its lower edge, from left to right.
pub(crate) fn bands(
    x: &[f64],
    (lower, upper): (&[f64], &[f64]),
    xs: &Scale,
    ys: &Scale,
) -> Vec<(Vec<Point>, Vec<Point>)> {
    let mut bands = Vec::new();
    let (mut above, mut below): (Vec<Point>, Vec<Point>) = Default::default();
    for ((&x, &low), &high) in x.iter().zip(lower).zip(upper) {
        let Some(((x, low), high)) = xs.at(x).zip(ys.at(low)).zip(ys.at(high)) else {
            bands.push((std::mem::take(&mut above), std::mem::take(&mut below)));
            continue;
        };
        let same = above.last().is_some_and(|last| column(last.0) == column(x));
        match (above.last_mut(), below.last_mut()) {
            (Some(above), Some(below)) if same => {
                above.1 = above.1.min(high);
                below.1 = below.1.max(low);
            }
            _ => {
                above.push((x, high));
                below.push((x, low));
            }
        }
    }
    bands.push((above, below));
    bands.retain(|(above, _)| {
        above.len() >= 2 && above.windows(2).all(|pair| pair[0].0 <= pair[1].0)
    });
    bands
}

/// The dots of a series, without those that would stand on another one.
pub(crate) fn dots(x: &[f64], y: &[f64], xs: &Scale, ys: &Scale) -> Vec<Point> {
    let mut taken = std::collections::BTreeSet::new();
    x.iter()
        .zip(y)
        .filter_map(|(&x, &y)| xs.at(x).zip(ys.at(y)))
        .filter(|&(x, y)| taken.insert((column(x), column(y))))
        .collect()
}

/// Keeps the first, the lowest, the highest and the last point of each run of points in
/// the same column, in their order.
fn thin(points: &[Point]) -> Vec<Point> {
    points
        .chunk_by(|a, b| column(a.0) == column(b.0))
        .flat_map(|run| {
            let last = run.len() - 1;
            let by_height = |a: &usize, b: &usize| run[*a].1.total_cmp(&run[*b].1);
            let lowest = (0..=last).min_by(by_height).unwrap_or(0);
            let highest = (0..=last).max_by(by_height).unwrap_or(0);
            let mut kept = [0, lowest, highest, last];
            kept.sort_unstable();
            let distinct = (0..4).filter(move |&k| k == 0 || kept[k] != kept[k - 1]);
            distinct.map(move |k| run[kept[k]])
        })
        .collect()
}

fn column(place: f64) -> i64 {
    (place * COLUMNS_PER_PIXEL).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(high: f64, to: f64) -> Scale {
        Scale { low: 0.0, high, log: false, from: 0.0, to }
    }

    #[test]
    fn gaps_break_a_line() {
        let y = [1.0, f64::NAN, 2.0, 3.0, f64::INFINITY];
        let x = [0.0, 1.0, 2.0, 3.0, 4.0];
        let found = pieces(&x, &y, &scale(4.0, 400.0), &scale(4.0, 4.0));
        assert_eq!(found, [vec![(0.0, 1.0)], vec![(200.0, 2.0), (300.0, 3.0)]]);
    }

    #[test]
    fn gaps_that_nobody_sees_break_no_line() {
        let count = 100_000;
        let x: Vec<f64> = (0..count).map(f64::from).collect();
        let y: Vec<f64> =
            x.iter().map(|x| if x % 2.0 == 0.0 { 1.0 } else { -1.0 }).collect();
        let high = f64::from(count);
        let log = Scale { low: 0.1, high: 10.0, log: true, from: 0.0, to: 10.0 };
        assert!(pieces(&x, &y, &scale(high, 700.0), &log).len() <= 1401);
    }

    #[test]
    fn many_points_become_few_and_keep_their_extremes() {
        let count = 200_000;
        let x: Vec<f64> = (0..count).map(f64::from).collect();
        let mut y: Vec<f64> = x.iter().map(|x| (x / 50.0).sin() + 2.0).collect();
        y[77_777] = 4.0;
        let found = pieces(&x, &y, &scale(200_000.0, 700.0), &scale(4.0, 4.0));
        assert_eq!(found.len(), 1);
        assert!(found[0].len() <= 4 * 1401, "{}", found[0].len());
        assert!(found[0].iter().any(|point| point.1 == 4.0));
    }

    #[test]
    fn a_band_has_as_many_points_above_as_below() {
        let x = [0.0, 1.0, 2.0, 3.0];
        let found = bands(
            &x,
            (&[0.0, 1.0, f64::NAN, 1.0], &[1.0, 2.0, 2.0, 2.0]),
            &scale(3.0, 300.0),
            &scale(2.0, 2.0),
        );
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0.len(), found[0].1.len());
    }

    #[test]
    fn dots_on_the_same_place_are_drawn_once() {
        let found = dots(&[1.0; 1000], &[2.0; 1000], &scale(3.0, 3.0), &scale(3.0, 3.0));
        assert_eq!(found.len(), 1);
    }
}

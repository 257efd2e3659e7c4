//! Reading luminal's `ShapeTracker`s of fixed dimensions.

use luminal::shape::ShapeTracker;
use luminal::shape::symbolic::Expression;

/// A row-major view.
pub(crate) fn plain(dims: &[usize]) -> ShapeTracker {
    let sizes: Vec<Expression> = dims.iter().map(|n| (*n).into()).collect();
    ShapeTracker::new(&sizes)
}

/// Whether the view shows the buffer as it lies.
pub(crate) fn is_plain(view: &ShapeTracker) -> bool {
    let ordered = (0..view.len()).all(|axis| view.indexes[axis] == axis);
    ordered
        && !view.fake.iter().any(|fake| *fake)
        && dims_by_position(view) == buffer_dims(view)
}

/// The dimensions that the view shows; `ShapeTracker::shape` is wrong on slices.
pub(crate) fn dims(view: &ShapeTracker) -> Vec<usize> {
    let by_position = dims_by_position(view);
    (0..view.len()).map(|axis| by_position[view.indexes[axis]]).collect()
}

/// How many numbers the buffer behind the view holds.
pub(crate) fn physical_len(view: &ShapeTracker) -> usize {
    (0..view.len()).filter(|p| !view.fake[*p]).map(|p| number(view.dims[p])).product()
}

/// For each number that the view shows, in row-major order, where it lies in the
/// buffer; -1 where the view pads with zero.
pub(crate) fn index_map(view: &ShapeTracker) -> Vec<i32> {
    let shown = dims(view);
    let strides = strides(view);
    let mut index = vec![0usize; shown.len()];
    let mut map = Vec::with_capacity(shown.iter().product());
    for _ in 0..shown.iter().product::<usize>() {
        map.push(place(view, &strides, &index));
        for axis in (0..shown.len()).rev() {
            index[axis] += 1;
            if index[axis] < shown[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
    map
}

fn place(view: &ShapeTracker, strides: &[i64], index: &[usize]) -> i32 {
    let mut offset = 0;
    for (axis, i) in index.iter().enumerate() {
        let p = view.indexes[axis];
        if view.fake[p] {
            continue;
        }
        let at = *i as i64 + number(view.slices[p].0) as i64
            - number(view.padding[p].0) as i64;
        if at < 0 || at >= number(view.dims[p]) as i64 {
            return -1;
        }
        offset += at * strides[p];
    }
    i32::try_from(offset).expect("tensors hold fewer than 2^31 numbers")
}

fn strides(view: &ShapeTracker) -> Vec<i64> {
    let mut strides = vec![0; view.len()];
    let mut stride = 1;
    for p in (0..view.len()).rev().filter(|p| !view.fake[*p]) {
        strides[p] = stride;
        stride *= number(view.dims[p]) as i64;
    }
    strides
}

fn buffer_dims(view: &ShapeTracker) -> Vec<usize> {
    view.dims.iter().map(|n| number(*n)).collect()
}

fn dims_by_position(view: &ShapeTracker) -> Vec<usize> {
    (0..view.len())
        .map(|p| {
            let padding = number(view.padding[p].0) + number(view.padding[p].1);
            let end = (number(view.dims[p]) + padding).min(number(view.slices[p].1));
            end - number(view.slices[p].0)
        })
        .collect()
}

fn number(size: Expression) -> usize {
    size.to_usize().expect("all sizes are fixed before a graph is built")
}

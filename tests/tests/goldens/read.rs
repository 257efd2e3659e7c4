//! Reading the reference files: tensors are flat and row-major.

use std::path::PathBuf;

use serde_json::Value;

/// A reference tensor in double precision.
#[derive(Debug, Clone)]
pub(crate) struct Tensor {
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Vec<f64>,
}

/// One of the files: `lstm.json`.
pub(crate) fn file(name: &str) -> Value {
    let folder = std::env::var_os("CAROUSEL_GOLDENS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("goldens"),
        PathBuf::from,
    );
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// The cases of a file that is a list.
pub(crate) fn cases(name: &str) -> Vec<Value> {
    file(name).as_array().unwrap().clone()
}

pub(crate) fn tensor(value: &Value) -> Tensor {
    let shape =
        value["shape"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize);
    Tensor { shape: shape.collect(), data: numbers(&value["data"]) }
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

pub(crate) fn size(case: &Value, name: &str) -> usize {
    case[name].as_u64().unwrap() as usize
}

pub(crate) fn name(case: &Value) -> &str {
    case["name"].as_str().unwrap()
}

impl Tensor {
    pub(crate) fn f32(&self) -> Vec<f32> {
        self.data.iter().map(|x| *x as f32).collect()
    }

    /// Rows and columns exchanged.
    pub(crate) fn transposed(&self) -> Tensor {
        let [rows, columns] = self.shape[..] else { panic!("a matrix has two axes") };
        let at = |i: usize| self.data[(i % rows) * columns + i / rows];
        Tensor { shape: vec![columns, rows], data: (0..rows * columns).map(at).collect() }
    }

    /// `[B, T, F]` as `[T, B, F]`.
    pub(crate) fn time_major(&self) -> Tensor {
        let [batch, steps, width] = self.shape[..] else {
            panic!("sequences have three axes")
        };
        let at = |i: usize| {
            let (t, b, f) = (i / (batch * width), i / width % batch, i % width);
            self.data[(b * steps + t) * width + f]
        };
        let data = (0..self.data.len()).map(at).collect();
        Tensor { shape: vec![steps, batch, width], data }
    }

    /// The `n`th of the tensors stacked along the first axis.
    pub(crate) fn part(&self, n: usize) -> Tensor {
        let shape = self.shape[1..].to_vec();
        let len: usize = shape.iter().product();
        Tensor { shape, data: self.data[n * len..(n + 1) * len].to_vec() }
    }
}

//! Between luminal's tensors and slices.

use luminal::op::InputTensor;
use luminal::shape::ShapeTracker;
use luminal::tensor::Tensor;

/// The numbers of each input, as they lie in its buffer.
pub(super) fn slices<'a>(
    inputs: &'a [(InputTensor<'_>, ShapeTracker)],
) -> Vec<&'a [f32]> {
    inputs.iter().map(|(tensor, _)| slice(tensor.borrowed())).collect()
}

/// The numbers of a tensor.
pub(super) fn slice(tensor: &Tensor) -> &[f32] {
    let numbers: &Vec<f32> =
        tensor.data.as_any().downcast_ref().expect("a tensor of numbers");
    numbers
}

/// Runs `compute` on fresh buffers of these lengths and gives them as tensors.
pub(super) fn tensors(
    lengths: &[usize],
    compute: impl FnOnce(&mut [Vec<f32>]),
) -> Vec<Tensor> {
    let mut outputs: Vec<Vec<f32>> = lengths.iter().map(|n| vec![0.0; *n]).collect();
    compute(&mut outputs);
    outputs.into_iter().map(Tensor::new).collect()
}

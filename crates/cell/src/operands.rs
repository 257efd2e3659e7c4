//! What the kernels of a whole LSTM layer read and write, whichever of them runs.

/// What a layer reads.
#[derive(Debug, Clone, Copy)]
pub struct LayerInputs<'a> {
    /// `[T, B, I]`; for [`crate::LstmLayer`] also `[T, B]` of symbols, of which one that
    /// names nothing adds nothing; for [`crate::Lstm`] also `[T, B, 4H]`, projected
    /// already, with w and bias empty.
    pub x: &'a [f32],
    /// `[T, B]` of 1 and 0; none means that all rows take part in all steps.
    pub mask: Option<&'a [f32]>,
    /// The first hidden state, `[B, H]`.
    pub h0: &'a [f32],
    /// The first cell state, `[B, H]`.
    pub c0: &'a [f32],
    /// The matrix of the inputs, `[I, 4H]`; a row for each symbol.
    pub w: &'a [f32],
    /// The recurrent matrix, `[H, 4H]`.
    pub u: &'a [f32],
    /// `[4H]`
    pub bias: &'a [f32],
}

/// What a layer gives; all of it is written.
#[derive(Debug)]
pub struct LayerOutputs<'a> {
    /// `[T, B, H]`, in time order.
    pub y: &'a mut [f32],
    /// The last hidden state, `[B, H]`.
    pub h_last: &'a mut [f32],
    /// The last cell state, `[B, H]`.
    pub c_last: &'a mut [f32],
}

/// The gradients that come in; one that is not given is zero.
#[derive(Debug, Clone, Copy, Default)]
pub struct LayerSeeds<'a> {
    /// Of y, `[T, B, H]`.
    pub dy: Option<&'a [f32]>,
    /// Of the last hidden state, `[B, H]`.
    pub dh_last: Option<&'a [f32]>,
    /// Of the last cell state, `[B, H]`.
    pub dc_last: Option<&'a [f32]>,
}

/// The gradients that go out; each is written, not added to.
#[derive(Debug)]
pub struct LayerGradients<'a> {
    /// Of x, `[T, B, I]`, if it is needed; symbols have none.
    pub dx: Option<&'a mut [f32]>,
    /// Of the first hidden state, `[B, H]`.
    pub dh0: &'a mut [f32],
    /// Of the first cell state, `[B, H]`.
    pub dc0: &'a mut [f32],
    /// Of w, `[I, 4H]`.
    pub dw: &'a mut [f32],
    /// Of the bias, `[4H]`.
    pub dbias: &'a mut [f32],
    /// Of u, `[H, 4H]`.
    pub du: &'a mut [f32],
}

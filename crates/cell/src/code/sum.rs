//! One sum of a cell: which products and which learned vectors it is made of.

/// One column block of `H`: biases, plus products of matrices with x or a state, or
/// the row that a symbol names.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Sum {
    /// Blocks of the learned vectors.
    pub(crate) biases: Vec<Block>,
    /// Blocks of the matrices, at most one of each.
    pub(crate) products: Vec<Block>,
}

/// Sixteen units wide in a panel, `H` wide in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    /// Which vector, or which matrix: the first is that of x.
    pub(crate) of: usize,
    /// Which block of it.
    pub(crate) block: usize,
}

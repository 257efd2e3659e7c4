//! A luminal graph behind tensors whose shapes are known at run time.
//!
//! luminal's own `GraphTensor` has its shape in its type and hands out `&mut Graph`
//! from a copy; [`Tensor`] and [`Builder`] do neither. Only operations that luminal
//! computes rightly are offered: views are made plain before they are reduced, sliced
//! or padded.

mod classes;
mod math;
mod reading;
mod view;

use std::collections::BTreeMap;

use luminal::graph::{Graph, NodeIndex};
use luminal::op::{self, Constant, ConstantValue, Operator};
use luminal::shape::ShapeTracker;

pub(crate) use reading::Reading;
pub(crate) use view::{dims, is_plain, physical_len, plain};

/// One output of one node, seen through a view. Views live on edges in luminal; the
/// node's buffer is what it was when it was computed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tensor {
    pub(crate) id: NodeIndex,
    pub(crate) output: u8,
    pub(crate) view: ShapeTracker,
}

impl Tensor {
    /// An output seen as a plain row-major tensor.
    pub(crate) fn plain(id: NodeIndex, output: u8, dims: &[usize]) -> Tensor {
        Tensor { id, output, view: plain(dims) }
    }

    pub(crate) fn dims(&self) -> Vec<usize> {
        dims(&self.view)
    }

    pub(crate) fn len(&self) -> usize {
        self.dims().iter().product()
    }

    /// The same buffer, row-major in other dimensions.
    pub(crate) fn with_dims(self, dims: &[usize]) -> Tensor {
        debug_assert!(
            is_plain(&self.view),
            "only a plain buffer can be seen in other dims"
        );
        Tensor { view: plain(dims), ..self }
    }
}

/// A graph under construction.
///
/// The graph is boxed because luminal's `Constant` keeps a pointer into it.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    pub(crate) graph: Box<Graph>,
    /// What the nodes made from here on belong to, in words a person knows.
    pub(crate) place: String,
    /// The place of each node.
    pub(crate) places: BTreeMap<NodeIndex, String>,
}

impl Builder {
    /// Adds a node for any operator.
    pub(crate) fn node<O: Operator + 'static>(
        &mut self,
        operator: O,
        inputs: &[Tensor],
    ) -> NodeIndex {
        let mut node = self.graph.add_op(operator);
        for input in inputs {
            node = node.input(input.id, input.output, input.view);
        }
        let id = node.finish();
        self.places.insert(id, self.place.clone());
        id
    }

    /// A leaf whose numbers are set before each run.
    pub(crate) fn input(&mut self, name: &str, dims: &[usize]) -> Tensor {
        let unset = |_: Vec<(op::InputTensor<'_>, ShapeTracker)>| {
            unreachable!("inputs are set before a graph runs")
        };
        let id = self.node(op::Function(name.to_owned(), Box::new(unset)), &[]);
        Tensor::plain(id, 0, dims)
    }

    /// One number, seen in any dimensions.
    pub(crate) fn constant(&mut self, value: f32, dims: &[usize]) -> Tensor {
        let pointer = &raw const self.graph.dyn_map;
        let id = self.node(Constant(ConstantValue::Float(value), pointer), &[]);
        let sizes: Vec<_> = dims.iter().map(|n| (*n).into()).collect();
        Tensor { id, output: 0, view: ShapeTracker::fake(&sizes) }
    }

    pub(crate) fn add(&mut self, a: Tensor, b: Tensor) -> Tensor {
        self.binary(op::Add, a, b)
    }

    pub(crate) fn mul(&mut self, a: Tensor, b: Tensor) -> Tensor {
        self.binary(op::Mul, a, b)
    }

    /// 1 where `a < b`, else 0.
    pub(crate) fn less_than(&mut self, a: Tensor, b: Tensor) -> Tensor {
        self.binary(op::LessThan, a, b)
    }

    pub(crate) fn exp2(&mut self, a: Tensor) -> Tensor {
        self.unary(op::Exp2, a)
    }

    pub(crate) fn log2(&mut self, a: Tensor) -> Tensor {
        self.unary(op::Log2, a)
    }

    pub(crate) fn recip(&mut self, a: Tensor) -> Tensor {
        self.unary(op::Recip, a)
    }

    pub(crate) fn sqrt(&mut self, a: Tensor) -> Tensor {
        self.unary(op::Sqrt, a)
    }

    fn binary<O: Operator + 'static>(
        &mut self,
        operator: O,
        a: Tensor,
        b: Tensor,
    ) -> Tensor {
        let dims = a.dims();
        debug_assert_eq!(dims, b.dims(), "binary operations need equal shapes");
        let id = self.node(operator, &[a, b]);
        Tensor::plain(id, 0, &dims)
    }

    /// luminal's unary operations work on the whole buffer, whatever the view; padded
    /// views, for which that would be wrong, are never left standing.
    fn unary<O: Operator + 'static>(&mut self, operator: O, a: Tensor) -> Tensor {
        let id = self.node(operator, &[a]);
        Tensor { id, output: 0, view: a.view }
    }

    /// Sum over one axis.
    pub(crate) fn sum(&mut self, a: Tensor, axis: usize) -> Tensor {
        self.reduce(op::SumReduce(axis), a, axis)
    }

    /// Maximum over one axis.
    pub(crate) fn max_over(&mut self, a: Tensor, axis: usize) -> Tensor {
        self.reduce(op::MaxReduce(axis), a, axis)
    }

    fn reduce<O: Operator + 'static>(
        &mut self,
        operator: O,
        a: Tensor,
        axis: usize,
    ) -> Tensor {
        let a = self.contiguous(a);
        let mut dims = a.dims();
        dims.remove(axis);
        let id = self.node(operator, &[a]);
        Tensor::plain(id, 0, &dims)
    }

    /// The same numbers in a buffer of their own, row-major.
    pub(crate) fn contiguous(&mut self, a: Tensor) -> Tensor {
        if is_plain(&a.view) {
            return a;
        }
        let dims = a.dims();
        let id = self.node(op::Contiguous, &[a]);
        Tensor::plain(id, 0, &dims)
    }

    /// A new axis along which the numbers repeat.
    pub(crate) fn expand(&mut self, mut a: Tensor, axis: usize, size: usize) -> Tensor {
        a.view.expand(axis, size.into());
        a
    }

    pub(crate) fn permute(&mut self, mut a: Tensor, axes: &[usize]) -> Tensor {
        a.view.permute(axes);
        a
    }

    pub(crate) fn reshape(&mut self, a: Tensor, dims: &[usize]) -> Tensor {
        self.contiguous(a).with_dims(dims)
    }

    /// Rows `start..end` of one axis, in a buffer of their own: luminal's reductions
    /// and products are wrong on slices.
    pub(crate) fn slice(
        &mut self,
        a: Tensor,
        axis: usize,
        start: usize,
        end: usize,
    ) -> Tensor {
        let mut a = self.contiguous(a);
        if start == 0 && end == a.dims()[axis] {
            return a;
        }
        a.view.slices[axis] = (start.into(), end.into());
        let dims = a.dims();
        let id = self.node(op::Contiguous, &[a]);
        Tensor::plain(id, 0, &dims)
    }

    /// Both along the last axis, `a` first: each is padded with zeros to the width of
    /// both, and the two are added.
    pub(crate) fn concat(&mut self, a: Tensor, b: Tensor) -> Tensor {
        let (mut a, mut b) = (self.contiguous(a), self.contiguous(b));
        let axis = a.dims().len() - 1;
        let (left, right) = (a.dims()[axis], b.dims()[axis]);
        a.view.padding[axis].1 = right.into();
        b.view.padding[axis].0 = left.into();
        self.add(a, b)
    }

    /// `[M, K]` times `[K, N]` in luminal's primitives: spread, multiplied, summed.
    pub(crate) fn matmul(&mut self, a: Tensor, b: Tensor) -> Tensor {
        let (a, b) = (self.contiguous(a), self.contiguous(b));
        let (rows, columns) = (a.dims()[0], b.dims()[1]);
        let left = self.expand(a, 1, columns);
        let right = self.permute(b, &[1, 0]);
        let right = self.expand(right, 0, rows);
        let products = self.mul(left, right);
        self.sum(products, 2)
    }
}

//! Every operation that may stand in a graph: luminal's primitives and ours.
//!
//! The gradient table, the passes and the plan all match on [`Operation`]; what it does
//! not list, none of them can meet.

mod choice;
mod entropy;
mod fused;
mod indexed;
mod layer;
mod layer_grad;
mod matmul;
mod numbers;
mod payload;
mod pieces;
mod scan;
mod scan_grad;
mod scatter;

use luminal::op::{self, Constant, ConstantValue, Operator};

pub(crate) use fused::{FusedCell, FusedScan, FusedScanGrad, Tape};
pub(crate) use indexed::Indexed;
pub(crate) use layer::{FusedLayer, LayerCell};
pub(crate) use layer_grad::FusedLayerGrad;
pub(crate) use matmul::MatMul;
pub(crate) use numbers::Numbers;
pub(crate) use pieces::piece_steps;
pub(crate) use scan::{Scan, ScanShape};
pub(crate) use scan_grad::ScanGrad;
pub(crate) use scatter::Scatter;

/// An operator, known.
pub(crate) enum Operation<'a> {
    /// A leaf whose numbers are set before a run.
    Input,
    Constant(f32),
    Add,
    Mul,
    LessThan,
    Exp2,
    Log2,
    Recip,
    Sqrt,
    Contiguous,
    /// Sum over an axis.
    Sum(usize),
    /// Maximum over an axis.
    Max(usize),
    /// The whole numbers from 0.
    Numbers(&'a Numbers),
    MatMul(&'a MatMul),
    Indexed(&'a Indexed),
    Scatter(&'a Scatter),
    Scan(&'a Scan),
    ScanGrad(&'a ScanGrad),
    FusedScan(&'a FusedScan),
    FusedScanGrad(&'a FusedScanGrad),
    FusedLayer(&'a FusedLayer),
    FusedLayerGrad(&'a FusedLayerGrad),
}

impl Operation<'_> {
    /// What an operator is; `None` for one that nothing here adds to a graph.
    pub(crate) fn of(operator: &dyn Operator) -> Option<Operation<'_>> {
        let any = operator.as_any();
        let primitive = match () {
            () if any.is::<op::Function>() => Some(Operation::Input),
            () if any.is::<op::Add>() => Some(Operation::Add),
            () if any.is::<op::Mul>() => Some(Operation::Mul),
            () if any.is::<op::LessThan>() => Some(Operation::LessThan),
            () if any.is::<op::Exp2>() => Some(Operation::Exp2),
            () if any.is::<op::Log2>() => Some(Operation::Log2),
            () if any.is::<op::Recip>() => Some(Operation::Recip),
            () if any.is::<op::Sqrt>() => Some(Operation::Sqrt),
            () if any.is::<op::Contiguous>() => Some(Operation::Contiguous),
            () => None,
        };
        primitive
            .or_else(|| match &any.downcast_ref::<Constant>()?.0 {
                ConstantValue::Float(value) => Some(Operation::Constant(*value)),
                ConstantValue::Expression(_) => None,
            })
            .or_else(|| any.downcast_ref::<op::SumReduce>().map(|o| Operation::Sum(o.0)))
            .or_else(|| any.downcast_ref::<op::MaxReduce>().map(|o| Operation::Max(o.0)))
            .or_else(|| any.downcast_ref().map(Operation::Numbers))
            .or_else(|| any.downcast_ref().map(Operation::MatMul))
            .or_else(|| any.downcast_ref().map(Operation::Indexed))
            .or_else(|| any.downcast_ref().map(Operation::Scatter))
            .or_else(|| any.downcast_ref().map(Operation::Scan))
            .or_else(|| any.downcast_ref().map(Operation::ScanGrad))
            .or_else(|| any.downcast_ref().map(Operation::FusedScan))
            .or_else(|| any.downcast_ref().map(Operation::FusedScanGrad))
            .or_else(|| any.downcast_ref().map(Operation::FusedLayer))
            .or_else(|| any.downcast_ref().map(Operation::FusedLayerGrad))
    }
}

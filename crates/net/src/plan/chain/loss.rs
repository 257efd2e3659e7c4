//! Whether a graph ends in the mean of squared errors.

use luminal::graph::NodeIndex;

use super::reader::Reader;
use crate::graph::is_plain;
use crate::operations::Operation;

impl Reader<'_> {
    /// Whether the loss is the sum over rows of weight times the row's squared errors.
    pub(super) fn mean_of_squares(&self) -> Option<()> {
        let (targets, weights) = self.lowered.targets?;
        let weighted = self.summed(self.lowered.loss?.id, 0)?;
        let Operation::Mul = self.operation(weighted)? else { return None };
        let [(row, _), weight] = self.sources(weighted)[..] else { return None };
        if self.leaf(weight)? != weights.id {
            return None;
        }
        let squares = self.summed(row.0, 1)?;
        let Operation::Mul = self.operation(squares)? else { return None };
        let [(error, _), (same, _)] = self.sources(squares)[..] else { return None };
        let Operation::Add = self.operation(error.0)? else { return None };
        let [(output, view), (negative, other)] = self.sources(error.0)[..] else {
            return None;
        };
        let own = error == same && output == (self.lowered.output.id, 0);
        let plain = is_plain(view) && is_plain(other);
        let Operation::Mul = self.operation(negative.0)? else { return None };
        let [target, (minus, _)] = self.sources(negative.0)[..] else { return None };
        let Operation::Constant(minus) = self.operation(minus.0)? else { return None };
        let known = own && plain && minus == -1.0 && self.leaf(target)? == targets.id;
        known.then_some(())
    }

    /// What a sum over this axis sums.
    fn summed(&self, node: NodeIndex, over: usize) -> Option<NodeIndex> {
        let Operation::Sum(axis) = self.operation(node)? else { return None };
        let [(summed, view)] = self.sources(node)[..] else { return None };
        (axis == over && is_plain(view)).then_some(summed.0)
    }
}

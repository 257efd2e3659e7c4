//! Which sequences stand in which batch of an epoch.

use carousel_data::{Sequences, lanes};

use super::Options;
use crate::model::Model;
use crate::random::{Purpose, Random};

/// The batches of an epoch.
#[derive(Debug)]
pub(super) enum Order {
    /// Rows that continue each other, the same in every epoch; a single one is a chunk.
    Lanes(Vec<Vec<Option<usize>>>),
    /// Sequences in some order, cut into batches.
    Chunks { order: Vec<usize>, size: usize },
}

impl Order {
    /// The order of this epoch, counted from 0. It depends on the seed and the epoch
    /// alone.
    pub(super) fn new(
        model: &Model,
        options: &Options,
        train: &Sequences,
        epoch: usize,
    ) -> Order {
        let size = options.batch.clamp(1, train.len().max(1));
        if model.network.is_stateful() && size > 1 {
            return Order::Lanes(lanes(train.len(), size));
        }
        let order = if options.shuffle && !model.network.is_stateful() {
            Random::new(options.seed, Purpose::Order { epoch }).order(train.len())
        } else {
            (0..train.len()).collect()
        };
        Order::Chunks { order, size }
    }

    /// The sequences in their order, if each is a batch of its own.
    pub(super) fn singles(&self) -> Option<&[usize]> {
        match self {
            Order::Chunks { order, size: 1 } => Some(order),
            Order::Chunks { .. } | Order::Lanes(_) => None,
        }
    }

    /// How many batches there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Order::Lanes(batches) => batches.len(),
            Order::Chunks { order, size } => order.len().div_ceil(*size),
        }
    }

    /// The members of a batch.
    pub(super) fn members(&self, batch: usize, into: &mut Vec<Option<usize>>) {
        into.clear();
        match self {
            Order::Lanes(batches) => into.extend(&batches[batch]),
            Order::Chunks { order, size } => {
                let from = batch * size;
                let to = order.len().min(from + size);
                into.extend(order[from..to].iter().copied().map(Some));
            }
        }
    }
}

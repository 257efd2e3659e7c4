//! Which numbers of two networks play the same part.

use carousel_lang::Diagnostic;

use crate::engine::lstm_blocks;
use crate::model::Model;
use crate::network::{Layer, LayerKind, Recurrent};
use crate::parameters::{Parameter, Role};

/// For each weight of one model the weight of another that plays its part.
#[derive(Debug)]
pub(super) struct Roles {
    from: Vec<usize>,
}

/// The parameters of one layer and direction.
fn own(model: &Model, layer: usize, reverse: bool) -> Vec<Parameter> {
    let is_own = |p: &&Parameter| p.layer == layer && p.reverse == reverse;
    model.parameters.iter().filter(is_own).cloned().collect()
}

/// Column block `block` of a parameter.
#[derive(Clone, Copy)]
struct Block<'a> {
    parameter: &'a Parameter,
    block: usize,
}

impl Roles {
    /// Finds for each weight of `a` the one of `b`.
    ///
    /// # Errors
    /// If there is none, and why.
    pub(super) fn new(a: &Model, b: &Model) -> Result<Roles, Diagnostic> {
        if a.network.layers.len() != b.network.layers.len() {
            return Err(differ(format!(
                "one has {}, the other {}",
                count(a.network.layers.len(), "layer"),
                b.network.layers.len()
            )));
        }
        let mut roles = Roles { from: vec![0; a.weights.len()] };
        let layers = a.network.layers.iter().zip(&b.network.layers).enumerate();
        for (index, (of_a, of_b)) in layers {
            check_layers(index, of_a, of_b)?;
            for reverse in [false, true] {
                let (own_a, own_b) = (own(a, index, reverse), own(b, index, reverse));
                for (to, from) in pairs(index, of_a, of_b, &own_a, &own_b)? {
                    roles.join(to, from);
                }
            }
        }
        Ok(roles)
    }

    /// Numbers of `b`, laid out as those of `a`.
    pub(super) fn carry(&self, numbers: &[f32]) -> Vec<f32> {
        self.from.iter().map(|at| numbers[*at]).collect()
    }

    fn join(&mut self, to: Block<'_>, from: Block<'_>) {
        for (to, from) in to.places().into_iter().zip(from.places()) {
            self.from[to] = from;
        }
    }
}

impl Block<'_> {
    fn name(&self) -> Option<&str> {
        self.parameter.blocks.get(self.block).map(String::as_str)
    }

    fn columns(&self) -> usize {
        let all = self.parameter.dims.last().copied().unwrap_or(0);
        all / self.parameter.blocks.len().max(1)
    }

    /// Its numbers in the arena, row by row.
    fn places(&self) -> Vec<usize> {
        let (columns, width) =
            (self.columns(), self.parameter.dims.last().copied().unwrap_or(0));
        let first = self.parameter.offset + self.block * columns;
        let rows = self.parameter.len() / width.max(1);
        (0..rows)
            .flat_map(|row| (0..columns).map(move |column| first + row * width + column))
            .collect()
    }

    fn rows(&self) -> usize {
        if self.parameter.dims.len() == 2 { self.parameter.dims[0] } else { 1 }
    }
}

fn check_layers(index: usize, a: &Layer, b: &Layer) -> Result<(), Diagnostic> {
    let number = index + 1;
    match (&a.kind, &b.kind) {
        (LayerKind::Recurrent(a), LayerKind::Recurrent(b)) => {
            if a.units != b.units {
                return Err(differ(format!(
                    "layer {number} has {} units in one and {} in the other",
                    a.units, b.units
                ))
                .with_hint(format!(
                    "check {} {} with {} {}",
                    a.cell.word(),
                    a.units,
                    b.cell.word(),
                    a.units
                )));
            }
            if a.bidirectional != b.bidirectional {
                return Err(differ(format!(
                    "layer {number} is bidirectional in one only"
                )));
            }
            Ok(())
        }
        (LayerKind::Dense { .. }, LayerKind::Dense { .. })
        | (LayerKind::Dropout { .. }, LayerKind::Dropout { .. })
        | (LayerKind::Flat, LayerKind::Flat)
        | (LayerKind::Embed { .. }, LayerKind::Embed { .. }) => Ok(()),
        (
            LayerKind::Recurrent(_)
            | LayerKind::Dense { .. }
            | LayerKind::Dropout { .. }
            | LayerKind::Flat
            | LayerKind::Embed { .. },
            _,
        ) => Err(differ(format!("layer {number} is of another kind in each"))),
    }
}

type Pairs<'a> = Vec<(Block<'a>, Block<'a>)>;

/// The blocks of one layer and direction that play the same part: those of the same
/// gate where both are LSTMs, else those of the same name, else those of the same place.
fn pairs<'a>(
    index: usize,
    layer_a: &Layer,
    layer_b: &Layer,
    a: &'a [Parameter],
    b: &'a [Parameter],
) -> Result<Pairs<'a>, Diagnostic> {
    let found = match (&layer_a.kind, &layer_b.kind) {
        (LayerKind::Recurrent(cell_a), LayerKind::Recurrent(cell_b)) => {
            by_gate(cell_a, cell_b, a, b).or_else(|| by_name(a, b))
        }
        _ => None,
    };
    found.or_else(|| by_place(a, b)).ok_or_else(|| {
        differ(format!("layer {} has other equations, and so other weights", index + 1))
            .note(format!("one has {}", listed(a)))
            .note(format!("the other has {}", listed(b)))
    })
}

fn by_gate<'a>(
    cell_a: &Recurrent,
    cell_b: &Recurrent,
    a: &'a [Parameter],
    b: &'a [Parameter],
) -> Option<Pairs<'a>> {
    let (gates_a, gates_b) = (lstm_blocks(&cell_a.cell)?, lstm_blocks(&cell_b.cell)?);
    if !same_roles(a, b) {
        return None;
    }
    let pairs = a.iter().zip(b).flat_map(|(a, b)| {
        gates_a.iter().zip(gates_b).map(move |(of_a, of_b)| {
            (Block { parameter: a, block: *of_a }, Block { parameter: b, block: of_b })
        })
    });
    Some(pairs.collect())
}

fn by_name<'a>(a: &'a [Parameter], b: &'a [Parameter]) -> Option<Pairs<'a>> {
    let (of_a, of_b) = (blocks(a), blocks(b));
    if of_a.len() != of_b.len() {
        return None;
    }
    of_a.into_iter()
        .map(|to| {
            let from = of_b.iter().find(|from| from.name() == to.name())?;
            let fits = from.rows() == to.rows() && from.columns() == to.columns();
            (fits && to.name().is_some()).then_some((to, *from))
        })
        .collect()
}

fn by_place<'a>(a: &'a [Parameter], b: &'a [Parameter]) -> Option<Pairs<'a>> {
    same_roles(a, b).then(|| blocks(a).into_iter().zip(blocks(b)).collect())
}

fn same_roles(a: &[Parameter], b: &[Parameter]) -> bool {
    let vector = |role: &Role| matches!(role, Role::Vector(_));
    let same = |(a, b): (&Parameter, &Parameter)| {
        let roles = a.role == b.role || (vector(&a.role) && vector(&b.role));
        roles && a.dims == b.dims
    };
    a.len() == b.len() && a.iter().zip(b).all(same)
}

fn blocks(parameters: &[Parameter]) -> Vec<Block<'_>> {
    let mut all = Vec::new();
    for parameter in parameters {
        let count = parameter.blocks.len().max(1);
        all.extend((0..count).map(|block| Block { parameter, block }));
    }
    all
}

fn listed(parameters: &[Parameter]) -> String {
    let each = |block: Block<'_>| {
        let name = block.name().unwrap_or("weights").to_owned();
        match block.parameter.dims.len() {
            2 => format!("{name} [{}, {}]", block.columns(), block.rows()),
            _ => format!("{name} [{}]", block.columns()),
        }
    };
    blocks(parameters).into_iter().map(each).collect::<Vec<_>>().join(", ")
}

fn differ(why: String) -> Diagnostic {
    Diagnostic::error(format!("the two cannot have equal weights: {why}"))
}

fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

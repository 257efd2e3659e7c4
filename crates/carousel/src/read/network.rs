//! Chains: layers, groups and names of models go in, networks come out.

use std::sync::Arc;

use carousel_lang::ast::{Arg, JointKind, Part, PartKind, Value, Word};
use carousel_lang::{Diagnostic, Span, print_value};
use carousel_net::network::{Layer, LayerKind, Network};

use super::args::Args;
use super::later::later;
use super::layer::{freeze, layer};
use super::line::{Line, lone_word, part_text, unwrapped};
use super::names::named;
use super::not_layer::{no_layer, pipe, untrained};
use super::sweep::sweep;
use crate::state::{Copied, Described, Named, State, Trained};

/// The deepest network: repeated groups of repeated groups grow fast.
const LAYERS: usize = 1_000;

/// The networks that a value describes: one, or several where braces sweep.
///
/// # Errors
/// Where a word is no layer, cell or model, or what follows it is not allowed.
pub(crate) fn networks(
    value: &Value,
    state: &State,
) -> Result<Vec<Described>, Diagnostic> {
    let value = unwrapped(value);
    match lone_word(value).and_then(|word| named(&word.text, state)) {
        Some(Named::Described(described)) => return Ok(vec![(**described).clone()]),
        Some(Named::Trained(trained)) => return Ok(vec![trained.described.clone()]),
        Some(Named::Data(_) | Named::Cell(_)) | None => {}
    }
    sweep(value)?.iter().map(|value| described(value, state)).collect()
}

fn described(value: &Value, state: &State) -> Result<Described, Diagnostic> {
    let mut chain = Chain { line: value, state, layers: Vec::new(), copies: Vec::new() };
    chain.value(value)?;
    let network = Network { layers: chain.layers };
    Ok(Described { text: print_value(value), network, copies: chain.copies })
}

/// What has been read of a chain.
struct Chain<'a> {
    line: &'a Value,
    state: &'a State,
    layers: Vec<Layer>,
    copies: Vec<Copied>,
}

impl Chain<'_> {
    fn value(&mut self, value: &Value) -> Result<(), Diagnostic> {
        for (joint, _) in &value.rest {
            match joint.kind {
                JointKind::Into => {}
                JointKind::HandOver => {
                    return Err(later("=>", joint.span)
                        .note("it hands the memory of an encoder over to a decoder"));
                }
                JointKind::Then => return Err(pipe(value, self.line, joint.span)),
            }
        }
        value.parts().try_for_each(|part| self.part(part))
    }

    fn part(&mut self, part: &Part) -> Result<(), Diagnostic> {
        let (layers, copies) = (self.layers.len(), self.copies.len());
        match &part.kind {
            PartKind::Word { word, args } => self.word(word, args, part.span)?,
            PartKind::Group(inner) => self.value(inner)?,
            PartKind::List(_) | PartKind::Literal(_) => {
                return Err(Diagnostic::error(format!(
                    "{} is no layer",
                    part_text(part)
                ))
                .label(part.span, "a layer goes here"));
            }
        }
        if let Some((times, span)) = part.repeat {
            self.repeat(layers, copies, times as usize, span)?;
        }
        self.check_depth(part.span)
    }

    /// Stacks what was read since `layers` and `copies` so many times in all.
    fn repeat(
        &mut self,
        layers: usize,
        copies: usize,
        times: usize,
        span: Span,
    ) -> Result<(), Diagnostic> {
        let block = self.layers[layers..].to_vec();
        let copied = self.copies[copies..].to_vec();
        for index in 1..times {
            self.layers.extend_from_slice(&block);
            self.check_depth(span)?;
            let first = |copy: &Copied| copy.first + index * block.len();
            let shifted = copied.iter().map(|c| Copied { first: first(c), ..c.clone() });
            self.copies.extend(shifted);
        }
        Ok(())
    }

    fn check_depth(&self, span: Span) -> Result<(), Diagnostic> {
        if self.layers.len() <= LAYERS {
            return Ok(());
        }
        Err(Diagnostic::error(format!("the chain has more than {LAYERS} layers"))
            .label(span, format!("{} up to here", self.layers.len())))
    }

    fn word(&mut self, word: &Word, args: &[Arg], span: Span) -> Result<(), Diagnostic> {
        let args = Args::new(word, args, Line::Value(self.line));
        let model = match named(&word.text, self.state) {
            Some(Named::Described(described)) => Model::Described(described),
            Some(Named::Trained(trained)) => Model::Trained(trained),
            Some(Named::Data(_) | Named::Cell(_)) | None => {
                let Some(kind) = layer(args, self.state)? else {
                    return Err(no_layer(word, span, self.line, self.state));
                };
                self.layers.push(Layer { kind, span });
                return Ok(());
            }
        };
        self.model(&model, args.with_options(&["frozen"]), span)
    }

    /// A name stands for the layers of its model, with `frozen` for their weights too.
    fn model(
        &mut self,
        model: &Model<'_>,
        mut args: Args<'_>,
        span: Span,
    ) -> Result<(), Diagnostic> {
        let frozen = args.takes("frozen");
        args.end()?;
        let described = match model {
            Model::Described(described) => *described,
            Model::Trained(trained) => &trained.described,
        };
        let first = self.layers.len();
        let layers = described.network.layers.iter();
        self.layers.extend(layers.map(|layer| Layer { span, ..layer.clone() }));
        match model {
            Model::Trained(trained) if frozen => {
                let layers = self.layers.len() - first;
                fix(&mut self.layers[first..], trained);
                self.copies.push(Copied { first, layers, from: Arc::clone(trained) });
            }
            Model::Described(_) if frozen => {
                return Err(untrained(args.head, self.state));
            }
            Model::Described(_) | Model::Trained(_) => {
                let copies = described.copies.iter();
                self.copies.extend(
                    copies
                        .map(|copy| Copied { first: first + copy.first, ..copy.clone() }),
                );
            }
        }
        Ok(())
    }
}

/// A model that a chain names.
enum Model<'a> {
    Described(&'a Described),
    Trained(&'a Arc<Trained>),
}

/// Freezes layers, and gives `dense` the width that its weights have: the new target
/// may have another.
fn fix(layers: &mut [Layer], trained: &Trained) {
    let flows = trained.trainings.first().map(|training| &training.model.flows);
    for (index, layer) in layers.iter_mut().enumerate() {
        freeze(&mut layer.kind);
        if let LayerKind::Dense { units, .. } = &mut layer.kind {
            let width =
                flows.and_then(|flows| flows.get(index + 1)).map(|flow| flow.width);
            *units = units.or(width);
        }
    }
}

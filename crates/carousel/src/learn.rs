//! Training as a statement asks for it: a model line and data go in, a trained model
//! comes out, with its predictions.

mod room;
mod seeds;

use std::sync::Arc;

use carousel_data::{Dataset, Form};
use carousel_lang::{Diagnostic, Span};
use carousel_net::model::{Like, Model};
use carousel_net::shape::DataShape;
use carousel_net::train::{Stopped, Training};

use crate::read::{DEFAULT_EPOCHS, TrainingWords};
use crate::state::{Copied, Data, Described, Fit, Trained};
use crate::work::{Halt, Work};
use crate::{Output, evaluate, hints, need};
use room::Plan;
use seeds::Seeds;

/// What is to be learned.
#[derive(Debug)]
pub(crate) struct Lesson<'a> {
    /// What messages call the model.
    pub(crate) name: String,
    /// The model line.
    pub(crate) described: &'a Described,
    /// What it learns from.
    pub(crate) data: Arc<Data>,
    /// How.
    pub(crate) words: &'a TrainingWords,
    /// The statement, for messages.
    pub(crate) span: Span,
}

/// What a training gives: the model, and what went wrong on the way, if anything did.
pub(crate) struct Learned {
    /// The model, with the weights of the last good epoch.
    pub(crate) trained: Trained,
    /// E11, where the loss stopped being a number.
    pub(crate) diverged: Option<Diagnostic>,
}

/// Trains a model from fresh weights, once for each seed.
///
/// # Errors
/// What is wrong with the data, the model or the options; nothing was trained then.
pub(crate) fn learn(work: &mut Work<'_>, lesson: &Lesson<'_>) -> Result<Learned, Halt> {
    let dataset = work.dataset(&lesson.data)?;
    check(lesson, &dataset)?;
    for hint in [
        hints::half_stateful(lesson.described),
        hints::overlap(lesson.described, &dataset),
    ] {
        hint.map_or(Ok(()), |hint| work.hint(hint))?;
    }
    room_for(work, lesson, &dataset)?;
    let trainings = start(work, lesson, &dataset)?;
    let epochs = lesson.words.epochs.unwrap_or(DEFAULT_EPOCHS);
    let trained = Trained {
        described: lesson.described.clone(),
        data: Some(Arc::clone(&lesson.data)),
        preparation: dataset.preparation.clone(),
        dataset: Some(dataset),
        trainings,
        fits: Vec::new(),
        stopped: Stopped::Done,
        epochs: 0,
    };
    train(work, trained, &lesson.name, epochs, lesson.span)
}

/// Makes sure that the memory is enough, before any of it is taken.
fn room_for(
    work: &mut Work<'_>,
    lesson: &Lesson<'_>,
    dataset: &Dataset,
) -> Result<(), Halt> {
    let network = &lesson.described.network;
    let seed = lesson.words.seed.unwrap_or(work.seed());
    let options = lesson.words.options(dataset.train.len(), network.is_stateful(), seed);
    let settings = work.state.settings;
    room::make_sure(
        work,
        &Plan {
            network,
            like: lesson.words.like,
            options: &options,
            dataset,
            seeds: settings.seeds(lesson.words.times),
            settings: settings.graph(),
            span: lesson.span,
        },
    )
}

/// Trains a model further.
///
/// # Errors
/// Where the memory is not enough, and [`Halt::Quit`] where nobody reads the results.
pub(crate) fn go_on(
    work: &mut Work<'_>,
    trained: Trained,
    name: &str,
    epochs: usize,
    span: Span,
) -> Result<Learned, Halt> {
    let settings = work.state.settings;
    let plan = Plan {
        network: &trained.described.network,
        like: trained.model().like,
        options: &trained.trainings[0].options,
        dataset: trained.dataset.as_ref().expect("a training has its data"),
        seeds: settings.seeds(trained.trainings.len()),
        settings: settings.graph(),
        span,
    };
    room::make_sure(work, &plan)?;
    train(work, trained, name, epochs, span)
}

fn train(
    work: &mut Work<'_>,
    mut trained: Trained,
    name: &str,
    epochs: usize,
    span: Span,
) -> Result<Learned, Halt> {
    let dataset = trained.dataset.clone().expect("a training has its data");
    trained.epochs += epochs;
    if work.dry {
        return Ok(Learned { trained, diverged: None });
    }
    work.busy(format!("training {name}"))?;
    let mut settings = work.state.settings.graph();
    if trained.trainings.len() > 1 {
        // The threads train seeds, each on its own.
        settings.threads = 1;
    }
    let seeds = Seeds {
        name,
        epochs,
        dataset: &dataset,
        settings,
        threads: work.state.settings.threads(),
        interrupt: work.interrupt,
    };
    let ends = seeds
        .train(&mut trained.trainings, &mut |epoch| (work.emit)(Output::Epoch(epoch)));
    let ends = ends.ok_or(Halt::Quit)?;
    // Seeds that an interrupt kept from starting have learned nothing.
    trained.trainings.truncate(ends.len());
    trained.stopped =
        ends.iter().find_map(|end| end.as_ref().ok().copied()).unwrap_or(Stopped::Done);
    if let Some(Ok(stopped @ Stopped::Interrupted { .. })) = ends.last() {
        trained.stopped = *stopped;
        work.interrupted = true;
    }
    let diverged = ends.into_iter().find_map(Result::err).map(|end| diverged(&end, span));
    work.busy(format!("predicting with {name}"))?;
    trained.fits = fits(&trained, work)?;
    Ok(Learned { trained, diverged })
}

/// The fits of all seeds. An interrupt that comes now finds training done; the
/// predictions are made all the same, since the weights are kept.
fn fits(trained: &Trained, work: &Work<'_>) -> Result<Vec<Fit>, Halt> {
    let dataset = trained.dataset.as_ref().expect("a training has its data");
    let settings = work.state.settings.graph();
    let fit = |training: &Training| {
        evaluate::fit(&training.model, dataset, settings, None).map_err(|_| Halt::Quit)
    };
    trained.trainings.iter().map(fit).collect()
}

/// What forbids this training.
fn check(lesson: &Lesson<'_>, dataset: &Dataset) -> Result<(), Diagnostic> {
    can_be_read(dataset, &lesson.data, lesson.span)?;
    let words = lesson.words;
    if dataset.validation.is_none() && (words.patience.is_some() || words.keep_best) {
        let option = if words.patience.is_some() { "patience" } else { "keep best" };
        return Err(Diagnostic::error(format!(
            "`{option}` needs a validation part, and {} has none",
            lesson.data.text
        ))
        .code("E10")
        .label(lesson.span, "stopping early on the test part would leak it")
        .with_hint("split 60% 20% 20%"));
    }
    if words.shuffle == Some(true) && lesson.described.network.is_stateful() {
        return Err(Diagnostic::error(
            "a stateful model reads its samples in their order",
        )
        .label(lesson.span, "asks for `shuffle on`")
        .note("without `shuffle` it does"));
    }
    Ok(())
}

/// Data without `window` or `stream` is rows, and networks read sequences.
///
/// # Errors
/// Says so, and offers both.
pub(crate) fn can_be_read(
    dataset: &Dataset,
    data: &Data,
    span: Span,
) -> Result<(), Diagnostic> {
    if dataset.preparation.form == Form::Rows {
        return Err(Diagnostic::error(format!(
            "{} has rows, and a model reads sequences: it needs `window` or `stream`",
            data.text
        ))
        .label(span, "no steps to read")
        .note(format!(
            "{} | stream 12: chunks of 12 rows, a target at every step",
            data.text
        ))
        .with_hint(format!("{} | window 12", data.text)));
    }
    if dataset.train.is_empty() {
        return Err(Diagnostic::error(format!(
            "the train part of {} has no sample",
            data.text
        ))
        .label(span, "nothing to learn from"));
    }
    Ok(())
}

/// One training for each seed, not begun.
fn start(
    work: &Work<'_>,
    lesson: &Lesson<'_>,
    dataset: &Dataset,
) -> Result<Vec<Training>, Diagnostic> {
    let shape = need::shape_of(dataset);
    let first = lesson.words.seed.unwrap_or(work.seed());
    (0..lesson.words.times as u64)
        .map(|index| {
            let seed = first.wrapping_add(index);
            let described = lesson.described;
            let like = lesson.words.like;
            let model = match work.dry {
                true => {
                    taken_over(described, Model::blank(&described.network, shape, like)?)?
                }
                false => fresh(described, shape, like, seed)?,
            };
            let stateful = described.network.is_stateful();
            let options = lesson.words.options(dataset.train.len(), stateful, seed);
            Ok(Training::new(model, options))
        })
        .collect()
}

/// A model with its start values, and the weights that it takes over.
///
/// # Errors
/// Where it does not fit the data, or the weights do not fit it.
pub(crate) fn fresh(
    described: &Described,
    shape: DataShape,
    like: Like,
    seed: u64,
) -> Result<Model, Diagnostic> {
    taken_over(described, Model::new(&described.network, shape, like, seed)?)
}

/// A model with the weights that its line takes from others.
///
/// # Errors
/// Where they do not fit it.
fn taken_over(described: &Described, mut model: Model) -> Result<Model, Diagnostic> {
    for copied in &described.copies {
        copy(copied, &mut model)?;
    }
    Ok(model)
}

/// Takes over the weights of another model's layers.
fn copy(copied: &Copied, model: &mut Model) -> Result<(), Diagnostic> {
    let from = copied.from.model();
    let theirs = from.parameters.iter().filter(|p| p.layer < copied.layers);
    let own = copied.first..copied.first + copied.layers;
    let mine: Vec<_> =
        model.parameters.iter().filter(|p| own.contains(&p.layer)).collect();
    let theirs: Vec<_> = theirs.collect();
    let same = mine.len() == theirs.len()
        && mine.iter().zip(&theirs).all(|(a, b)| a.dims == b.dims && a.role == b.role);
    if !same {
        let layer = &model.network.layers[copied.first];
        return Err(Diagnostic::error(format!(
            "the weights of `{}` do not fit this data",
            copied.from.described.text
        ))
        .label(
            layer.span,
            format!("has learned from {} values a step", from.data.features),
        ));
    }
    let moves: Vec<_> =
        mine.iter().zip(&theirs).map(|(a, b)| (a.range(), b.range())).collect();
    for (to, of) in moves {
        model.weights[to].copy_from_slice(&from.weights[of]);
    }
    Ok(())
}

/// E11
fn diverged(end: &carousel_net::train::Diverged, span: Span) -> Diagnostic {
    let place = format!("epoch {}, batch {} of {}", end.epoch, end.batch, end.batches);
    let title = match &end.tensor {
        Some(tensor) => format!("a number ran away: NaN first in {tensor}, {place}"),
        None => format!("a number ran away: the loss became NaN in {place}"),
    };
    let error = Diagnostic::error(title).code("E11").label(span, "stopped here");
    let error = match end.norm_before {
        Some(norm) => {
            error.note(format!("the norm of the gradient before was {norm:.1e}"))
        }
        None => error,
    };
    let kept = match end.epoch {
        1 => "the start weights are put back".to_owned(),
        epoch => format!("the weights of epoch {} are put back", epoch - 1),
    };
    error
        .note(kept)
        .note("a smaller rate or `standardize` keeps numbers small too")
        .with_hint("clip 1")
}

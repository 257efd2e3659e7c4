//! What a model says about data: about its own, or about other data that is made ready
//! as its own was.

use std::sync::Arc;

use carousel_data::Dataset;
use carousel_lang::ast::Command;
use carousel_lang::{Diagnostic, Span, print_command};
use carousel_net::train::Training;

use crate::learn::can_be_read;
use crate::state::{Data, Fit, Trained};
use crate::work::{Halt, Work};
use crate::{evaluate, need};

/// A model on some data.
pub(crate) struct Seen {
    /// What messages call the data.
    pub(crate) data: String,
    /// The data.
    pub(crate) dataset: Arc<Dataset>,
    /// The predictions of each seed; none in a dry run.
    pub(crate) fits: Vec<Fit>,
}

impl Seen {
    /// The predictions of the first seed, and the memory after them.
    pub(crate) fn fit(&self) -> Fit {
        self.fits.first().cloned().unwrap_or_default()
    }
}

/// A model on the data after `on`, or on that which it has learned from.
///
/// # Errors
/// Where the data does not fit, or a loaded model is told of none.
pub(crate) fn seen(
    work: &mut Work<'_>,
    name: &str,
    model: &Trained,
    command: &Command,
) -> Result<Seen, Halt> {
    if let Some((data, span)) = need::on_data(command, &work.state)? {
        return seen_on(work, model, &data, span);
    }
    let Some(dataset) = &model.dataset else {
        return Err(no_data(work, name, command).into());
    };
    Ok(Seen {
        data: model.data_text().to_owned(),
        dataset: Arc::clone(dataset),
        fits: model.fits.clone(),
    })
}

/// A model on data that `span` names. Steps that learn take what the model has learned
/// with, so that the same value is the same input.
///
/// # Errors
/// Where the data has other steps, or gives or asks for something else.
pub(crate) fn seen_on(
    work: &mut Work<'_>,
    model: &Trained,
    data: &Data,
    span: Span,
) -> Result<Seen, Halt> {
    let dataset = match &model.dataset {
        Some(own) if model.data.as_ref().is_some_and(|own| own.recipe == data.recipe) => {
            Arc::clone(own)
        }
        _ => work.dataset_as(data, &model.preparation)?,
    };
    can_be_read(&dataset, data, span)?;
    need::fits(model.model().data, &dataset, &data.text, span)?;
    work.busy(format!("predicting {}", data.text))?;
    let settings = work.state.settings.graph();
    let fit = |training: &Training| {
        evaluate::fit(&training.model, &dataset, settings, None).map_err(|_| Halt::Quit)
    };
    let fits = match work.dry {
        true => Vec::new(),
        false => model.trainings.iter().map(fit).collect::<Result<_, _>>()?,
    };
    Ok(Seen { data: data.text.clone(), dataset, fits })
}

/// Said where a model from a file is to be seen on its own data.
pub(crate) fn no_data(work: &Work<'_>, name: &str, command: &Command) -> Diagnostic {
    let data = need::some_data(&work.state);
    let line = print_command(command);
    Diagnostic::error(format!("`{name}` came from a file, without its data"))
        .label(command.span, "no data to show it on")
        .with_hint(format!("{} on {data}", line.trim_end()))
}

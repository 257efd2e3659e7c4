//! From models and data to predictions and errors, in original units.

use std::sync::atomic::AtomicBool;

use carousel_data::{Baseline, Dataset, Part, Predictions, mase};
use carousel_lang::Diagnostic;
use carousel_net::engine::{Interrupted, Settings};
use carousel_net::model::{Memory, Model};
use carousel_net::predict::Predictor;

use crate::output::median;
use crate::state::{Fit, Trained};
use crate::{Errors, PartErrors, ScoreLine};

/// What a model says about all parts of its data. The memory of stateful layers runs on
/// from part to part, unless they are `apart`.
pub(crate) fn fit(
    model: &Model,
    dataset: &Dataset,
    settings: Settings,
    interrupt: Option<&AtomicBool>,
) -> Result<Fit, Interrupted> {
    let mut memory = model.memory();
    let mut predictor = Predictor::new(model, settings);
    let mut parts = Vec::new();
    for (part, sequences) in dataset.parts() {
        if dataset.apart {
            memory = model.memory();
        }
        let outputs = predictor.predict(sequences, &mut memory, interrupt)?;
        parts.push((part, dataset.predictions(part, &outputs)));
    }
    Ok(Fit { parts, memory })
}

/// What a baseline says about all parts of some data.
///
/// # Errors
/// Where the data is too short for it, or has no past.
pub(crate) fn baseline_fit(
    baseline: Baseline,
    dataset: &Dataset,
) -> Result<Fit, Diagnostic> {
    let parts = dataset
        .parts()
        .map(|(part, _)| Ok((part, baseline.predict(dataset, part)?)))
        .collect::<Result<_, Diagnostic>>()?;
    Ok(Fit { parts, memory: Memory::default() })
}

/// The errors of a model or baseline on each part: medians over the seeds.
pub(crate) fn line(name: &str, fits: &[Fit], dataset: &Dataset) -> ScoreLine {
    let parts = dataset.parts().map(|(part, _)| part_errors(part, fits, dataset));
    ScoreLine { name: name.to_owned(), parts: parts.collect() }
}

/// The errors on one part.
pub(crate) fn part_errors(part: Part, fits: &[Fit], dataset: &Dataset) -> PartErrors {
    let each: Vec<Errors> = (fits.iter())
        .filter_map(|fit| fit.part(part))
        .filter_map(|predictions| errors(predictions, dataset))
        .collect();
    let of = |value: fn(&Errors) -> f64| median(each.iter().map(value).collect());
    let option = |value: fn(&Errors) -> Option<f64>| {
        let values: Option<Vec<f64>> = each.iter().map(value).collect();
        values.filter(|values| !values.is_empty()).map(median)
    };
    let errors = each.first().map(|first| Errors {
        rmse: of(|e| e.rmse),
        mae: of(|e| e.mae),
        mape: option(|e| e.mape),
        mase: option(|e| e.mase),
        count: first.count,
    });
    let several = each.len() > 1;
    let bounds = each.iter().fold((f64::INFINITY, 0.0_f64), |(least, most), e| {
        (least.min(e.rmse), most.max(e.rmse))
    });
    PartErrors { part: part.name(), errors, spread: several.then_some(bounds) }
}

/// The errors of some predictions; none where there are none.
pub(crate) fn errors(predictions: &Predictions, dataset: &Dataset) -> Option<Errors> {
    let measures = predictions.measures()?;
    Some(Errors {
        rmse: measures.rmse,
        mae: measures.mae,
        mape: measures.mape,
        mase: mase(dataset, &measures),
        count: measures.count,
    })
}

/// The part that a model is judged by: the test part where there is one.
pub(crate) fn deciding(dataset: &Dataset) -> Part {
    let parts = [Part::Test, Part::Validation];
    parts.into_iter().find(|part| dataset.part(*part).is_some()).unwrap_or(Part::Train)
}

impl Trained {
    /// The model that speaks for all seeds: the first one.
    pub(crate) fn model(&self) -> &Model {
        &self.trainings[0].model
    }

    /// What the target is called and its errors are measured in.
    pub(crate) fn unit(&self) -> &str {
        &self.preparation.target
    }

    /// What messages call its data.
    pub(crate) fn data_text(&self) -> &str {
        self.data.as_ref().map_or("the data of its file", |data| &data.text)
    }
}

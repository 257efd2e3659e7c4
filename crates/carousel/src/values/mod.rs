//! Values out of a session, for programs that go on with them: a name goes in, numbers
//! come out. [`Session::put_values`] is the other way round.
//!
//! ```
//! let mut session = carousel::Session::new();
//! session.put_values("series", &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
//! let trained = session.run("m = train lstm 2 -> dense 1 on (series | window 2) epochs 3");
//! assert!(trained.is_ok(), "{trained}");
//! assert_eq!(session.values("m.loss").unwrap().len(), 3);
//! assert_eq!(session.values("m.truths").unwrap(), [3.0, 4.0, 5.0, 6.0]);
//! assert_eq!(session.shape("m.weights.0.weight_ih_l0").unwrap(), [8, 1]);
//! ```

mod data;
mod model;
mod unknown;

use carousel_lang::Diagnostic;

use crate::Session;
use crate::state::{Named, State};

/// Numbers and how they lie.
struct Found {
    values: Vec<f64>,
    shape: Vec<usize>,
}

impl From<Vec<f64>> for Found {
    fn from(values: Vec<f64>) -> Found {
        Found { shape: vec![values.len()], values }
    }
}

/// What a name before the first dot means, and what follows the dot.
enum Asked<'a> {
    Model(&'a Named, &'a str),
    Data(&'a crate::state::Data, &'a str),
}

impl Session {
    /// The numbers that a name stands for, in original units but for losses, weights and
    /// what models see.
    ///
    /// - `m.predictions`, `m.truths`, `m.rows`: what the model says about its data, what
    ///   was observed, and which row it is, counted from 0; all parts in order, or one:
    ///   `m.predictions.test`
    /// - `m.loss`, `m.validation_loss`: one for each epoch
    /// - `m.weights`: all that was learned, tensor after tensor; or one by the name that
    ///   `save` gives it: `m.weights.0.weight_ih_l0`
    /// - `air`: the series of a data set, its target column
    /// - `air.inputs.train`, `air.targets.train`: samples as models see them
    ///
    /// `it` is the last model before a dot and a word of models, and else the last data.
    /// Of a model that was trained `times 5`, it is the first.
    ///
    /// # Errors
    /// Where there is nothing of this name, with what there is; and what is wrong with
    /// the data.
    pub fn values(&self, name: &str) -> Result<Vec<f64>, Diagnostic> {
        self.find(name).map(|found| found.values)
    }

    /// How the numbers of [`Session::values`] lie: `[rows, columns]` of a matrix,
    /// `[samples, steps, values]` of inputs that have the same number of steps, else
    /// how many there are.
    ///
    /// # Errors
    /// As [`Session::values`].
    pub fn shape(&self, name: &str) -> Result<Vec<usize>, Diagnostic> {
        self.find(name).map(|found| found.shape)
    }

    /// All names that [`Session::values`] knows. Nothing is read or computed for it.
    pub fn value_names(&self) -> Vec<String> {
        let state = self.state();
        let named = state.names.iter().flat_map(|(name, named)| match named {
            Named::Data(data) => data::names(name, data),
            Named::Trained(trained) => model::names(name, trained),
            Named::Described(_) | Named::Cell(_) => Vec::new(),
        });
        let it_data = state.it_data.iter().flat_map(|data| data::names("it", data));
        let it_model = match &state.it_model {
            Some(Named::Trained(trained)) => model::names("it", trained),
            Some(Named::Described(_) | Named::Data(_) | Named::Cell(_)) | None => {
                Vec::new()
            }
        };
        named.chain(it_data).chain(it_model).collect()
    }

    fn find(&self, name: &str) -> Result<Found, Diagnostic> {
        let found = match asked(name, self.state()) {
            Some(Asked::Model(named, field)) => {
                model::find(name, named, field, self.state())
            }
            Some(Asked::Data(data, field)) => self.find_data(data, field),
            None => Ok(None),
        }?;
        found.ok_or_else(|| self.unknown(name))
    }
}

/// `m.weights.0.bias` is the model `m`, and of it `weights.0.bias`.
fn asked<'a>(name: &'a str, state: &'a State) -> Option<Asked<'a>> {
    let (head, field) = name.split_once('.').unwrap_or((name, ""));
    if head == "it" {
        let of_model = state.it_model.as_ref().filter(|_| model::has(field));
        let model = of_model.map(|model| Asked::Model(model, field));
        return model.or_else(|| Some(Asked::Data(state.it_data.as_ref()?, field)));
    }
    match state.names.get(head)? {
        Named::Data(data) => Some(Asked::Data(data, field)),
        named @ (Named::Described(_) | Named::Trained(_)) => {
            Some(Asked::Model(named, field))
        }
        Named::Cell(_) => None,
    }
}

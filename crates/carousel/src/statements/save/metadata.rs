//! What a weights file says about its model beside the numbers: a trained model goes
//! in, texts by name come out, and back.

use std::collections::{BTreeMap, BTreeSet};

use carousel_data::{Fitted, Form, Preparation};
use carousel_lang::ast::{Program, Statement, StatementKind};
use carousel_lang::print;
use carousel_net::model::Like;
use carousel_net::network::Cell;
use carousel_net::shape::DataShape;
use carousel_net::train::History;
use serde_json::{Value, json};

use crate::state::Trained;
use crate::summarise::chain_text;

/// Losses of more epochs than this are left out, the oldest first.
const LOSSES: usize = 1000;

/// No window and no difference reaches farther back than this.
const FARTHEST: usize = 1 << 30;

/// What a file tells of its model.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    /// The layers as a line.
    pub(crate) model: String,
    /// The definitions of its cells; empty for none.
    pub(crate) cells: String,
    /// Whose biases it has.
    pub(crate) like: Like,
    /// The shape that it was sized for.
    pub(crate) shape: DataShape,
    /// How values become inputs.
    pub(crate) preparation: Preparation,
    /// Its losses.
    pub(crate) history: History,
    /// How many epochs it learned in.
    pub(crate) epochs: usize,
}

/// The texts of a model.
pub(super) fn write(trained: &Trained) -> BTreeMap<String, String> {
    let model = trained.model();
    let history = &trained.trainings[0].history;
    let last = |losses: &[f64]| losses[losses.len().saturating_sub(LOSSES)..].to_vec();
    let like = match model.like {
        Like::Keras => "keras",
        Like::PyTorch => "pytorch",
    };
    let shape = json!({
        "steps": model.data.steps,
        "features": model.data.features,
        "symbols": model.data.symbols,
        "width": model.data.width,
        "classes": model.data.classes,
        "every": model.data.every,
    });
    let losses = json!({
        "epochs": history.train.len(),
        "train": last(&history.train),
        "validation": last(&history.validation),
    });
    let preparation = json!(trained.preparation);
    [
        ("carousel", env!("CARGO_PKG_VERSION").to_owned()),
        ("model", chain_text(&trained.described.network)),
        ("cells", cells(trained)),
        ("like", like.to_owned()),
        ("data", trained.data_text().to_owned()),
        ("shape", shape.to_string()),
        ("preparation", preparation.to_string()),
        ("history", losses.to_string()),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into()
}

/// The definitions of the user's cells, each once.
fn cells(trained: &Trained) -> String {
    let mut names = BTreeSet::new();
    let mut program = Program::default();
    for layer in trained.described.network.recurrent() {
        if let Cell::User(cell) = &layer.cell
            && names.insert(cell.name.text.clone())
        {
            program.statements.push(Statement {
                kind: StatementKind::Cell((**cell).clone()),
                span: cell.span,
                comments: Vec::new(),
                remarks: Vec::new(),
            });
        }
    }
    print(&program)
}

/// Reads the texts of a file.
///
/// # Errors
/// The name of the first that is missing or cannot be understood.
pub(crate) fn read(texts: &BTreeMap<String, String>) -> Result<Card, &'static str> {
    let text = |name: &'static str| texts.get(name).cloned().ok_or(name);
    let parsed = |name| serde_json::from_str::<Value>(&text(name)?).map_err(|_| name);
    let model = text("model")?;
    let shape = shape(&parsed("shape")?).ok_or("shape")?;
    let preparation: Preparation =
        serde_json::from_str(&text("preparation")?).map_err(|_| "preparation")?;
    if !is_sound(&preparation, shape) {
        return Err("preparation");
    }
    let losses = parsed("history")?;
    let of = |part: &str| -> Vec<f64> {
        let losses = losses[part].as_array();
        losses.into_iter().flatten().filter_map(Value::as_f64).collect()
    };
    let history = History { train: of("train"), validation: of("validation") };
    let epochs = losses["epochs"].as_u64().and_then(|n| usize::try_from(n).ok());
    let like = match text("like")?.as_str() {
        "keras" => Like::Keras,
        "pytorch" => Like::PyTorch,
        _ => return Err("like"),
    };
    let cells = text("cells").unwrap_or_default();
    let epochs = epochs.unwrap_or(history.train.len());
    Ok(Card { model, cells, like, shape, preparation, history, epochs })
}

fn shape(value: &Value) -> Option<DataShape> {
    let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
    // Outside, whether it can be understood; inside, whether there is one.
    let optional = |value: &Value| match value {
        Value::Null => Some(None),
        value => number(value).map(Some),
    };
    Some(DataShape {
        steps: optional(&value["steps"])?,
        features: number(&value["features"])?,
        symbols: optional(&value["symbols"])?,
        width: number(&value["width"])?,
        classes: optional(&value["classes"])?,
        every: value["every"].as_bool()?,
    })
}

/// Whether a preparation agrees with itself and with the shape that it gives: nobody
/// else has looked at a file before it is used.
fn is_sound(preparation: &Preparation, shape: DataShape) -> bool {
    let columns = preparation.inputs.len();
    let steps = preparation.steps.iter().all(|step| match step {
        Fitted::Log => true,
        Fitted::Difference { lag } => (1..=FARTHEST).contains(lag),
        Fitted::Affine { offsets, factors, .. } => {
            offsets.len() == columns + 1
                && factors.len() == columns + 1
                && factors.iter().all(|factor| *factor != 0.0)
        }
    });
    let form = match preparation.form {
        Form::Window { steps, as_features, ahead } => {
            let features =
                if as_features { columns.checked_mul(steps) } else { Some(columns) };
            (1..=FARTHEST).contains(&steps)
                && features == Some(shape.features)
                && (ahead, shape.every) == (shape.width, false)
        }
        Form::Stream { steps } => {
            (1..=FARTHEST).contains(&steps)
                && (columns, 1, true) == (shape.features, shape.width, shape.every)
        }
        Form::Task => columns == shape.features,
        Form::Rows => false,
    };
    columns > 0 && steps && form
}

//! Verbs and prepositions.

use super::{Entry, WordKind};
use crate::ast::Verb;

/// The verbs by their words.
pub(super) const VERBS: &[(&str, Verb)] = &[
    ("train", Verb::Train),
    ("continue", Verb::Continue),
    ("score", Verb::Score),
    ("compare", Verb::Compare),
    ("plot", Verb::Plot),
    ("show", Verb::Show),
    ("step", Verb::Step),
    ("predict", Verb::Predict),
    ("forecast", Verb::Forecast),
    ("generate", Verb::Generate),
    ("save", Verb::Save),
    ("expect", Verb::Expect),
    ("use", Verb::Use),
    ("seed", Verb::Seed),
    ("set", Verb::Set),
    ("runs", Verb::Runs),
    ("undo", Verb::Undo),
    ("reset", Verb::Reset),
    ("check", Verb::Check),
    ("help", Verb::Help),
];

const TRAINING: &[&str] = &[
    "epochs", "batch", "rate", "seed", "momentum", "nesterov", "decay", "clip",
    "patience", "keep", "times", "until", "for", "loss", "shuffle", "like",
];

const fn verb(
    word: &'static str,
    usage: &'static str,
    options: &'static [&'static str],
    help: &'static str,
    example: &'static str,
) -> Entry {
    let kind = WordKind::Verb;
    Entry { word, kind, usage, default: "", options, help, example, ready: true }
}

const fn later(entry: Entry) -> Entry {
    Entry { ready: false, ..entry }
}

const fn preposition(
    word: &'static str,
    help: &'static str,
    example: &'static str,
) -> Entry {
    Entry {
        word,
        kind: WordKind::Preposition,
        usage: "",
        default: "",
        options: &[],
        help,
        example,
        ready: true,
    }
}

/// Verbs and prepositions.
pub(super) const WORDS: &[Entry] = &[
    verb(
        "train",
        "MODEL on DATA [with OPTIMISER]",
        TRAINING,
        "fits a model to the train part of a data set, from fresh weights",
        "train lstm 4 -> dense 1 on air epochs 100 batch 1",
    ),
    verb(
        "continue",
        "MODEL",
        &["epochs", "patience", "keep", "until", "for"],
        "goes on training from the present weights",
        "continue m epochs 50",
    ),
    verb(
        "score",
        "MODEL [on DATA]",
        &[],
        "train and test error in original units, beside the baselines",
        "score m",
    ),
    verb(
        "compare",
        "MODEL, MODEL, ... [on DATA]",
        TRAINING,
        "one table and one plot for several models and baselines",
        "compare naive, ar 12, m on air",
    ),
    verb(
        "plot",
        "[VIEW of] MODEL",
        &["above", "layer", "unit"],
        "draws the fit of a model, its loss, scores, or what happens inside it",
        "plot loss of m",
    ),
    verb(
        "show",
        "[VIEW of] MODEL or DATA",
        &[],
        "describes a model or data set: layers, shapes, weights, kernels",
        "show kernels of m",
    ),
    verb(
        "step",
        "MODEL [on DATA] [at ROW]",
        &["layer", "unit"],
        "walks through one cell, one key press a step, with the numbers filled in",
        "step m on air at 99",
    ),
    verb(
        "predict",
        "MODEL on [VALUES]",
        &[],
        "what the model says comes after some values",
        "predict m on [417 391 419]",
    ),
    verb(
        "forecast",
        "MODEL N",
        &["band"],
        "goes on beyond the end of the data, feeding predictions back",
        "forecast m 24 band 90%",
    ),
    later(verb(
        "generate",
        "MODEL N from TEXT",
        &["temperature", "bias"],
        "writes text from a model of characters",
        "generate w 300 from \"alice was \"",
    )),
    verb(
        "save",
        "MODEL to FILE",
        &["layer", "unit"],
        "writes a model (.safetensors), a plot (.svg, .png) or predictions (.csv)",
        "save m to \"air.safetensors\"",
    ),
    verb(
        "expect",
        "MEASURE of MODEL < NUMBER, or MODEL beats MODEL",
        &[],
        "a test: a script in which one fails ends with exit code 1",
        "expect test rmse of m < 60",
    ),
    verb("use", "FILE", &[], "runs another script here", "use \"common.lstm\""),
    verb("seed", "N", &[], "what every random thing starts from", "seed 42"),
    verb("set", "SETTING VALUE", &[], "changes how things run", "set fusion off"),
    verb(
        "runs",
        "",
        &[],
        "every training of this session, with its line and score",
        "runs",
    ),
    verb("undo", "", &[], "takes back the last statement, weights included", "undo"),
    verb("reset", "MODEL", &[], "empties the memory of a stateful model", "reset m"),
    verb(
        "check",
        "MODEL with MODEL",
        &[],
        "the largest difference of two models' outputs and gradients, from equal weights",
        "check mine 4 with lstm 4",
    ),
    verb("help", "[WORD]", &[], "explains a word or an error code", "help lstm"),
    preposition("on", "before the data", "score m on air"),
    later(preposition(
        "from",
        "before what something starts from",
        "generate w 300 from \"alice\"",
    )),
    preposition("to", "before a file", "save m to \"air.safetensors\""),
    preposition("at", "before a row: its number or its label", "step m on air at 99"),
    preposition("as", "before a form", "show m as equations"),
    preposition(
        "with",
        "before an optimiser, or a second model",
        "check mine 4 with lstm 4",
    ),
    preposition("of", "between a view and a model", "plot loss of m"),
];

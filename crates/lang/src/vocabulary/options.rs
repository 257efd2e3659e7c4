//! Options of commands, views, settings and functions.

use super::{Entry, WordKind};

const fn entry(
    kind: WordKind,
    word: &'static str,
    usage: &'static str,
    default: &'static str,
    help: &'static str,
    example: &'static str,
) -> Entry {
    Entry { word, kind, usage, default, options: &[], help, example, ready: true }
}

const fn option(
    word: &'static str,
    usage: &'static str,
    default: &'static str,
    help: &'static str,
    example: &'static str,
) -> Entry {
    entry(WordKind::CommandOption, word, usage, default, help, example)
}

const fn view(word: &'static str, help: &'static str, example: &'static str) -> Entry {
    entry(WordKind::View, word, "", "", help, example)
}

const fn function(
    word: &'static str,
    usage: &'static str,
    help: &'static str,
    example: &'static str,
) -> Entry {
    entry(WordKind::Function, word, usage, "", help, example)
}

const fn later(entry: Entry) -> Entry {
    Entry { ready: false, ..entry }
}

/// Options of commands, views, settings and functions.
pub(super) const WORDS: &[Entry] = &[
    option(
        "epochs",
        "N",
        "100",
        "how often all of the train part is seen",
        "train m on air epochs 50",
    ),
    option(
        "batch",
        "N",
        "1 up to 1,000 samples, else 32",
        "samples for each change of the weights",
        "train m on air batch 32",
    ),
    option("rate", "X", "0.001", "the learning rate", "train m on air rate 0.01"),
    option(
        "seed",
        "N",
        "7",
        "what the start weights and the order are made from",
        "train m on air seed 42",
    ),
    option(
        "momentum",
        "X",
        "0",
        "how much of the last change is kept (sgd, rmsprop)",
        "train m on air with sgd momentum 0.9",
    ),
    option(
        "nesterov",
        "",
        "",
        "looks at the gradient where the momentum leads (sgd)",
        "train m on air with sgd momentum 0.9 nesterov",
    ),
    option(
        "decay",
        "X",
        "0",
        "weight decay, apart from the gradient (adamw)",
        "train m on air with adamw decay 0.01",
    ),
    option(
        "clip",
        "X",
        "none",
        "the largest norm of a gradient",
        "train m on air clip 1",
    ),
    option(
        "patience",
        "N",
        "none",
        "stops after N epochs without a better validation loss",
        "train m on (airline | split 60% 20% 20% | scale 0..1 | window 3) patience 10",
    ),
    option(
        "keep",
        "best",
        "",
        "goes back to the epoch with the best validation loss",
        "train m on (airline | split 60% 20% 20% | scale 0..1 | window 3) keep best",
    ),
    option(
        "times",
        "N",
        "1",
        "trains with N seeds: median and spread",
        "train m on air times 5",
    ),
    option(
        "until",
        "loss X",
        "",
        "stops when the loss is below X",
        "train m on air until loss 0.01",
    ),
    option(
        "for",
        "30s or 5m",
        "",
        "stops after this time",
        "train m on air epochs 10000 for 30s",
    ),
    option(
        "loss",
        "mse or mae",
        "mse",
        "what training makes small: the mean of squared or of absolute errors",
        "train m on air loss mae",
    ),
    option(
        "shuffle",
        "off or on",
        "on, unless stateful",
        "whether samples come in another order in each epoch",
        "train m on air shuffle off",
    ),
    option(
        "like",
        "pytorch or keras",
        "keras",
        "whose start values, number of biases, and constants of the optimisers",
        "train m on air like pytorch",
    ),
    option(
        "band",
        "P%",
        "none",
        "the band that holds P% of the errors",
        "forecast m 24 band 90%",
    ),
    option(
        "layer",
        "N",
        "the first recurrent one",
        "which layer is looked into, counted from 1",
        "plot weights of m layer 2",
    ),
    option(
        "unit",
        "N",
        "all, or the first few",
        "one unit of the layer, counted from 1",
        "step m at 99 unit 2",
    ),
    later(option("temperature", "X", "1", "how daring generated text is", "")),
    later(option("bias", "X", "0", "how neat generated strokes are", "")),
    later(option("above", "X", "4", "standard deviations that make an anomaly", "")),
    view("fit", "the series with train and test fit", "plot fit of m"),
    view("loss", "the loss of each epoch", "plot loss of m"),
    view("scores", "the errors of all models and baselines", "plot scores of m"),
    view("forecast", "the values to come", "plot forecast of m 24"),
    view("model", "layers, shapes, weights", "show model of m"),
    view(
        "data",
        "steps, parts, and what was learned from the train part",
        "show data of m",
    ),
    view("shapes", "what flows between layers", "show shapes of m"),
    view(
        "kernels",
        "the graph before and after fusion, and the time of each kernel",
        "show kernels of m",
    ),
    view("weights", "the learned numbers, as tables or colours", "show weights of m"),
    view("equations", "the equations of a cell", "show equations of m"),
    later(view("errors", "the errors over time", "")),
    view(
        "gates",
        "the gates and all other equations over the steps of a window",
        "plot gates of m at 99",
    ),
    view("state", "the state over the steps of a window", "plot state of m at 99"),
    later(view("memory", "the cell over the steps of a window", "")),
    view(
        "gradients",
        "how far gradients reach back: the norm of dL/dh, and of dL/dc, at each step",
        "plot gradients of m",
    ),
    later(view("attention", "what a decoder looks at", "")),
    later(view("confusion", "which labels are taken for which", "")),
    later(view("anomalies", "what the model did not expect", "")),
    later(view("lag", "the correlation of the fit with the past", "")),
    entry(
        WordKind::Setting,
        "fusion",
        "on or off",
        "on",
        "fuses cells and products into kernels",
        "set fusion off",
    ),
    entry(
        WordKind::Setting,
        "executor",
        "plan or luminal",
        "plan",
        "what runs the graph",
        "set executor luminal",
    ),
    entry(
        WordKind::Setting,
        "threads",
        "auto or N",
        "auto",
        "threads for `times` and large layers; auto: all cores",
        "set threads 2",
    ),
    entry(
        WordKind::Setting,
        "memory",
        "high or low",
        "high",
        "low trains in less memory and in more time",
        "set memory low",
    ),
    entry(
        WordKind::Setting,
        "hints",
        "on or off",
        "on",
        "one-line hints",
        "set hints off",
    ),
    entry(
        WordKind::Setting,
        "theme",
        "light or dark",
        "light",
        "the ground of plots",
        "set theme dark",
    ),
    entry(
        WordKind::Setting,
        "plots",
        "auto, off, text, graphics or window",
        "auto",
        "where plots are shown",
        "set plots text",
    ),
    function(
        "sigmoid",
        "(a)",
        "1 / (1 + exp(-a)): a gate",
        "f = sigmoid(Wf x + Uf h + bf)",
    ),
    function("tanh", "(a)", "between -1 and 1", "h = tanh(W x + U h + b)"),
    function("relu", "(a)", "max(a, 0)", "h = relu(W x + U h + b)"),
    function("softplus", "(a)", "log(1 + exp(a))", "h = softplus(W x + b)"),
    function(
        "softmax",
        "(a)",
        "shares over the units that sum to 1",
        "h = softmax(W x + U h + b)",
    ),
    function("exp", "(a)", "e to the a", "d = exp(-relu(W x + b))"),
    function("log", "(a)", "natural logarithm", "h = log(1 + exp(W x + b))"),
    function("sqrt", "(a)", "square root", "h = sqrt(1 + (W x) * (W x))"),
    function("abs", "(a)", "size without sign", "h = abs(W x + b)"),
    function("max", "(a, b)", "the larger of two", "h = max(W x, U h)"),
    function("min", "(a, b)", "the smaller of two", "h = min(W x, 1)"),
    function(
        "norm",
        "(a)",
        "the length of the vector, the same for all units",
        "h = g / (1 + norm(g))",
    ),
];

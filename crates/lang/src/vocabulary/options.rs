//! Options of commands, views, settings and functions.

use super::{Entry, WordKind};

const fn entry(
    kind: WordKind,
    word: &'static str,
    usage: &'static str,
    default: &'static str,
    help: &'static str,
) -> Entry {
    Entry { word, kind, usage, default, options: &[], help, example: "", ready: true }
}

const fn option(
    word: &'static str,
    usage: &'static str,
    default: &'static str,
    help: &'static str,
) -> Entry {
    entry(WordKind::CommandOption, word, usage, default, help)
}

const fn view(word: &'static str, help: &'static str) -> Entry {
    entry(WordKind::View, word, "", "", help)
}

const fn function(word: &'static str, usage: &'static str, help: &'static str) -> Entry {
    entry(WordKind::Function, word, usage, "", help)
}

const fn later(entry: Entry) -> Entry {
    Entry { ready: false, ..entry }
}

/// Options of commands, views, settings and functions.
pub(super) const WORDS: &[Entry] = &[
    option("epochs", "N", "100", "how often all of the train part is seen"),
    option(
        "batch",
        "N",
        "1 up to 1,000 samples, else 32",
        "samples for each change of the weights",
    ),
    option("rate", "X", "0.001", "the learning rate"),
    option("seed", "N", "7", "what the start weights and the order are made from"),
    option("momentum", "X", "0", "how much of the last change is kept (sgd, rmsprop)"),
    option("nesterov", "", "", "looks at the gradient where the momentum leads (sgd)"),
    option("decay", "X", "0", "weight decay, apart from the gradient (adamw)"),
    option("clip", "X", "none", "the largest norm of a gradient"),
    option(
        "patience",
        "N",
        "none",
        "stops after N epochs without a better validation loss",
    ),
    option("keep", "best", "", "goes back to the epoch with the best validation loss"),
    option("times", "N", "1", "trains with N seeds: median and spread"),
    option("until", "loss X", "", "stops when the loss is below X"),
    option("for", "30s or 5m", "", "stops after this time"),
    option("loss", "mse or mae", "mse", "what training makes small"),
    option("shuffle", "off", "on, unless stateful", "keeps the samples in their order"),
    option("like", "pytorch or keras", "keras", "whose start values, epsilon and biases"),
    option("band", "P%", "none", "the band that holds P% of the errors"),
    later(option("temperature", "X", "1", "how daring generated text is")),
    later(option("bias", "X", "0", "how neat generated strokes are")),
    later(option("above", "X", "4", "standard deviations that make an anomaly")),
    view("fit", "the series with train and test fit"),
    view("loss", "the loss of each epoch"),
    view("scores", "the errors of all models and baselines"),
    view("model", "layers, shapes, weights"),
    view("data", "steps, parts, and what was learned from the train part"),
    view("shapes", "what flows between layers"),
    view("kernels", "the graph before and after fusion, and the time of each kernel"),
    view("weights", "the learned numbers"),
    view("equations", "the equations of a cell"),
    later(view("errors", "the errors over time")),
    later(view("gates", "the gates over the steps of a window")),
    later(view("state", "the state over the steps of a window")),
    later(view("memory", "the cell over the steps of a window")),
    later(view("gradients", "how far gradients reach back")),
    later(view("attention", "what a decoder looks at")),
    later(view("confusion", "which labels are taken for which")),
    later(view("anomalies", "what the model did not expect")),
    later(view("lag", "the correlation of the fit with the past")),
    entry(
        WordKind::Setting,
        "fusion",
        "on or off",
        "on",
        "fuses cells and products into kernels",
    ),
    entry(
        WordKind::Setting,
        "executor",
        "plan or luminal",
        "plan",
        "what runs the graph",
    ),
    entry(
        WordKind::Setting,
        "threads",
        "N",
        "1",
        "threads that share the seeds of `times`, or a large layer",
    ),
    entry(WordKind::Setting, "hints", "on or off", "on", "one-line hints"),
    entry(WordKind::Setting, "theme", "light or dark", "light", "the ground of plots"),
    later(entry(
        WordKind::Setting,
        "plots",
        "off or text",
        "text",
        "plots in the terminal",
    )),
    function("sigmoid", "(a)", "1 / (1 + exp(-a)): a gate"),
    function("tanh", "(a)", "between -1 and 1"),
    function("relu", "(a)", "max(a, 0)"),
    function("softplus", "(a)", "log(1 + exp(a))"),
    function("softmax", "(a)", "shares over the units that sum to 1"),
    function("exp", "(a)", "e to the a"),
    function("log", "(a)", "natural logarithm"),
    function("sqrt", "(a)", "square root"),
    function("abs", "(a)", "size without sign"),
    function("max", "(a, b)", "the larger of two"),
    function("min", "(a, b)", "the smaller of two"),
    function("norm", "(a)", "the length of the vector, the same for all units"),
];

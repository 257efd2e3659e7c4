//! Options of sources and data steps, optimisers, measures, and the words between the
//! others.

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
    entry(WordKind::DataOption, word, usage, default, help, example)
}

const fn later(word: &'static str, usage: &'static str, help: &'static str) -> Entry {
    Entry { ready: false, ..option(word, usage, "", help, "") }
}

const fn optimiser(
    word: &'static str,
    options: &'static [&'static str],
    help: &'static str,
    example: &'static str,
) -> Entry {
    Entry { options, ..entry(WordKind::Optimiser, word, "", "", help, example) }
}

const fn measure(word: &'static str, help: &'static str, example: &'static str) -> Entry {
    entry(WordKind::Measure, word, "", "", help, example)
}

const fn keyword(
    word: &'static str,
    usage: &'static str,
    help: &'static str,
    example: &'static str,
) -> Entry {
    entry(WordKind::Keyword, word, usage, "", help, example)
}

/// Options of sources and data steps, optimisers, measures, and other words.
pub(super) const WORDS: &[Entry] = &[
    option(
        "column",
        "NAME|N",
        "the first column of numbers",
        "the column of a file to read, by its name or its place counted from 1",
        "csv \"air.csv\" column \"Passengers\"",
    ),
    option(
        "columns",
        "NAME NAME ...",
        "one column",
        "several columns of a file, all of them inputs",
        "csv \"w.csv\" columns \"temp\" \"wind\"",
    ),
    option(
        "time",
        "NAME",
        "a column of dates, if there is one",
        "the column of a file that names its rows",
        "csv \"w.csv\" time \"day\" column \"temp\"",
    ),
    later("by", "NAME", "one sequence for each value of a column"),
    later("label", "NAME", "the column of classes"),
    later("text", "NAME", "the column of texts"),
    option(
        "period",
        "P",
        "25",
        "how many steps one wave of `sine` takes",
        "sine 200 period 12",
    ),
    option(
        "noise",
        "S",
        "0",
        "the standard deviation of what is added to `sine` by chance",
        "sine 200 noise 0.1",
    ),
    option(
        "lag",
        "K",
        "3",
        "after how many steps `echo` repeats a bit",
        "echo 2000 lag 5",
    ),
    option("first", "N", "", "so many at the beginning", "airline | skip first 12"),
    option("last", "N", "", "so many at the end", "airline | skip last 12"),
    option(
        "apart",
        "",
        "windows of a part may begin in the part before",
        "no window crosses the border of two parts, and memory begins empty in each",
        "airline | split 67% apart | window 3",
    ),
    option(
        "over",
        "all",
        "from the train part only",
        "a step learns from the test part too, which hint H1 calls a leak",
        "airline | scale 0..1 over all | split 67%",
    ),
    option(
        "as",
        "features",
        "N steps of one value",
        "a window of N values becomes one step of N values",
        "airline | split 67% | window 3 as features",
    ),
    option(
        "ahead",
        "H",
        "1",
        "the H values after a window are its targets, all at once",
        "airline | split 67% | window 12 ahead 6",
    ),
    option(
        "stride",
        "K",
        "1",
        "keeps each K-th window",
        "airline | split 67% | window 12 stride 3",
    ),
    optimiser(
        "adam",
        &["rate"],
        "a step for each weight by the mean of its gradients and of their squares",
        "train m on air with adam rate 0.01",
    ),
    optimiser(
        "adamw",
        &["rate", "decay"],
        "`adam`, and each weight shrinks a little by `decay`",
        "train m on air with adamw decay 0.01",
    ),
    optimiser(
        "sgd",
        &["rate", "momentum", "nesterov"],
        "each weight goes against its gradient, times the rate",
        "train m on air with sgd rate 0.01 momentum 0.9",
    ),
    optimiser(
        "rmsprop",
        &["rate", "momentum"],
        "divides each gradient by the size that it had lately",
        "train m on air with rmsprop rate 0.001",
    ),
    optimiser(
        "adagrad",
        &["rate"],
        "divides each gradient by the size of all that came before it",
        "train m on air with adagrad rate 0.01",
    ),
    measure(
        "rmse",
        "root of the mean of the squared errors, in units of the target",
        "expect test rmse of m < 60",
    ),
    measure(
        "mae",
        "mean of the absolute errors, in units of the target",
        "expect mae of m < 50",
    ),
    measure(
        "mape",
        "mean of the absolute errors in percent of the truth; empty where a truth is 0",
        "expect mape of m < 10",
    ),
    measure(
        "mase",
        "`mae` divided by that of `naive` over the train part: below 1 is better than that",
        "expect mase of m < 1",
    ),
    keyword(
        "cell",
        "NAME",
        "begins a recurrent layer of your own, whose equations follow up to `end`",
        "cell plain\n  h = tanh(W x + U h + b)\nend",
    ),
    keyword("end", "", "ends a cell", "cell plain\n  h = tanh(W x + U h + b)\nend"),
    keyword(
        "gives",
        "NAME",
        "in a cell: what the next layer reads, where that is not `h`",
        "cell plain\n  y = tanh(W x + U y + b)\n  gives y\nend",
    ),
    keyword(
        "starts",
        "N",
        "after a vector of a cell: its value before training",
        "cell plain\n  h = tanh(W x + U h + b)\n  b starts 1\nend",
    ),
    keyword(
        "x",
        "N",
        "after a layer: N of them, one on the other; in a cell: the input",
        "lstm 8 x 2 -> dense 1",
    ),
    keyword(
        "data",
        "NAME =",
        "says that a name stands for data",
        "data air = airline | split 67% | window 3",
    ),
    keyword(
        "model",
        "NAME =",
        "says that a name stands for a model",
        "model m = lstm 4 -> dense 1",
    ),
    keyword(
        "beats",
        "MODEL",
        "after `expect`: has the smaller error on the part that decides",
        "expect m beats naive",
    ),
    keyword(
        "validation",
        "",
        "the second of three parts: training watches it and does not learn from it",
        "airline | split 60% 20% 20%",
    ),
    keyword(
        "test",
        "",
        "the last part, which no training sees",
        "expect test rmse of m < 60",
    ),
    keyword(
        "best",
        "",
        "after `keep`: the best epoch; after `expect`: the best of several seeds",
        "expect best rmse of m < 60",
    ),
    keyword(
        "worst",
        "",
        "after `expect`: the worst of several seeds",
        "expect worst rmse of m < 60",
    ),
    keyword(
        "session",
        "to FILE",
        "after `save`: the statements that still matter, as a script",
        "save session to \"lesson.lstm\"",
    ),
];

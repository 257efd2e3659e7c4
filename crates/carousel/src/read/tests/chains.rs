//! Chains, sweeps, baselines and subjects, and what is said of wrong ones.

use carousel_net::network::{LayerKind, Network, Output, Recurrent};

use super::{said, state, value};
use crate::read::names::no_such_name;
use crate::read::{Subject, baseline, networks, subject};
use crate::state::{Described, Named};

/// The networks, or the message.
fn check(text: &str, expected: &str) {
    let found = match networks(&value(text), &state()) {
        Ok(all) => {
            let all: Vec<String> = all.iter().map(|d| show(&d.network)).collect();
            all.join("; ")
        }
        Err(error) => said(&error),
    };
    assert_eq!(found, expected, "{text}");
}

/// The layers, each with everything that was asked for.
fn show(network: &Network) -> String {
    let layers: Vec<String> =
        network.layers.iter().map(|l| show_layer(&l.kind)).collect();
    layers.join(" -> ")
}

fn show_layer(kind: &LayerKind) -> String {
    match kind {
        LayerKind::Recurrent(recurrent) => show_recurrent(recurrent),
        LayerKind::Dense { units, activation, frozen } => {
            let units = units.map_or("?".to_owned(), |units| units.to_string());
            let frozen = if *frozen { " frozen" } else { "" };
            format!("dense {units} {activation:?}{frozen}")
        }
        LayerKind::Dropout { rate } => format!("dropout {rate}"),
        LayerKind::Flat => "flat".to_owned(),
        LayerKind::Embed { units, .. } => format!("embed {units}"),
    }
}

fn show_recurrent(layer: &Recurrent) -> String {
    let mut text = format!("{} {}", layer.cell.word(), layer.units);
    let words = [
        (layer.stateful, "stateful"),
        (layer.bidirectional, "bidirectional"),
        (layer.output == Some(Output::Last), "last"),
        (layer.output == Some(Output::Every), "every"),
        (layer.frozen, "frozen"),
    ];
    for (_, word) in words.iter().filter(|(holds, _)| *holds) {
        text += &format!(" {word}");
    }
    let shares =
        [(layer.dropout, "dropout"), (layer.recurrent_dropout, "recurrent-dropout")];
    for (share, word) in shares.iter().filter(|(share, _)| *share > 0.0) {
        text += &format!(" {word} {share}");
    }
    text
}

#[test]
fn layers_are_read() {
    check(
        "lstm 4 stateful -> lstm 4 -> dense 1",
        "lstm 4 stateful -> lstm 4 -> dense 1 Linear",
    );
    check("gru 16 bidirectional every", "gru 16 bidirectional every");
    check(
        "rnn 3 recurrent-dropout 0.1 frozen last dropout 0.25",
        "rnn 3 last frozen dropout 0.25 recurrent-dropout 0.1",
    );
    check("mine 4 stateful -> dense", "mine 4 stateful -> dense ? Linear");
    check(
        "flat -> dense 8 relu -> dropout 0.2 -> dense sigmoid frozen",
        "flat -> dense 8 Relu -> dropout 0.2 -> dense ? Sigmoid frozen",
    );
    check("dense 2 tanh -> dense 1 linear", "dense 2 Tanh -> dense 1 Linear");
}

#[test]
fn repeats_and_groups_are_stacked() {
    check("lstm 2 x 3 -> dense 1", "lstm 2 -> lstm 2 -> lstm 2 -> dense 1 Linear");
    check(
        "(lstm 4 -> dropout 0.5) x 2 -> dense 1",
        "lstm 4 -> dropout 0.5 -> lstm 4 -> dropout 0.5 -> dense 1 Linear",
    );
    check("((lstm 1 x 100) x 100) -> dense 1", "the chain has more than 1000 layers | -");
}

#[test]
fn braces_sweep_from_the_left() {
    check("lstm {1 2} -> dense 1", "lstm 1 -> dense 1 Linear; lstm 2 -> dense 1 Linear");
    check(
        "(lstm {1 2} dropout {0 0.5}) -> dense {3 4}",
        "lstm 1 -> dense 3 Linear; lstm 1 -> dense 4 Linear; \
         lstm 1 dropout 0.5 -> dense 3 Linear; lstm 1 dropout 0.5 -> dense 4 Linear; \
         lstm 2 -> dense 3 Linear; lstm 2 -> dense 4 Linear; \
         lstm 2 dropout 0.5 -> dense 3 Linear; lstm 2 dropout 0.5 -> dense 4 Linear",
    );
    let all = networks(&value("lstm {1 2} -> dense 1"), &state()).expect("two chains");
    let texts: Vec<&str> = all.iter().map(|d| d.text.as_str()).collect();
    assert_eq!(texts, ["lstm 1 -> dense 1", "lstm 2 -> dense 1"]);
    check(
        "lstm {} -> dense 1",
        "the braces have nothing to choose from | lstm {1 2 4} -> dense 1",
    );
    check("lstm {1 {2 3}}", "braces stand inside braces | lstm {1 2 4} -> dense 1");
    let ten = "{1 2 3 4 5 6 7 8 9 10}";
    check(
        &format!("lstm {ten} -> lstm {ten} -> lstm {ten} -> lstm {ten}"),
        "the braces mean more than 1000 models | -",
    );
}

#[test]
fn names_stand_for_their_layers() {
    check("m", "lstm 4 -> dense 1 Linear");
    check("m -> dense 3", "lstm 4 -> dense 1 Linear -> dense 3 Linear");
    check("one -> dense 1", "lstm 8 stateful -> dense 2 Linear -> dense 1 Linear");
    let copied = |text: &str| -> Vec<(usize, usize)> {
        let all = networks(&value(text), &state()).expect("a chain");
        let Described { copies, .. } = &all[0];
        copies.iter().map(|copy| (copy.first, copy.layers)).collect()
    };
    assert_eq!(copied("one -> dense 1"), []);
    assert_eq!(copied("one frozen -> dense 1"), [(0, 2)]);
    assert_eq!(copied("lstm 2 -> (one frozen -> flat) x 2"), [(1, 2), (4, 2)]);
    check(
        "one frozen -> dense 1",
        "lstm 8 stateful frozen -> dense 2 Linear frozen -> dense 1 Linear",
    );
    check(
        "m frozen -> dense 1",
        "`m` has learned nothing that could be frozen | m = train m on air",
    );
    check("m stateful -> dense 1", "E7 `m` has no option `stateful` | m -> dense 1");
    check("m 4 -> dense 1", "`m` has no use for 4 | m -> dense 1");
}

#[test]
fn numbers_of_layers_are_checked() {
    let units = "the number of units of `lstm` is a whole number from 1 to 65536, not";
    check("lstm 0 -> dense 1", &format!("{units} 0 | lstm 1 -> dense 1"));
    check("lstm 2.5", &format!("{units} 2.5 | lstm 3"));
    check("lstm {1 100000}", &format!("{units} 100000 | lstm 65536"));
    check("lstm -3", &format!("{units} -3 | lstm 1"));
    let share = "is a number from 0 up to, not including, 1, not";
    check("dropout 1", &format!("the share of `dropout` {share} 1 | dropout 0.2"));
    check(
        "lstm 4 dropout 20%",
        &format!("the share of `dropout` {share} 20% | lstm 4 dropout 0.2"),
    );
    check("dropout", "E2 `dropout` needs its share: `dropout 0.2` | dropout 0.2");
    // The number here belongs to `dropout`.
    check(
        "lstm dropout 0.2 -> dense 1",
        "E2 `lstm` needs its number of units: `lstm 4` | lstm 4 dropout 0.2 -> dense 1",
    );
    check(
        "mine -> dense 1",
        "E2 `mine` needs its number of units: `mine 4` | mine 4 -> dense 1",
    );
    check("lstm 4 5", "`lstm` has no use for 5 | lstm 4");
    check("dense 50%", "`dense` has no use for 50% | dense");
}

#[test]
fn options_of_layers_are_checked() {
    check(
        "lstm 4 stateful bidirectional -> dense 1",
        "a bidirectional layer cannot be stateful | lstm 4 bidirectional -> dense 1",
    );
    check("lstm 4 last every", "`last` and `every` exclude each other | lstm 4 last");
    check("lstm 4 last last", "`last` stands twice | -");
    check("dense 8 relu tanh", "`dense` has one activation, not two | dense 8 relu");
    check("mine 4 statefull", "E1 `mine` has no option `statefull` | mine 4 stateful");
    check("mine 4 relu", "E7 `mine` has no option `relu` | mine 4");
}

#[test]
fn what_is_no_layer_is_said() {
    check("ltsm 4 -> dense 1", "E1 unknown layer `ltsm` | lstm 4 -> dense 1");
    check("lsmt", "E13 nothing is named `lsmt` | lstm 4");
    check("lsmt 4", "E1 unknown layer `lsmt` | lstm 4");
    check("lstm 4 -> mien 4", "E1 unknown layer `mien` | lstm 4 -> mine 4");
    check("lstm 4 -> elephant", "E1 unknown layer `elephant` | -");
    check(
        "lstm 4 -> air",
        "E3 `air` is data; data does not flow by `->` | train lstm 4 on air",
    );
    check(
        "air -> dense 1",
        "E3 `air` is data; data does not flow by `->` | train dense 1 on air",
    );
    check(
        "(airline | log) -> dense 1",
        "E3 a pipe of data is no layer | train dense 1 on (airline | log)",
    );
    check(
        "naive -> dense 1",
        "`naive` is a baseline; it stands alone | compare naive, lstm 4 -> dense 1 on airline",
    );
    check(
        "lstm 4 -> relu -> dense 1",
        "`relu` is an activation; it follows `dense` | lstm 4 -> dense 8 relu -> dense 1",
    );
    check(
        "lstm 4 -> stateful",
        "`stateful` is an option; it follows its layer | lstm 4 stateful -> dense 1",
    );
    check("lstm 4 -> [1 2]", "[1 2] is no layer | -");
}

#[test]
fn what_comes_later_is_said() {
    let later = |word: &str, hint: &str| {
        format!("`{word}` is not built into this version | {hint}")
    };
    check("embed 32 -> lstm 4", &later("embed", "lstm 4 -> dense 1"));
    check("conv 8 width 3 -> lstm 4", &later("conv", "flat -> dense 8 relu -> dense 1"));
    check("lstm 8 attend", &later("attend", "lstm 4 -> dense 1"));
    check("lstm 8 => lstm 8 -> dense", &later("=>", "lstm 4 -> dense 1"));
}

/// The baseline, the message, or nothing.
fn check_baseline(text: &str, expected: &str) {
    let found = match baseline(&value(text)) {
        None => "none".to_owned(),
        Some(Ok(baseline)) => format!("{baseline:?}"),
        Some(Err(error)) => said(&error),
    };
    assert_eq!(found, expected, "{text}");
}

#[test]
fn baselines_are_read() {
    check_baseline("naive", "Naive");
    check_baseline("mean", "Mean");
    check_baseline("(drift)", "Drift");
    check_baseline("seasonal 12", "Seasonal(12)");
    check_baseline("growth 4", "Growth(4)");
    check_baseline("ar 12", "Ar(12)");
    check_baseline("lstm 4", "none");
    check_baseline("naive -> dense 1", "none");
    check_baseline("naive 3", "`naive` has no use for 3 | naive");
    check_baseline(
        "seasonal 0",
        "the season of `seasonal` is a whole number from 1 to 100000, not 0 | seasonal 1",
    );
    check_baseline("markov 3", "`markov` is not built into this version | ar 12");
}

#[test]
fn subjects_are_told_apart() {
    let mut state = state();
    let kind = |text: &str, state: &_| match subject(&value(text), state) {
        Ok(Subject::Data(data)) => format!("data {}", data.text),
        Ok(Subject::Networks(all)) => {
            let texts: Vec<String> = all.into_iter().map(|d| d.text).collect();
            format!("networks {}", texts.join(", "))
        }
        Ok(Subject::Trained { name, .. }) => format!("trained {name}"),
        Ok(Subject::Baseline(baseline)) => format!("baseline {baseline:?}"),
        Err(error) => said(&error),
    };
    let cases = [
        ("air", "data air"),
        ("(count 60 | log)", "data count 60 | log"),
        ("m", "networks lstm 4 -> dense 1"),
        ("lstm {1 2}", "networks lstm 1, lstm 2"),
        ("(one)", "trained one"),
        ("ar 3", "baseline Ar(3)"),
        ("mine", "E2 `mine` needs its number of units: `mine 4` | mine 4"),
        ("noe", "E13 nothing is named `noe` | one"),
        ("it", "E13 there is no `it` yet: nothing has been made | lstm 4 -> dense 1"),
    ];
    for (text, expected) in cases {
        assert_eq!(kind(text, &state), expected, "{text}");
    }
    state.it_data = match &state.names["air"] {
        Named::Data(data) => Some(data.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(kind("it", &state), "data air");
    state.it_model = state.names.get("one").cloned();
    assert_eq!(kind("it", &state), "trained it");
    assert_eq!(kind("it | log", &state), "data air | log");
}

#[test]
fn a_missing_name_lists_what_there_is() {
    let word = |text: &str| match &value(text).first.kind {
        carousel_lang::ast::PartKind::Word { word, .. } => word.clone(),
        other => panic!("{other:?}"),
    };
    let error = no_such_name(&word("n2x"), &state());
    assert_eq!(said(&error), "E13 nothing is named `n2x` | -");
    assert_eq!(error.notes, ["Models: m, one. Data: air. Cells: mine"]);
    let error = no_such_name(&word("n2x"), &Default::default());
    assert_eq!(error.notes, ["nothing has a name yet"]);
}

//! What is said of texts that are being typed.

use super::{Want, expected, highlights, is_open};
use crate::{Source, SourceId};

fn source(text: &str) -> Source {
    Source { id: SourceId(0), name: "<line 1>".to_owned(), text: text.to_owned() }
}

#[test]
fn a_statement_that_goes_on_is_open() {
    for text in [
        "cell mine",
        "cell mine\n  h = tanh(Wx x)\n",
        "data air = airline |",
        "data air =",
        "lstm 4 ->  # the first layer",
        "lstm 4 =>",
        "compare naive,",
        "train (lstm 4",
        "predict m on [417",
        "runs\ntrain lstm {1 2",
    ] {
        assert!(is_open(&source(text)), "{text:?}");
    }
}

#[test]
fn a_whole_statement_is_not_open() {
    for text in [
        "",
        "# only a comment (",
        "cell mine\n  h = tanh(Wx x)\nend\n",
        "cell mine\nend  # done",
        "lstm 4 -> dense 1",
        "lstm 4 -> dense 1 # wide |",
        "load \"odd ( name.safetensors\"",
        "load \"odd # \\\" ( name.safetensors\"",
        "train (lstm 4 -> dense 1) on air",
        "load \"never closed",
    ] {
        assert!(!is_open(&source(text)), "{text:?}");
    }
}

/// The classes of a text's words, as `word:Class`, in order.
fn classes(text: &str) -> String {
    let source = source(text);
    let of = |h: &super::Highlight| format!("{}:{:?}", &text[h.span.range()], h.class);
    highlights(&source).iter().map(of).collect::<Vec<_>>().join(" ")
}

#[test]
fn words_have_the_class_of_their_place() {
    let cases = [
        ("lstm 4 stateful", "lstm:Layer 4:Number stateful:Option"),
        (
            "data log_air = airline | log # x",
            "data:Keyword log_air:Name =:Joint airline:Source |:Joint log:Step # x:Comment",
        ),
        ("plot loss of m", "plot:Verb loss:View of:Preposition m:Name"),
        (
            "train m on air loss mae",
            "train:Verb m:Name on:Preposition air:Name loss:Option mae:Option",
        ),
        (
            "m x 3 -> dropout 0.2",
            "m:Name x:Keyword 3:Number ->:Joint dropout:Layer 0.2:Number",
        ),
        ("lstm 4 dropout 0.2", "lstm:Layer 4:Number dropout:Option 0.2:Number"),
        ("set theme dark", "set:Verb theme:Option dark:Option"),
        (
            "csv \"a.csv\" column \"b\"",
            "csv:Source \"a.csv\":Text column:Option \"b\":Text",
        ),
        ("expect m beats naive", "expect:Verb m:Name beats:Keyword naive:Baseline"),
        ("train = lstm 4", "train:Name =:Joint lstm:Layer 4:Number"),
        (
            "cell a\n h = tanh(W x)\nend",
            "cell:Keyword a:Name h:Name =:Joint tanh:Function (:Joint W:Matrix x:Name ):Joint \
             end:Keyword",
        ),
        ("模型 = lstm 4", "模型:Name =:Joint lstm:Layer 4:Number"),
        ("lstm ? 4", "lstm:Layer 4:Number"),
    ];
    for (text, wanted) in cases {
        assert_eq!(classes(text), wanted, "{text:?}");
    }
}

/// What fits at `^` in a text, as words.
fn fits(marked: &str) -> Vec<String> {
    let cursor = marked.find('^').expect("a mark");
    let text = marked.replacen('^', "", 1);
    let found = expected(&source(&text), cursor);
    let word = |want: &Want| match want {
        Want::Entry(entry) => entry.word.to_owned(),
        Want::Value(value, _) => (*value).to_owned(),
        other => format!("{other:?}"),
    };
    found.wants.iter().map(word).collect()
}

#[test]
fn what_fits_follows_from_what_stands_before() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        (
            "^",
            &["train", "lstm", "airline", "data", "Cell"],
            &["window", "on", "stateful"],
        ),
        ("tr^", &["train"], &["window"]),
        ("airline | ^", &["split", "window"], &["lstm", "train"]),
        ("lstm 4 -> ^", &["lstm", "dense", "Cell"], &["window", "airline"]),
        ("lstm 4 ^", &["stateful", "bidirectional"], &["window", "epochs"]),
        ("data air = ^", &["airline", "csv", "train"], &["score", "window"]),
        ("train ^", &["Model", "lstm", "Cell"], &["naive", "window"]),
        ("train m ^", &["on", "with", "epochs"], &["stateful"]),
        ("train m on ^", &["Data", "airline"], &["lstm"]),
        ("train m on air ^", &["epochs", "batch", "with"], &["stateful"]),
        ("train m on air like ^", &["pytorch", "keras"], &["epochs"]),
        ("train m on air with ^", &["adam", "sgd"], &["Model"]),
        ("check mine 4 with ^", &["lstm", "Model"], &["adam"]),
        ("compare naive, ^", &["naive", "ar", "Model"], &["epochs"]),
        ("plot ^", &["loss", "Model"], &["epochs"]),
        ("plot loss of ^", &["Model"], &["loss"]),
        ("set ^", &["fusion", "threads"], &["loss"]),
        ("set fusion ^", &["on", "off"], &["fusion"]),
        ("train lstm 4 on (airline | ^", &["window"], &["lstm"]),
        ("lstm 4 ->\n ^", &["dense"], &["window"]),
        ("runs\n^", &["train"], &["window"]),
        ("cell mine\n h = ^", &["sigmoid", "tanh"], &["lstm"]),
        ("cell mine\n h = x\nend\n^", &["train"], &["sigmoid"]),
        ("csv \"^", &["File"], &["column"]),
        ("csv \"a.csv\" ^", &["column", "skip"], &["lstm"]),
        ("csv \"a.csv\" column \"^", &["Column"], &["column"]),
        ("save m to \"^", &["File"], &[]),
        ("lstm 4 # ^", &[], &["stateful"]),
    ];
    for (text, wanted, unwanted) in cases {
        let found = fits(text);
        for word in *wanted {
            assert!(found.iter().any(|w| w == word), "{text:?}: no {word} in {found:?}");
        }
        for word in *unwanted {
            assert!(!found.iter().any(|w| w == word), "{text:?}: {word} in {found:?}");
        }
    }
}

#[test]
fn the_word_at_the_cursor_is_found() {
    let word = |text: &str, cursor| {
        let found = expected(&source(text), cursor);
        text[found.word].to_owned()
    };
    assert_eq!(word("lstm 4->den", 11), "den");
    assert_eq!(word("lstm 4 recurrent-dr", 19), "recurrent-dr");
    assert_eq!(word("csv \"data/ai", 12), "data/ai");
    assert_eq!(word("模型", 4), "模");
    assert_eq!(word("lstm", 400), "lstm");
}

#[test]
fn the_file_of_a_column_is_known() {
    let found = expected(&source("data a = csv \"a.csv\" column \"Pa"), 31);
    assert_eq!(found.file.as_deref(), Some("a.csv"));
    let found = expected(&source("air | target \"Pa"), 16);
    assert_eq!(found.first.as_deref(), Some("air"));
}

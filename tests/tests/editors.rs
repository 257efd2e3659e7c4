//! What editors know of the language: the lists of words in the TextMate grammar and in
//! the Pygments lexer are those of the vocabulary, and what its own reader says of the
//! examples stands beside them for their tests. `CAROUSEL_BLESS=1` renews all three.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use carousel_lang::reading::{Class, highlights, lists};
use carousel_lang::{Sources, parse};
use carousel_tests::{files_ending, root};
use serde_json::{Value, json};

const GRAMMAR: &str = "vscode/syntaxes/carousel.tmLanguage.json";
const WORDS: &str = "pygments/carousel_pygments/words.py";
const CLASSES: &str = "pygments/tests/classes.json";

/// Programs that the examples have no like of.
const PROGRAMS: [&str; 8] = [
    "模型 = lstm 4 bidirectional -> dense 1\ndeep = gru 4 ->\n  dense 1 relu # wide |",
    "data w = sine 200 period 12 noise 0.1 | window 12 as features ahead 3 stride 2",
    "train m on air with sgd rate 1e-3 momentum 0.9 nesterov epochs 5 for 30s loss mae",
    "compare naive, seasonal 12, ar 12, (flat -> dense 8 tanh -> dense 1) on (airline\n  | split 70% 15% 15%)",
    "plot loss of m to \"größe \\\"a\\\".svg\"\nplot scores\nshow test rmse of it\nset theme dark\nhelp log",
    "train lstm {1 2 4} recurrent-dropout 0.2 x 2 -> dense 1 on air times 5\nexpect it beats naive",
    "predict m on [[1 2] [-3 4.5]]\nforecast m 24 band 90%\nseed 42\nundo\nuse \"common.lstm\"\nruns",
    "cell mine # header\n  z = sigmoid(Wz x-Uz h)\n  h = (1-z)*h+z*tanh(W x+U(z*h))/2\n  b starts -1\n  gives h\nend\nsave m to \"m.safetensors\"",
];

/// The words of a list, sorted.
fn words(list: &str) -> BTreeSet<&'static str> {
    let of = |list: &str| {
        let found = lists().into_iter().find(|(name, _)| *name == list);
        found.unwrap_or_else(|| panic!("there is no list of {list}")).1
    };
    match list {
        // `plot lag` is no view where `lag` can begin a chain.
        "lone views" => {
            let begins = ["sources", "layers", "baselines"].into_iter().flat_map(of);
            let begins: BTreeSet<&str> = begins.collect();
            of("views").difference(&begins).copied().collect()
        }
        list => of(list),
    }
}

/// A file of `docs/editors`, which holds what it should or is renewed.
fn holds(file: &str, expected: &str) {
    let path = editors().join(file);
    let found = fs::read_to_string(&path).unwrap_or_default();
    if found == expected {
        return;
    }
    if std::env::var_os("CAROUSEL_BLESS").is_some() {
        fs::write(path, expected).expect("a file of docs/editors can be written");
        return;
    }
    let differs =
        |(n, (a, b)): (usize, (&str, &str))| (a != b).then_some((n + 1, b.to_owned()));
    let first = found.lines().zip(expected.lines()).enumerate().find_map(differs);
    panic!(
        "docs/editors/{file} is behind the vocabulary: \
         CAROUSEL_BLESS=1 cargo test -p carousel-tests --test editors\n{first:?}"
    );
}

fn editors() -> PathBuf {
    root().join("docs/editors")
}

#[test]
fn the_grammar_has_the_words_of_the_vocabulary() {
    let grammar =
        fs::read_to_string(editors().join(GRAMMAR)).expect("there is a grammar");
    // Each list follows a comment of the expression that names it: `(?#layers)`.
    let mut pieces = grammar.split("(?#");
    let mut expected = pieces.next().unwrap_or_default().to_owned();
    let mut lists = BTreeSet::new();
    for piece in pieces {
        let (list, rest) = piece.split_once(')').expect("a comment ends");
        let (_, after) = rest.split_once(')').expect("a list ends");
        let mut words: Vec<_> = words(list).into_iter().collect();
        // The longer first, or `lag` would hide `lag-1`.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        expected += &format!("(?#{list}){}){after}", words.join("|"));
        lists.insert(list);
    }
    assert!(lists.len() >= 9, "{lists:?}");
    holds(GRAMMAR, &expected);
    serde_json::from_str::<Value>(&expected).expect("a grammar is JSON");
}

#[test]
fn the_lexer_has_the_words_of_the_vocabulary() {
    let mut expected = "\
\"\"\"The words of the language by kind, made from its table: do not edit.

`CAROUSEL_BLESS=1 cargo test -p carousel-tests --test editors` renews them.
\"\"\"
"
    .to_owned();
    for (list, words) in lists() {
        let words: String =
            words.into_iter().map(|word| format!("    \"{word}\",\n")).collect();
        expected += &format!("\n{} = (\n{words})\n", list.to_uppercase());
    }
    holds(WORDS, &expected);
}

#[test]
fn what_the_language_says_of_words_is_what_the_lexers_are_held_to() {
    let mut texts: Vec<String> = PROGRAMS.iter().map(|&text| text.to_owned()).collect();
    for example in files_ending(&root().join("examples"), ".lstm") {
        texts.push(fs::read_to_string(example).expect("an example is text"));
    }
    let texts: Vec<Value> = texts.iter().map(|text| classes(text)).collect();
    let mut lines = texts.iter().map(Value::to_string).collect::<Vec<_>>().join(",\n");
    lines = format!("[\n{lines}\n]\n");
    holds(CLASSES, &lines);
}

/// A text and the class of each of its words; those of signs are left out, in which
/// lexers differ.
fn classes(text: &str) -> Value {
    let mut sources = Sources::default();
    let source = sources.add("<example>", text).clone();
    let (_, errors) = parse(&source);
    assert!(errors.is_empty(), "{text}\n{errors:?}");
    let words: Vec<Value> = highlights(&source)
        .into_iter()
        .filter(|highlight| highlight.class != Class::Joint)
        .map(|h| json!([text[h.span.range()], format!("{:?}", h.class)]))
        .collect();
    json!({ "text": text, "words": words })
}

#[test]
fn the_files_of_the_extension_are_there() {
    let package = fs::read_to_string(editors().join("vscode/package.json"))
        .expect("there is a package.json");
    let package: Value = serde_json::from_str(&package).expect("it is JSON");
    let named = [
        &package["main"],
        &package["contributes"]["grammars"][0]["path"],
        &package["contributes"]["languages"][0]["configuration"],
    ];
    for name in named {
        let file = Path::new("vscode").join(name.as_str().expect("a path"));
        assert!(editors().join(&file).exists(), "{}", file.display());
    }
}

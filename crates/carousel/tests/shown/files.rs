//! `save` and `load`.

use std::fs;

use crate::{LEARNED, Talk, holds};

/// The first bytes of every PNG file (ISO/IEC 15948, section 5.2).
const PNG: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];

#[test]
fn a_loaded_model_says_the_same_digits() {
    let cell = "cell leaky\n  h = 0.5 * h + 0.5 * tanh(W x + U h + b)\nend";
    for (name, model, options) in [
        ("lstm", "lstm 4 -> dense 1", ""),
        (
            "gru",
            "gru 3 bidirectional -> dropout 0.1 -> dense 4 relu -> dense",
            "like pytorch",
        ),
        ("stateful", "lstm 3 stateful x 2 -> dense 1", ""),
        ("cell", "leaky 3 dropout 0.1 -> dense 1", ""),
        ("flat", "flat -> dense 4 tanh -> dense 1", "times 2"),
    ] {
        let lines = format!(
            "{cell}\ndata air = airline | split 67% | log | difference | standardize | window 4\n\
             m = train {model} on air epochs 2 {options}\nsave m to \"m.safetensors\""
        );
        let mut talk = Talk::after(name, &lines);
        let line = |name: &str| format!("predict {name} on [118 132 129 121 135]");
        let expected = talk.values(&line("m")).values;
        let ahead = talk.values("forecast m 5").values;
        // In a session that knows nothing of it.
        let mut other = Talk::after(&format!("{name}-other"), "");
        fs::copy(talk.folder.join("m.safetensors"), other.folder.join("n.safetensors"))
            .unwrap();
        other.outputs("n = load \"n.safetensors\"");
        assert_eq!(other.values(&line("n")).values, expected, "{model}");
        other.outputs(
            "data air = airline | split 67% | log | difference | standardize | window 4",
        );
        assert_eq!(other.values("forecast n 5 on air").values, ahead, "{model}");
        holds(
            &other.text("show n"),
            &["learned in 2 epochs", "weights, for the data of its file"],
        );
    }
}

#[test]
fn saving_a_loaded_model_gives_the_same_bytes() {
    let mut talk = Talk::after("bytes", LEARNED);
    talk.outputs("save m to \"a.safetensors\"\nsave m to \"b.safetensors\"");
    let read = |talk: &Talk, file: &str| fs::read(talk.folder.join(file)).unwrap();
    assert_eq!(read(&talk, "a.safetensors"), read(&talk, "b.safetensors"));
    let weights = talk.text("show weights of m");
    talk.outputs("n = load \"a.safetensors\"");
    assert_eq!(talk.text("show weights of n"), weights);
}

#[test]
fn files_are_what_their_ending_says() {
    let mut talk = Talk::after("endings", LEARNED);
    let said = talk.text(
        "save m to \"m.svg\"\nsave loss of m to \"loss.png\"\nsave m to \"m.CSV\"\nsave m to \"m.svg\"",
    );
    holds(
        &said,
        &["saved the fit of m", "saved the loss of m", "saved the predictions of m"],
    );
    holds(&said, &["the older `m.svg` is replaced"]);
    let svg = fs::read_to_string(talk.folder.join("m.svg")).unwrap();
    holds(
        &svg,
        &["<svg", "m: lstm 4 -&gt; dense 1", "test part begins", "Passengers", "1949"],
    );
    let png = fs::read(talk.folder.join("loss.png")).unwrap();
    assert_eq!(png[..8], PNG);
    let csv = fs::read_to_string(talk.folder.join("m.CSV")).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 1 + 144);
    assert_eq!(
        lines[..3],
        ["row,observed,part,prediction", "1949-01,112,,", "1949-02,118,,"]
    );
    assert!(lines[4].starts_with("1949-04,129,train,"), "{}", lines[4]);
    assert!(lines[144].starts_with("1960-12,432,test,"), "{}", lines[144]);
    // Nothing is left of how they were written.
    assert_eq!(fs::read_dir(&talk.folder).unwrap().count(), 3);
}

#[test]
fn what_cannot_be_saved_is_said() {
    let mut talk = Talk::after("unsaved", LEARNED);
    fs::create_dir(talk.folder.join("inside.svg")).unwrap();
    for (line, parts) in [
        (
            "save m",
            &["`save` needs a file in quotes", "hint: save m to \"m.safetensors\""][..],
        ),
        ("save m to \"m\"", &["`m` has no ending", ".png (a plot)"]),
        ("save m to \"m.exe\"", &["nothing is saved as `.exe`", ".csv (predictions)"]),
        ("save m to \"m.onnx\"", &["`.onnx` files is not built into this version"]),
        (
            "save session to \"all.txt\"",
            &["a session is saved as a script", "hint: save session to \"all.lstm\""],
        ),
        ("save m to \"no/such/m.svg\"", &["there is no folder `no/such`"]),
        ("save m to \"inside.svg\"", &["`inside.svg` is a folder"]),
        ("save loss of m to \"m.safetensors\"", &["this file holds a model"]),
        ("save loss of m to \"m.csv\"", &["hint: save loss of m to \"loss.svg\""]),
        ("save lstm 4 -> dense 1 to \"m.safetensors\"", &["has not learned yet"]),
    ] {
        holds(&talk.error(line), parts);
    }
    assert_eq!(fs::read_dir(&talk.folder).unwrap().count(), 1);
}

/// A saved model, and files that were damaged, cut or changed by somebody.
fn with_damaged_files() -> Talk {
    let mut talk = Talk::after("unloaded", LEARNED);
    talk.outputs("save m to \"m.safetensors\"");
    let whole = fs::read(talk.folder.join("m.safetensors")).expect("it was saved");
    let write = |file: &str, bytes: &[u8]| {
        let path = talk.folder.join(format!("{file}.safetensors"));
        fs::write(path, bytes).expect("the folder is there");
    };
    write("cut", &whole[..whole.len() - 4]);
    write("text", b"not a model");
    let header = br#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let length = (header.len() as u64).to_le_bytes();
    write("foreign", &[&length[..], header, &[0; 4]].concat());
    for (file, from, to) in [
        ("units", "lstm 4", "lstm 5"),
        ("large", "lstm 4 -> dense 1", "lstm 9999 -> dense"),
        ("line", "lstm 4", "lsmt 4"),
        ("shape", r#"\"features\":1"#, r#"\"features\":7"#),
        ("columns", r#"\"inputs\":[\"Passengers\"]"#, r#"\"inputs\":[\"a\",\"b\"]"#),
    ] {
        write(file, &changed(&whole, from, to));
    }
    talk
}

/// A file with another text in its header, whose length is told by its first bytes.
fn changed(whole: &[u8], from: &str, to: &str) -> Vec<u8> {
    let at = whole.windows(from.len()).position(|bytes| bytes == from.as_bytes());
    let at = at.unwrap_or_else(|| panic!("{from} stands in the file"));
    let (length, _) = whole.split_first_chunk::<8>().expect("a header");
    let length = u64::from_le_bytes(*length) + to.len() as u64 - from.len() as u64;
    let rest = [&whole[8..at], to.as_bytes(), &whole[at + from.len()..]].concat();
    [&length.to_le_bytes()[..], &rest].concat()
}

#[test]
fn what_cannot_be_loaded_is_said() {
    let mut talk = with_damaged_files();
    for (file, parts) in [
        ("none", &["cannot read `none.safetensors`: no such file"][..]),
        ("cut", &["cannot be read"]),
        ("text", &["cannot be read"]),
        (
            "foreign",
            &["not the model they belong to", "`model` is missing in its metadata"],
        ),
        ("units", &["`units.safetensors` cannot be loaded", "shape"]),
        ("large", &["it is too small for `lstm 9999 -> dense`"]),
        ("line", &["`line.safetensors` cannot be loaded", "`lsmt`"]),
        ("shape", &["`preparation` is missing"]),
        ("columns", &["`preparation` is missing"]),
    ] {
        holds(&talk.error(&format!("n = load \"{file}.safetensors\"")), parts);
    }
    holds(&talk.error("n = load \".\""), &["`.` is a folder"]);
    holds(
        &talk.error("n = load"),
        &["`load` needs the name of one file", "hint: n = load"],
    );
}

#[test]
fn a_loaded_model_has_no_data() {
    let mut talk = Talk::after("alone", LEARNED);
    talk.outputs("save m to \"m.safetensors\"\nn = load \"m.safetensors\"");
    for line in ["forecast n 3", "plot n", "save n to \"n.svg\""] {
        holds(&talk.error(line), &["`n` came from a file, without its data", " on air"]);
    }
}

#[test]
fn checking_writes_nothing() {
    let mut talk = Talk::new("checking");
    let script = format!(
        "{LEARNED}\nscore m\nplot m\nplot loss of m\nplot forecast of m\nshow kernels of m\n\
         predict m on [417 391 419]\nforecast m 24 band 90%\nsave m to \"m.safetensors\"\n\
         save m to \"m.svg\"\nsave loss of m to \"m.png\"\nsave m to \"m.csv\"\n\
         n = load \"m.safetensors\"\ncheck n with m\npredict n on air\nruns\nseed 3\nset fusion off"
    );
    let found = talk.check(&script);
    assert!(!found.contains("error"), "{found}");
    assert_eq!(fs::read_dir(&talk.folder).unwrap().count(), 0);
    holds(&talk.check(&format!("{script}\npredict m on [1 2]")), &["`m` needs 3 values"]);
    holds(&talk.error("show m"), &["nothing is named `m`"]);
}

//! Files give back what was put in them, and damage is told.

use std::collections::BTreeMap;

use super::{from_bytes, tensors, to_bytes};
use crate::model::{Like, Memory, Model};
use crate::testing::{
    LSTM_BY_HAND, PEEPHOLE, PLAN, network, shape, swing_shape, swings, waves,
};

const LINES: [(&str, &str); 7] = [
    ("lstm 3 -> dense 1", ""),
    ("gru 2 bidirectional -> dropout 0.1 -> dense 1", ""),
    ("rnn 2 stateful -> dense 2 relu -> dense 1", ""),
    ("lstm 2 stateful -> lstm 3 stateful -> dense 1", ""),
    ("mine 2 stateful -> dense 1", LSTM_BY_HAND),
    ("own 2 bidirectional -> dense 1", PEEPHOLE),
    ("flat -> dense 1", ""),
];

fn fresh(line: &str, cell: &str, like: Like, seed: u64) -> Model {
    let data = shape(&waves(&[3; 4], false));
    Model::new(&network(line, cell), data, like, seed).unwrap()
}

fn metadata() -> BTreeMap<String, String> {
    [("model", "lstm 4 -> dense 1"), ("text", "\"quoted\"\n模型")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

/// What stateful layers remember of a few sequences.
fn memory(model: &Model) -> Memory {
    let mut memory = model.memory();
    model.predict(&waves(&[3; 4], false), &mut memory, PLAN, None).unwrap();
    memory
}

#[test]
fn a_file_gives_back_the_model() {
    for (line, cell) in LINES {
        for like in [Like::Keras, Like::PyTorch] {
            let model = fresh(line, cell, like, 7);
            let memory = memory(&model);
            let bytes = to_bytes(&model, &memory, &metadata());
            assert_eq!(bytes, to_bytes(&model, &memory, &metadata()));
            let file = from_bytes(&bytes).unwrap();
            assert_eq!(file.metadata, metadata());
            let mut other = fresh(line, cell, like, 8);
            assert_eq!(file.fill(&mut other), Ok(memory), "{line}");
            assert_eq!(other.weights, model.weights, "{line}");
        }
    }
}

#[test]
fn tensors_are_those_of_the_file() {
    for (line, cell) in LINES {
        let model = fresh(line, cell, Like::Keras, 7);
        let bytes = to_bytes(&model, &Memory::default(), &BTreeMap::new());
        let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let tensors = tensors(&model);
        assert_eq!(tensors.len(), file.len(), "{line}");
        for tensor in &tensors {
            let view = file.tensor(&tensor.name).unwrap();
            assert_eq!(view.shape(), tensor.shape, "{line}");
            let bytes = tensor.numbers.iter().flat_map(|n| n.to_le_bytes());
            assert_eq!(view.data(), bytes.collect::<Vec<u8>>(), "{line}");
        }
        let learned = tensors.iter().filter(|tensor| tensor.learned);
        let count: usize = learned.map(|tensor| tensor.numbers.len()).sum();
        assert_eq!(count, model.weights.len(), "{line}");
    }
}

#[test]
fn names_and_layouts_are_those_of_pytorch() {
    let mut model = fresh("lstm 2 -> dropout 0.1 -> dense 1", "", Like::Keras, 7);
    model.weights.iter_mut().enumerate().for_each(|(i, weight)| *weight = i as f32);
    let bytes = to_bytes(&model, &Memory::default(), &BTreeMap::new());
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let tensor = |name: &str| {
        let view = file.tensor(name).unwrap();
        let words = view.data().as_chunks::<4>().0.iter();
        let numbers: Vec<f32> = words.map(|word| f32::from_le_bytes(*word)).collect();
        (view.shape().to_vec(), numbers)
    };
    let (shape, numbers) = tensor("0.weight_ih_l0");
    // [I = 2, 4H = 8] lies the other way round.
    assert_eq!((shape, &numbers[..4]), (vec![8, 2], &[0., 8., 1., 9.][..]));
    let (shape, numbers) = tensor("0.weight_hh_l0");
    assert_eq!((shape, &numbers[..4]), (vec![8, 2], &[16., 24., 17., 25.][..]));
    let (shape, numbers) = tensor("0.bias_ih_l0");
    assert_eq!((shape, numbers[0]), (vec![8], 32.));
    assert_eq!(tensor("0.bias_hh_l0"), (vec![8], vec![0.0; 8]));
    assert_eq!(tensor("2.weight"), (vec![1, 2], vec![40., 41.]));
    assert_eq!(tensor("2.bias"), (vec![1], vec![42.]));
    let names = |line, cell| {
        let model = fresh(line, cell, Like::Keras, 7);
        let bytes = to_bytes(&model, &memory(&model), &BTreeMap::new());
        let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let mut names: Vec<_> = file.names().into_iter().map(str::to_owned).collect();
        names.sort_unstable();
        names.join(" ")
    };
    assert_eq!(
        names("own 2 bidirectional -> dense 1", PEEPHOLE),
        "0.Uf 0.Uf_reverse 0.Ug 0.Ug_reverse 0.Vf 0.Vf_reverse 0.Wf 0.Wf_reverse 0.Wg \
         0.Wg_reverse 0.bf 0.bf_reverse 0.bg 0.bg_reverse 0.v 0.v_reverse 1.bias 1.weight"
    );
    assert_eq!(
        names("gru 2 stateful -> dense 1", ""),
        "0.bias_hh_l0 0.bias_ih_l0 0.weight_hh_l0 0.weight_ih_l0 1.bias 1.weight memory.0.h"
    );
}

#[test]
fn a_table_lies_as_pytorch_has_it() {
    let text = swings(&[4; 2], false);
    let network = network("embed 2 -> lstm 2 -> dense", "");
    let mut model = Model::new(&network, swing_shape(&text), Like::Keras, 7).unwrap();
    model.weights.iter_mut().enumerate().for_each(|(i, weight)| *weight = i as f32);
    let bytes = to_bytes(&model, &Memory::default(), &BTreeMap::new());
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let table = file.tensor("0.weight").unwrap();
    let words = table.data().as_chunks::<4>().0.iter();
    let numbers: Vec<f32> = words.map(|word| f32::from_le_bytes(*word)).collect();
    assert_eq!(
        (table.shape(), &numbers[..]),
        (&[3, 2][..], &[0., 1., 2., 3., 4., 5.][..])
    );
    let mut other = Model::new(&network, swing_shape(&text), Like::Keras, 8).unwrap();
    from_bytes(&bytes).unwrap().fill(&mut other).unwrap();
    assert_eq!(other.weights, model.weights);
}

#[test]
fn a_second_bias_is_added_to_the_only_one() {
    let torch = fresh("lstm 3 -> dense 1", "", Like::PyTorch, 7);
    let bytes = to_bytes(&torch, &Memory::default(), &BTreeMap::new());
    let mut keras = fresh("lstm 3 -> dense 1", "", Like::Keras, 8);
    from_bytes(&bytes).unwrap().fill(&mut keras).unwrap();
    let all = waves(&[3; 4], false);
    let predict =
        |model: &Model| model.predict(&all, &mut Memory::default(), PLAN, None).unwrap();
    let (a, b) = (predict(&torch), predict(&keras));
    // The sum of the biases is rounded once.
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-6), "{a:?} {b:?}");
}

/// What is said of a file of this model when it is put into that one.
fn complaint(file: &Model, model: &str) -> String {
    let bytes = to_bytes(file, &memory(file), &BTreeMap::new());
    let mut model = fresh(model, PEEPHOLE, Like::Keras, 8);
    let before = model.weights.clone();
    let error = from_bytes(&bytes).unwrap().fill(&mut model).unwrap_err();
    assert_eq!(model.weights, before, "a failed fill changes nothing");
    error.title
}

#[test]
fn files_of_other_networks_are_refused() {
    let lstm = fresh("lstm 3 -> dense 1", "", Like::Keras, 7);
    let mut bad = lstm.clone();
    bad.weights[1] = f32::NAN;
    let stateful = fresh("lstm 3 stateful -> dense 1", "", Like::Keras, 7);
    for (file, model, want) in [
        (
            &lstm,
            "lstm 4 -> dense 1",
            "`0.weight_ih_l0` has the shape [12, 2] in the weights file, the model needs \
             [16, 2]",
        ),
        (&lstm, "own 3 -> dense 1", "the weights file has no tensor `0.Wf`"),
        (
            &stateful,
            "lstm 3 -> dense 1",
            "the model has no place for `memory.0.c` of the weights file",
        ),
        (
            &bad,
            "lstm 3 -> dense 1",
            "`0.weight_ih_l0` holds NaN in the weights file, which is no weight",
        ),
    ] {
        assert_eq!(complaint(file, model), want);
    }
}

#[test]
fn damage_is_told_and_never_a_panic() {
    let model = fresh("lstm 2 stateful -> dense 1", "", Like::Keras, 7);
    let bytes = to_bytes(&model, &memory(&model), &metadata());
    for end in 0..bytes.len() {
        let error = from_bytes(&bytes[..end]).unwrap_err();
        assert_eq!(error.title, "the weights file cannot be read", "cut at {end}");
    }
    let header = 8 + u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    for at in 0..bytes.len() {
        for bit in [1, 8, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= bit;
            let mut other = model.clone();
            let read = from_bytes(&damaged).and_then(|file| file.fill(&mut other));
            // Of a number any bits but those of infinities and NaN are a number; a
            // name that is changed is missing.
            if read.is_ok() {
                assert!(other.weights.iter().all(|weight| weight.is_finite()));
                let changed = other.weights != model.weights;
                assert!(!changed || at >= header, "{at}");
            }
        }
    }
}

#[test]
fn hostile_headers_are_refused() {
    let file = |header: &str, data: usize| {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.extend(vec![0; data]);
        from_bytes(&bytes)
    };
    for header in [
        "",
        "[]",
        "{}}",
        r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#,
        r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#,
        r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
        r#"{"a":{"dtype":"F32","shape":[18446744073709551615,4],"data_offsets":[0,4]}}"#,
        r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[18446744073709551612,0]}}"#,
    ] {
        assert!(file(header, 4).is_err(), "{header}");
    }
    assert!(from_bytes(&u64::MAX.to_le_bytes()).is_err());
    assert!(from_bytes(&[&90_000_000_u64.to_le_bytes()[..], b"{}"].concat()).is_err());
    let half = r#"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#;
    let error = file(half, 4).unwrap_err();
    assert_eq!(error.title, "`a` has the type F16 in the weights file");
}

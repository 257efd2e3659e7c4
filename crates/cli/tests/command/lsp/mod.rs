//! `carousel lsp`, asked as editors ask: each recording is a list of messages, and its
//! snapshot is what the server says to them.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{carousel, folder};

/// What stands in recordings and snapshots for the folder of the test.
const FOLDER: &str = "FOLDER";

/// What a server says to some bytes, and what it ends with.
fn talk(folder: &Path, input: &[u8]) -> (Vec<Value>, Option<i32>) {
    let mut command = carousel(folder, &["lsp"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A server that has ended reads no more.
        let _ = stdin.write_all(&input);
    });
    let mut output = BufReader::new(child.stdout.take().expect("it is a pipe"));
    let mut said = Vec::new();
    while let Some(message) = read(&mut output) {
        said.push(message);
    }
    writer.join().expect("writing ends");
    (said, child.wait().expect("the command ends").code())
}

/// The next message; none at the end.
fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).expect("headers are text") == 0 {
            return None;
        }
        match line.trim().split_once(": ") {
            Some(("Content-Length", bytes)) => length = bytes.parse().ok(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length.expect("a message has a length")];
    output.read_exact(&mut body).expect("a message is whole");
    Some(serde_json::from_slice(&body).expect("a message is JSON"))
}

/// A message as it is sent.
fn framed(message: &Value) -> Vec<u8> {
    let mut message = message.clone();
    message["jsonrpc"] = json!("2.0");
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Runs `NAME.json` with the files of `NAME/` beside it, if there are any.
fn recorded(name: &str) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/command/lsp");
    let folder = folder(&format!("lsp-{name}"));
    for entry in fs::read_dir(here.join(name)).into_iter().flatten() {
        let path = entry.expect("the recordings can be read").path();
        let file = path.file_name().expect("a file has a name");
        fs::copy(&path, folder.join(file)).expect("a file can be copied");
    }
    let uri = format!("file://{}", folder.display());
    let recording = fs::read_to_string(here.join(format!("{name}.json")))
        .expect("there is a recording")
        .replace(FOLDER, &uri);
    let messages: Vec<Value> = serde_json::from_str(&recording).expect("it is JSON");
    let input: Vec<u8> = messages.iter().flat_map(framed).collect();
    let (said, code) = talk(&folder, &input);
    let shown: Vec<String> = said
        .into_iter()
        // What the server can do is shown once.
        .filter(|message| name == "lesson" || message["result"]["capabilities"].is_null())
        .map(|mut message| {
            message.as_object_mut().map(|object| object.remove("jsonrpc"));
            serde_json::to_string_pretty(&brief(message)).expect("it was JSON")
        })
        .collect();
    let shown = format!("{}\nends with {code:?}\n", shown.join("\n"));
    insta::assert_snapshot!(name, shown.replace(&uri, FOLDER));
}

/// Places as `1:10-1:14`, tokens in lines of five: as many lines of a snapshot as there
/// are things to read.
fn brief(value: Value) -> Value {
    let place = |place: &Value| {
        let number = |name| place.get(name)?.as_u64();
        Some(format!("{}:{}", number("line")?, number("character")?))
    };
    match value {
        Value::Array(items) if items.len() > 5 && items.iter().all(Value::is_u64) => {
            let five = |five: &[Value]| {
                Value::from(
                    five.iter().map(Value::to_string).collect::<Vec<_>>().join(" "),
                )
            };
            items.chunks(5).map(five).collect()
        }
        Value::Array(items) => items.into_iter().map(brief).collect(),
        Value::Object(fields) => {
            let ends = fields
                .get("start")
                .and_then(place)
                .zip(fields.get("end").and_then(place));
            match ends {
                Some((start, end)) => Value::from(format!("{start}-{end}")),
                None => {
                    fields.into_iter().map(|(name, value)| (name, brief(value))).collect()
                }
            }
        }
        other => other,
    }
}

#[test]
fn a_lesson_is_written() {
    recorded("lesson");
}

#[test]
fn places_are_counted_in_utf_16() {
    recorded("scripts");
}

#[test]
fn names_are_renamed() {
    recorded("names");
}

#[test]
fn what_is_wrong_in_a_used_script_is_shown_there() {
    recorded("uses");
}

#[test]
fn what_no_editor_should_say_is_refused_and_survived() {
    recorded("odd");
}

#[test]
fn an_editor_that_leaves_without_a_word_ends_it_with_1() {
    let folder = folder("lsp-leaves");
    let initialize = framed(&json!({ "id": 1, "method": "initialize", "params": {} }));
    let (said, code) = talk(&folder, &initialize);
    assert_eq!((said.len(), code), (1, Some(1)));
    let exit = framed(&json!({ "method": "exit" }));
    assert_eq!(talk(&folder, &[initialize, exit].concat()).1, Some(1));
    assert_eq!(talk(&folder, b"").1, Some(1));
}

#[test]
fn bytes_that_are_no_message_are_survived() {
    let initialize = framed(&json!({ "id": 1, "method": "initialize", "params": {} }));
    let shutdown = framed(&json!({ "id": 2, "method": "shutdown" }));
    let exit = framed(&json!({ "method": "exit" }));
    let odd = b"Content-Length: 4\r\n\r\n{\"a\"".to_vec();
    let input = [initialize, odd, shutdown, exit].concat();
    let (said, code) = talk(&folder("lsp-bytes"), &input);
    assert_eq!((said.len(), code), (2, Some(0)), "{said:?}");
}

#[test]
fn every_place_of_a_text_can_be_asked_about() {
    let text = "# 🦀\ndata größe = csv \"ä.csv\" | split 67% |\n  scale 0..1\nmodel 模型 = lstm {1 2} \
                -> dense 1\ncell mine\n  h = tanh(W x + U h + b)\nend\ntrain 模型 on (größe | \
                window 3) epochs 5\nplot loss of 模型 to \"\\q\nscore 模型 on";
    let name = "untitled:Untitled-1";
    let document =
        json!({ "uri": name, "languageId": "carousel", "version": 1, "text": text });
    let mut messages = vec![
        json!({ "id": 0, "method": "initialize", "params": {} }),
        json!({ "method": "textDocument/didOpen", "params": { "textDocument": document } }),
    ];
    let mut asked = 0;
    for (line, words) in text.lines().enumerate() {
        for character in 0..=words.encode_utf16().count() + 1 {
            let place = json!({ "line": line, "character": character });
            let params = json!({ "textDocument": { "uri": name }, "position": place });
            for method in ["hover", "completion", "definition", "prepareRename"] {
                asked += 1;
                let method = format!("textDocument/{method}");
                messages.push(json!({ "id": asked, "method": method, "params": params }));
            }
        }
    }
    messages.push(json!({ "id": "last", "method": "shutdown" }));
    messages.push(json!({ "method": "exit" }));
    let input: Vec<u8> = messages.iter().flat_map(framed).collect();
    let (said, code) = talk(&folder("lsp-places"), &input);
    assert_eq!(code, Some(0));
    let answers = said.iter().filter(|message| message.get("result").is_some());
    assert_eq!(answers.count(), asked + 2, "{said:?}");
}

//! Every example that `help` shows can be typed, and every word that an example or a
//! usage needs has its help.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use carousel::{Output, Session};
use carousel_lang::vocabulary::{WordKind, all};

/// What the examples speak of.
const BEFORE: &str = "cell mine
  f = sigmoid(Wf x + Uf h + bf)
  i = sigmoid(Wi x + Ui h + bi)
  o = sigmoid(Wo x + Uo h + bo)
  g = tanh(Wg x + Ug h + bg)
  c = f * c + i * g
  h = o * tanh(c)
end
data air = airline | split 67% | scale 0..1 | window 3
train lstm 2 -> dense 1 on air epochs 1
m = train lstm 2 stateful -> dense 1 on air epochs 1
save m to \"air.safetensors\"
";

/// A session with what the examples speak of.
fn session() -> Session {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples");
    let files = [
        ("air.csv", "Month,Passengers\n1949-01,112\n1949-02,118\n1949-03,132\n"),
        ("w.csv", "day,temp,wind\n2020-01-01,1,2\n2020-01-02,3,3\n2020-01-03,2,4\n"),
        ("common.lstm", "data other = airline | window 3"),
    ];
    fs::create_dir_all(&folder).expect("a folder can be made");
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("a file can be written");
    }
    Session::in_folder(folder)
}

#[test]
fn every_example_can_be_typed() {
    let mut session = session();
    for entry in all().filter(|entry| entry.ready) {
        assert!(!entry.example.is_empty(), "`{}` has no example", entry.word);
        let example = match entry.kind {
            WordKind::Function if entry.word == "exp" => {
                format!("cell c\n  {}\n  h = d\nend", entry.example)
            }
            WordKind::Function if entry.word == "norm" => {
                format!("cell c\n  g = W x\n  {}\nend", entry.example)
            }
            WordKind::Function if entry.word == "sigmoid" => {
                format!("cell c\n  {}\n  h = f\nend", entry.example)
            }
            WordKind::Function => format!("cell c\n  {}\nend", entry.example),
            _ => entry.example.to_owned(),
        };
        // Three rows are no data for a window of twelve, and one column no choice.
        let example = example.replace(" | split 67% | scale 0..1 | window 12", "");
        let found = session.check("example", &format!("{BEFORE}{example}"));
        let errors: Vec<_> = found.iter().filter(|d| !d.title.is_empty()).collect();
        let wrong = errors.iter().find(|d| d.severity == carousel_lang::Severity::Error);
        assert!(wrong.is_none(), "{}: {}\n{wrong:?}", entry.word, entry.example);
    }
}

/// What `help` says of a word, or nothing.
fn help(session: &mut Session, word: &str) -> Option<String> {
    let mut told = None;
    let mut keep = |output| {
        if let Output::Text(text) = output {
            told = Some(text);
        }
        ControlFlow::Continue(())
    };
    session.run_named("help", &format!("help {word}"), &mut keep).ok()?;
    told
}

#[test]
fn every_option_and_value_has_its_help() {
    let mut session = session();
    for entry in all() {
        for word in entry.options.iter().chain([&entry.word]) {
            assert!(help(&mut session, word).is_some(), "{}: {word}", entry.word);
        }
    }
    for word in ["mse", "pytorch", "keras", "off", "dark", "luminal", "features", "all"] {
        assert!(help(&mut session, word).is_some(), "{word}");
    }
    let window = help(&mut session, "window").expect("a step");
    for line in ["as features: a window", "ahead H: the H", "stride K: keeps"] {
        assert!(window.contains(line), "{window}");
    }
    let skip = help(&mut session, "skip").expect("a step");
    assert!(
        skip.contains("last N: so many at the end") && !skip.contains("passes on"),
        "{skip}"
    );
}

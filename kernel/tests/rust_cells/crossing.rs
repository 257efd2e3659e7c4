//! Values that cross between the session and its cells, and the library as a dependency.

use std::time::{Duration, Instant};

use crate::Test;
use crate::notebook::{Notebook, text};

pub(crate) const TESTS: &[Test] = &[
    ("numbers_come_and_go", numbers),
    ("a_name_that_is_not_there_is_told_in_the_cell", missing),
    ("questions_are_answered", questions),
    ("a_million_numbers_cross_in_two_seconds", million),
    ("values_and_text_keep_their_order_from_a_thread", thread),
    ("a_crate_of_the_same_name_adds_to_the_module", same_name),
];

/// For both ways together, with what evcxr needs to compile the cell.
const MILLION_WITHIN: Duration = Duration::from_secs(2);

fn numbers(notebook: &mut Notebook) {
    let values = vec![1.5, -0.0, f64::MAX, f64::NAN];
    notebook.page.values.insert("m.losses".to_owned(), values);
    notebook.value(
        "let got = carousel::get(\"m.losses\");\n\
         carousel::put(\"back\", &got);\n\
         carousel::put(\"of_f32\", &vec![0.5f32, 2.0]);\n\
         carousel::put(\"of_i32\", &[1i32, -2]);\n\
         carousel::put::<f64>(\"none\", &[]);",
    );
    let values = &notebook.page.values;
    let bits = |name: &str| values[name].iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits("back"), bits("m.losses"));
    assert_eq!(values["of_f32"], [0.5, 2.0]);
    assert_eq!(values["of_i32"], [1.0, -2.0]);
    assert!(values["none"].is_empty());
    let names = notebook.value("carousel::names()");
    assert_eq!(names, r#"["back", "m.losses", "none", "of_f32", "of_i32"]"#);
}

fn missing(notebook: &mut Notebook) {
    let failure = notebook.failure("let kept = 1;\nlet y = carousel::get(\"nothing\");");
    assert_eq!(failure.name, "RustPanic");
    assert_eq!(failure.value, "panicked: nothing is called `nothing`");
    let told = text(&failure);
    assert!(told.contains("cell:3:9"), "{told}");
    assert!(told.contains("there are: a, b"), "{told}");
    assert_eq!(notebook.page.err, "");
    let told = text(&notebook.failure("carousel::get(\"nothing\")"));
    assert!(told.contains("cell:2:1"), "{told}");
    let error = notebook.value("carousel::try_get(\"nothing\").unwrap_err()");
    assert!(error.starts_with("\"nothing is called `nothing`"), "{error}");
    let failure = notebook.failure("carousel::put(\"no name\", &[1.0]);");
    assert_eq!(failure.value, "panicked: `no name` is no name");
}

fn questions(notebook: &mut Notebook) {
    assert_eq!(notebook.value("carousel::ask(\"ä?\")"), "\"you said: ä?\"");
}

fn million(notebook: &mut Notebook) {
    notebook.page.values.insert("series".to_owned(), vec![1.0]);
    // What only the first cells take is not counted.
    notebook.value("carousel::put(\"again\", &carousel::get(\"series\"));");
    let values: Vec<f64> = (0..1_000_000).map(|i| f64::from(i) / 3.0).collect();
    notebook.page.values.insert("many".to_owned(), values);
    let begun = Instant::now();
    notebook.value("carousel::put(\"again\", &carousel::get(\"many\"));");
    let took = begun.elapsed();
    assert_eq!(notebook.page.values["again"], notebook.page.values["many"]);
    assert!(took < MILLION_WITHIN, "it took {took:?}");
}

fn thread(notebook: &mut Notebook) {
    notebook.page.values.insert("series".to_owned(), vec![1.0]);
    notebook.value(
        "let t = std::thread::spawn(|| { println!(\"a\"); carousel::get(\"series\").len() });\n\
         let n = t.join().unwrap();\nprintln!(\"b {n}\");",
    );
    assert_eq!(notebook.page.doings, ["out a\n", "get series", "out b 1\n"]);
}

/// A small crate stands in for the library, which takes a minute to build.
fn same_name(notebook: &mut Notebook) {
    let folder =
        std::env::temp_dir().join(format!("carousel-test-{}", std::process::id()));
    let package = folder.join("carousel");
    std::fs::create_dir_all(package.join("src")).expect("the folder is ours");
    let manifest =
        "[package]\nname = \"carousel\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    std::fs::write(package.join("Cargo.toml"), manifest).expect("it can be written");
    let source = "pub struct Session;\nimpl Session { pub fn new() -> Self { Session } \
                  pub fn run(&mut self) -> u8 { 7 } }\n\
                  #[macro_export] macro_rules! seven { () => { $crate::Session::new().run() } }";
    std::fs::write(package.join("src/lib.rs"), source).expect("it can be written");
    let dep = format!(":dep carousel = {{ path = {package:?} }}");
    let code = format!(
        "{dep}\nuse carousel::Session;\nlet mut s = Session::new();\n(s.run(), carousel::seven!())"
    );
    assert_eq!(notebook.value(&code), "(7, 7)");
    notebook.page.values.insert("series".to_owned(), vec![1.0]);
    let code = "(carousel::Session::new().run(), carousel::get(\"series\"))";
    assert_eq!(notebook.value(code), "(7, [1.0])");
    notebook.value(":clear");
    assert_eq!(notebook.value("carousel::get(\"series\")"), "[1.0]");
    std::fs::remove_dir_all(folder).expect("it is ours");
}

//! `--json` and `fmt`.

use std::fs;

use serde_json::Value;

use super::{SMALL, ends_with, folder, run, run_script, run_with_input, stdout};

/// The objects that a script prints with `--json`.
fn objects(name: &str, script: &str) -> Vec<Value> {
    let output = run_script(&folder(name), script, &["--json"]);
    ends_with(&output, 0);
    stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("it is JSON"))
        .collect()
}

#[test]
fn every_line_of_json_is_an_object_with_its_kind() {
    let script = SMALL.to_owned()
        + "train m on air epochs 2 batch 16 times 2\ncompare naive, m on air\nshow m\n\
           predict m on [417 391 419]\nexpect test rmse of m > 0\nplot m\nhelp lstm\nruns\n";
    let objects = objects("formats-kinds", &script);
    assert!(objects.len() >= 6, "{objects:#?}");
    for object in &objects {
        assert!(object["kind"].is_string(), "{object}");
    }
}

#[test]
fn a_score_has_its_documented_fields() {
    let objects = objects("formats-score", SMALL);
    let score = objects.iter().find(|object| object["kind"] == "score").expect("a score");
    assert_eq!(score["model"], "m");
    for errors in [&score["train"], &score["test"], &score["baselines"]["naive"]["test"]]
    {
        assert!(errors["rmse"].as_f64().unwrap() > 0.0, "{score}");
        assert!(errors["mae"].as_f64().unwrap() > 0.0, "{score}");
    }
    // The persistence of the last 48 months, a figure of the data alone.
    let naive = score["baselines"]["naive"]["test"]["rmse"].as_f64().unwrap();
    assert!((naive - 48.04).abs() < 0.01, "{naive}");
    assert!(!score["verdict"].as_str().unwrap().is_empty());
}

#[test]
fn a_plot_is_told_as_its_file() {
    let folder = folder("formats-plot");
    let output = run_script(&folder, &(SMALL.to_owned() + "plot m\n"), &["--json"]);
    let plot = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|object| object["kind"] == "plot")
        .expect("a plot");
    let svg = fs::read_to_string(folder.join(plot["file"].as_str().unwrap())).unwrap();
    assert!(svg.starts_with("<svg"));
}

#[test]
fn fmt_rewrites_a_file_and_then_finds_nothing_to_do() {
    let folder = folder("formats-fmt");
    let path = folder.join("a.lstm");
    fs::write(&path, "lstm   4->dense 1   # wide\n").unwrap();
    ends_with(&run(&folder, &["fmt", "--check", "a.lstm"]), 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), "lstm   4->dense 1   # wide\n");
    ends_with(&run(&folder, &["fmt", "a.lstm"]), 0);
    let formatted = fs::read_to_string(&path).unwrap();
    assert!(formatted.starts_with("lstm 4 -> dense 1"), "{formatted}");
    assert!(formatted.contains("# wide"), "{formatted}");
    ends_with(&run(&folder, &["fmt", "--check", "a.lstm"]), 0);
    let left: Vec<_> = fs::read_dir(&folder).unwrap().collect();
    assert_eq!(left.len(), 1, "only the script is left: {left:?}");
}

#[test]
fn fmt_writes_standard_input_to_standard_output() {
    let output =
        run_with_input(&folder("formats-fmt-input"), &["fmt", "-"], "lstm   4->dense 1");
    ends_with(&output, 0);
    assert_eq!(stdout(&output), "lstm 4 -> dense 1\n");
}

#[test]
fn fmt_leaves_a_script_with_an_error_alone() {
    let folder = folder("formats-fmt-error");
    fs::write(folder.join("a.lstm"), "lstm   4 =>> dense\n").unwrap();
    ends_with(&run(&folder, &["fmt", "a.lstm"]), 2);
    assert_eq!(
        fs::read_to_string(folder.join("a.lstm")).unwrap(),
        "lstm   4 =>> dense\n"
    );
}

#[test]
fn fmt_takes_folders_and_goes_on_after_an_error() {
    let folder = folder("formats-fmt-folder");
    for inner in ["lesson/more", "lesson/.hidden"] {
        fs::create_dir_all(folder.join(inner)).unwrap();
    }
    let wide = "lstm   4->dense 1\n";
    for file in ["a.lstm", "lesson/b.lstm", "lesson/more/c.lstm", "lesson/more/notes.txt"]
    {
        fs::write(folder.join(file), wide).unwrap();
    }
    fs::write(folder.join("lesson/.hidden/d.lstm"), wide).unwrap();
    fs::write(folder.join("lesson/bad.lstm"), "lstm   4 =>> dense\n").unwrap();
    let output = run(&folder, &["fmt", "--check", "a.lstm", "lesson"]);
    ends_with(&output, 2);
    let listed = crate::stderr(&output);
    let named = |file: &str| listed.contains(&format!("{file} is not formatted"));
    assert!(named("a.lstm") && named("lesson/b.lstm"), "{listed}");
    assert!(named("lesson/more/c.lstm") && !named("d.lstm"), "{listed}");
    ends_with(&run(&folder, &["fmt", "a.lstm", "lesson"]), 2);
    let text = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
    assert_eq!(text("lesson/more/c.lstm"), "lstm 4 -> dense 1\n");
    assert_eq!(text("lesson/bad.lstm"), "lstm   4 =>> dense\n");
    assert_eq!(text("lesson/more/notes.txt"), wide);
    assert_eq!(text("lesson/.hidden/d.lstm"), wide);
    ends_with(&run(&folder, &["fmt", "--check", "a.lstm", "lesson/more"]), 0);
    ends_with(&run(&folder, &["fmt", "lesson/.hidden/none"]), 2);
}

#[test]
fn formatting_every_example_twice_is_formatting_it_once_and_keeps_comments() {
    let examples =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let folder = folder("formats-fmt-examples");
    let mut files = Vec::new();
    for entry in fs::read_dir(examples.join("airline")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        fs::copy(&path, folder.join(&name)).unwrap();
        files.push((name, fs::read_to_string(path).unwrap()));
    }
    ends_with(&run(&folder, &["fmt", "."]), 0);
    ends_with(&run(&folder, &["fmt", "--check", "."]), 0);
    for (name, before) in files {
        let after = fs::read_to_string(folder.join(&name)).unwrap();
        let comments = |text: &str| {
            let of = |line: &str| line.split_once('#').map(|(_, words)| words.to_owned());
            text.lines().filter_map(of).collect::<Vec<_>>()
        };
        assert_eq!(comments(&after), comments(&before), "{name}");
    }
}

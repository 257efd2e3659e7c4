//! What is said of folders that hold a kernel, half of one, or none.

use std::fs;
use std::path::PathBuf;

use super::*;

/// What is said of a folder whose kernelspec has this text, in which a program and colours
/// stand; and whether Jupyter can start it.
fn said(name: &str, spec: Option<&str>) -> (PathBuf, Vec<Finding>, bool) {
    let name = format!("carousel-kernel-doctor-{name}-{}", std::process::id());
    let prefix = std::env::temp_dir().join(name);
    let folder = prefix.join("share/jupyter");
    for made in ["bin", "Scripts", "share/jupyter/kernels/carousel"] {
        fs::create_dir_all(prefix.join(made)).unwrap();
    }
    fs::create_dir_all(folder.join(COLOURS)).unwrap();
    fs::write(folder.join(COLOURS).join("package.json"), "{}").unwrap();
    for program in ["bin/carousel-kernel", "Scripts/carousel-kernel.exe"] {
        fs::write(prefix.join(program), "").unwrap();
    }
    if let Some(spec) = spec {
        let spec = spec.replace("PREFIX", &prefix.display().to_string());
        fs::write(folder.join(KERNEL).join("kernel.json"), spec).unwrap();
    }
    let (findings, can_run) = installed(&[Searched { folder, words: Some("--user") }]);
    fs::remove_dir_all(&prefix).unwrap();
    (prefix, findings, can_run)
}

fn check(name: &str, spec: Option<&str>, good: bool, part: &str) {
    let (prefix, findings, can_run) = said(name, spec);
    assert_eq!((findings[0].is_good(), can_run), (good, good), "{name}: {findings:?}");
    let part = part.replace("PREFIX", &prefix.display().to_string());
    assert!(findings[0].to_string().contains(&part), "{name}: {}", findings[0]);
}

#[test]
fn a_kernel_is_there_where_its_program_is() {
    let spec = r#"{"argv": ["PREFIX/bin/carousel-kernel", "run"]}"#;
    check("program", Some(spec), true, "it runs PREFIX/bin/carousel-kernel");
    let gone = r#"{"argv": ["PREFIX/bin/gone", "run"]}"#;
    check("gone", Some(gone), false, "missing  PREFIX/bin/gone");
    check("gone-way", Some(gone), false, "carousel-kernel install --user");
}

#[test]
fn the_program_of_a_wheel_stands_beside_its_python() {
    let spec = r#"{"argv": ["python", "-m", "carousel_kernel", "run"]}"#;
    check("wheel", Some(spec), true, "carousel-kernel");
}

#[test]
fn what_cannot_be_read_is_told() {
    check("text", Some("argv"), false, "it is not JSON");
    check("empty", Some("{}"), false, "it has no `argv`");
    check("nothing", None, false, "it looks in PREFIX");
}

#[test]
fn a_kernel_without_colours_is_told() {
    let name = format!("carousel-kernel-doctor-no-colours-{}", std::process::id());
    let prefix = std::env::temp_dir().join(name);
    let folder = prefix.join("share/jupyter");
    fs::create_dir_all(folder.join(KERNEL)).unwrap();
    fs::write(folder.join(KERNEL).join("kernel.json"), r#"{"argv": ["python"]}"#)
        .unwrap();
    let (findings, _) = installed(&[Searched { folder, words: None }]);
    fs::remove_dir_all(&prefix).unwrap();
    assert!(!findings[1].is_good());
    assert!(findings[1].text.contains("colours"), "{findings:?}");
}

#[test]
fn a_missing_thing_has_its_way_out_below_it() {
    let line = Finding::missing("cargo", "https://rustup.rs").to_string();
    assert_eq!(line, "missing  cargo\n         https://rustup.rs");
    assert_eq!(Finding::good("cargo 1.95").to_string(), "ok       cargo 1.95");
    assert!(!rust_cells(false).is_good());
    assert!(rust_tool("a-program-that-is-not-here").way_out.is_some());
}

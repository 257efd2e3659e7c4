//! How cells fail, are stopped, and go on after that.

use std::time::Duration;

use crate::Test;
use crate::notebook::{Notebook, text};

pub(crate) const TESTS: &[Test] = &[
    ("compile_errors_have_places_in_the_cell", compile_errors),
    ("errors_of_the_first_line_have_their_columns", first_line),
    ("errors_in_earlier_items_are_told", earlier),
    ("closures_are_explained", closures),
    ("a_panic_is_a_failure_and_variables_stay", panics),
    ("a_panic_while_unwinding_prints", drops),
    ("a_panic_that_is_caught_is_none", caught),
    ("a_panic_in_a_thread_is_told", threads),
    ("a_panic_that_is_passed_on_is_a_failure", passed_on),
    ("an_endless_loop_is_stopped", endless),
    ("a_flood_is_stopped", flood),
    ("a_cell_is_stopped_while_it_is_compiled", compiling),
    ("what_a_cell_has_started_ends_with_it", started),
    ("a_thread_that_outlives_its_cell_is_refused", outlives),
    ("stop_does_nothing_when_no_cell_runs", nothing_runs),
    ("a_process_that_ends_is_told", exits),
    ("a_new_session_is_stopped_while_it_starts", starting),
];

/// How long a stop may take to be carried out.
const STOPPED_WITHIN: Duration = Duration::from_millis(200);

fn compile_errors(notebook: &mut Notebook) {
    let failure =
        notebook.failure("let a = 1;\n\nlet z: i32 = \"no\";\nlet ä = a.lem();");
    assert_eq!(failure.name, "RustCompileError");
    assert_eq!(failure.value, "mismatched types");
    let told = text(&failure);
    for part in ["error[E0308]: mismatched types", "cell:4:14", "expected `i32`"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(told.contains("error[E0599]") && told.contains("cell:5:11"), "{told}");
    assert!(failure.traceback[0].contains("\u{1b}["), "it has colours");
    assert!(!told.contains("__carousel"), "{told}");
}

fn first_line(notebook: &mut Notebook) {
    let failure = notebook.failure("let q: u8 = 1; q.nothing()");
    let told = text(&failure);
    assert!(told.contains("cell:2:18"), "{told}");
    let failure = notebook.failure("let a = ;");
    assert!(text(&failure).contains("cell:2:9"), "{}", text(&failure));
    let failure = notebook.failure("if true {");
    assert_eq!(failure.name, "RustCompileError");
}

fn earlier(notebook: &mut Notebook) {
    notebook.value("struct Pair { one: u8 }\nfn one(pair: &Pair) -> u8 { pair.one }");
    let failure = notebook.failure("struct Pair { two: u8 }");
    let told = text(&failure);
    assert!(told.contains("no field `one`") && told.contains("pair.one"), "{told}");
    assert_eq!(notebook.value("one(&Pair { one: 3 })"), "3");
}

fn closures(notebook: &mut Notebook) {
    let failure = notebook.failure("let f = |x: i32| x + 1;");
    assert_eq!(failure.name, "RustCompileError");
    assert!(failure.value.contains("closure"), "{}", failure.value);
}

fn panics(notebook: &mut Notebook) {
    notebook.value("let v = vec![1, 2];\nlet i = 7usize;");
    let failure = notebook.failure("println!(\"so far\");\nlet w = 1;\nlet x = v[i];");
    assert_eq!(failure.name, "RustPanic");
    let message = "panicked: index out of bounds: the len is 2 but the index is 7";
    assert_eq!(failure.value, message);
    // Older compilers point at the `v`, newer ones at the bracket.
    assert!(text(&failure).contains("cell:4:"), "{}", text(&failure));
    assert_eq!((&*notebook.page.out, &*notebook.page.err), ("so far\n", ""));
    assert_eq!(notebook.value("v.len()"), "2");
    assert_eq!(notebook.failure("w").name, "RustCompileError");
    notebook.value(
        "fn deep(n: u8) -> u8 { if n == 0 { panic!(\"deep\\ndown\") } else { n } }",
    );
    let failure = notebook.failure("deep(0)");
    assert_eq!(failure.value, "panicked: deep");
    let told = text(&failure);
    assert!(told.contains("down") && told.contains("earlier cell"), "{told}");
}

fn drops(notebook: &mut Notebook) {
    notebook.value(
        "struct Loud;\nimpl Drop for Loud { fn drop(&mut self) { println!(\"bye\"); } }",
    );
    let failure = notebook.failure("{ let l = Loud; panic!(\"in between\"); }");
    assert_eq!(failure.value, "panicked: in between");
    assert_eq!(notebook.page.out, "bye\n");
}

fn caught(notebook: &mut Notebook) {
    let code = "std::panic::catch_unwind(|| { panic!(\"caught\") }).is_err()";
    assert_eq!(notebook.value(code), "true");
    notebook.value("let _ = std::panic::catch_unwind(|| panic!(\"caught\"));");
}

fn threads(notebook: &mut Notebook) {
    let code = "std::thread::Builder::new().name(\"worker\".into())\n\
                .spawn(|| panic!(\"in there\")).unwrap().join().is_err()";
    assert_eq!(notebook.value(code), "true");
    assert_eq!(notebook.page.err, "thread `worker`: panicked: in there\n");
}

fn passed_on(notebook: &mut Notebook) {
    let code = "let worker = std::thread::spawn(|| if true { panic!(\"first\") });\n\
                if let Err(why) = worker.join() { std::panic::resume_unwind(why); }";
    let failure = notebook.failure(code);
    assert_eq!((failure.name, &*failure.value), ("RustPanic", "panicked: first"));
}

fn endless(notebook: &mut Notebook) {
    notebook.value("let kept = 5;\nfn item() -> u8 { 9 }");
    let code = "println!(\"begun\");\nloop { std::thread::sleep_ms(1); }";
    let (failure, took) = notebook.stopped(code, None);
    assert_eq!(failure.name, "Interrupted");
    assert!(text(&failure).contains("variables"), "{}", text(&failure));
    assert!(took < STOPPED_WITHIN, "it took {took:?}");
    assert_eq!(notebook.value("item()"), "9");
    assert_eq!(notebook.failure("kept").name, "RustCompileError");
}

fn flood(notebook: &mut Notebook) {
    let (failure, took) = notebook.stopped("loop { println!(\"again\"); }", None);
    assert_eq!(failure.name, "Interrupted");
    assert!(took < STOPPED_WITHIN, "it took {took:?}");
    assert_eq!(notebook.value("1"), "1");
    assert_eq!(notebook.page.out, "");
}

fn compiling(notebook: &mut Notebook) {
    let after = Some(Duration::from_millis(30));
    let (failure, took) = notebook.stopped("let c = vec![0u8; 3]; c.len()", after);
    assert_eq!(failure.name, "Interrupted");
    assert!(took < STOPPED_WITHIN, "it took {took:?}");
    assert_eq!(notebook.value("1"), "1");
    let (failure, _) = notebook.stopped("let wrong: u8 = \"\";", after);
    assert_eq!(failure.name, "Interrupted");
    assert!(failure.value.contains("process"), "{}", failure.value);
    assert_eq!(notebook.value("let c = 4; c"), "4");
}

fn started(notebook: &mut Notebook) {
    let code = "println!(\"begun\");\n\
                std::process::Command::new(\"sleep\").arg(\"600\").status()";
    let (failure, took) = notebook.stopped(code, None);
    assert_eq!(failure.name, "Interrupted");
    assert!(took < STOPPED_WITHIN, "it took {took:?}");
    assert_eq!(notebook.value("1"), "1");
    let code = "std::process::Command::new(\"yes\").spawn().unwrap();\n\
                loop { std::thread::sleep(std::time::Duration::from_millis(1)); }";
    let (failure, took) = notebook.stopped(code, None);
    assert_eq!(failure.name, "Interrupted");
    assert!(took < STOPPED_WITHIN, "it took {took:?}");
    assert_eq!(notebook.value("2"), "2");
}

fn outlives(notebook: &mut Notebook) {
    notebook.value(
        "let late = std::thread::spawn(|| {\n\
             std::thread::sleep(std::time::Duration::from_millis(300));\n\
             carousel::try_get(\"a\")\n\
         });",
    );
    std::thread::sleep(Duration::from_millis(600));
    let told = notebook.value("late.join().unwrap()");
    assert!(told.contains("the cell of this thread has ended"), "{told}");
}

fn nothing_runs(notebook: &mut Notebook) {
    notebook.value("let kept = 6;");
    notebook.cells.interrupter().stop();
    assert_eq!(notebook.value("kept"), "6");
}

fn exits(notebook: &mut Notebook) {
    for (code, how) in [
        ("println!(\"last\");\nstd::process::exit(3);", "exit status: 3"),
        ("std::process::abort();", "signal: 6"),
        ("unsafe { *(8 as *mut u8) = 1; }", "signal: 6"),
    ] {
        let failure = notebook.failure(code);
        assert_eq!(failure.name, "RustError");
        assert!(failure.value.contains(how), "{}", failure.value);
        assert_eq!(notebook.value("2 + 2"), "4");
    }
    notebook.failure("println!(\"last\");\nstd::process::exit(0);");
    assert_eq!(notebook.page.out, "last\n");
}

fn starting(_: &mut Notebook) {
    let mut notebook = Notebook::open();
    let (failure, took) = notebook.stopped("1", Some(Duration::from_millis(100)));
    assert_eq!(failure.name, "Interrupted");
    assert!(took < STOPPED_WITHIN, "it took {took:?}");
    assert_eq!(notebook.value("1"), "1");
}

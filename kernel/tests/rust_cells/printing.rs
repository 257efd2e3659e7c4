//! What cells print and show, and the values of their last expressions.

use crate::Test;
use crate::notebook::{Notebook, text};

pub(crate) const TESTS: &[Test] = &[
    ("the_first_cell_waits_for_evcxr", first),
    ("variables_and_items_stay", variables),
    ("text_comes_whole_and_in_order", order),
    ("a_line_without_its_end_is_printed_at_once", part_of_a_line),
    ("what_is_shown_keeps_its_place", shown),
    ("evcxr_display_gives_mime_types", mime_types),
    ("a_flood_comes_to_its_end", flood),
    ("commands_alone_are_carried_out", commands),
    ("attributes_stay_first", attributes),
    ("completions_know_variables_and_the_module", completions),
];

fn first(notebook: &mut Notebook) {
    assert_eq!(notebook.value("1 + 1"), "2");
    assert!(notebook.page.doings.is_empty(), "{:?}", notebook.page.doings);
}

fn variables(notebook: &mut Notebook) {
    assert_eq!(notebook.value("let mut x = 20;\nfn double(n: i32) -> i32 { 2 * n }"), "");
    assert_eq!(notebook.value("x += 1;\ndouble(x)"), "42");
    let vars = notebook.value(":vars");
    assert_eq!(vars.trim(), "x: i32");
}

fn order(notebook: &mut Notebook) {
    let code = "for i in 0..3 { println!(\"line {i}\"); }\neprintln!(\"to err\");";
    notebook.value(code);
    assert_eq!(notebook.page.out, "line 0\nline 1\nline 2\n");
    assert_eq!(notebook.page.err, "to err\n");
}

fn part_of_a_line(notebook: &mut Notebook) {
    notebook.value("print!(\"50 %\");");
    assert_eq!(notebook.page.out, "50 %");
    notebook
        .value("use std::io::Write;\nprint!(\"flushed\");\nstd::io::stdout().flush();");
    assert_eq!(notebook.page.out, "flushed");
    notebook.value("eprint!(\"no end\");");
    assert_eq!(notebook.page.err, "no end");
}

fn shown(notebook: &mut Notebook) {
    let code = "println!(\"before\");\nprint!(\"half \");\ncarousel::display(\"<svg>\n</svg>\");\n\
                println!(\"after\");\ncarousel::display_as(\"text/html\", \"<b>ä</b>\");\n\
                carousel::redraw(\"loss\", \"one\");\ncarousel::redraw(\"loss\", \"two\");\n\
                carousel::clear();";
    notebook.value(code);
    assert_eq!(
        notebook.page.doings,
        [
            "out before\nhalf ",
            "display  false image/svg+xml <svg>\n</svg>",
            "out after\n",
            "display  false text/html <b>ä</b>",
            "display loss-… false image/svg+xml one",
            "display loss-… true image/svg+xml two",
            "clear",
        ]
    );
}

fn mime_types(notebook: &mut Notebook) {
    let code = "struct Plot;\nimpl Plot { fn evcxr_display(&self) {\n\
                println!(\"EVCXR_BEGIN_CONTENT image/svg+xml\\n<svg/>\\nEVCXR_END_CONTENT\");\n\
                println!(\"EVCXR_BEGIN_CONTENT text/plain\\na plot\\nEVCXR_END_CONTENT\"); } }\n\
                Plot";
    let value = notebook.run(code).expect("it ends well");
    let both: Vec<_> = value.iter().map(|(mime, data)| (&**mime, &**data)).collect();
    assert_eq!(both, [("image/svg+xml", "<svg/>"), ("text/plain", "a plot")]);
}

fn flood(notebook: &mut Notebook) {
    let code = "for i in 0..2_000_000u32 { println!(\"line {i} of a flood\"); }\n\
                println!(\"the end\");";
    notebook.value(code);
    let (out, err) = (&notebook.page.out, &notebook.page.err);
    assert!(out.starts_with("line 0 of a flood\nline 1 of a flood\n"));
    let lines = out.lines().count();
    assert!(lines == 2_000_001 || err.contains("lines left out"), "{lines} lines");
}

fn commands(notebook: &mut Notebook) {
    assert_eq!(notebook.value(":opt 1").trim(), "Optimization: 1");
    notebook.value(":opt 2");
    let failure = notebook.failure(":nonsense");
    assert_eq!(failure.name, "RustCompileError");
    assert!(text(&failure).contains("cell:2:1"), "{}", text(&failure));
    assert_eq!(notebook.failure(":quit").name, "RustError");
    assert_eq!(notebook.value(":clear\ncarousel::names().len()"), "0");
    assert_eq!(notebook.value("carousel::names().len()"), "0");
    notebook.failure(":clear\nlet x: i32 = \"wrong\";");
    assert_eq!(notebook.value("carousel::names().len()"), "0");
}

fn attributes(notebook: &mut Notebook) {
    let code = "#![allow(non_snake_case)]\nlet Big = 1;\nprintln!(\"{Big}\");";
    notebook.value(code);
    assert_eq!(notebook.page.out, "1\n");
}

fn completions(notebook: &mut Notebook) {
    notebook.value("let mut numbers = vec![1.0];");
    let completer = notebook.cells.completer();
    let complete = |code: &str| {
        let (range, items) =
            completer.completions(code, code.len()).expect("evcxr idles");
        let texts: Vec<String> = items.into_iter().map(|(text, _)| text).collect();
        (code[range].to_owned(), texts)
    };
    let (replaced, texts) = complete("// ä\nnumbers.pu");
    assert_eq!(replaced, "pu");
    assert!(texts.iter().any(|text| text.starts_with("push")), "{texts:?}");
    let (_, texts) = complete("carousel::");
    for name in ["get", "put", "display", "redraw"] {
        assert!(texts.iter().any(|text| text.starts_with(name)), "{name}: {texts:?}");
    }
    let (_, texts) = complete("__c");
    assert!(texts.is_empty(), "{texts:?}");
    let (_, texts) = complete(":de");
    assert!(texts.contains(&":dep".to_owned()), "{texts:?}");
    // A command in the cell is not carried out by that.
    complete(":restart\nnumbers.");
    assert_eq!(notebook.value("numbers.len()"), "1");
}

//! Files of separated values: what is read, and what is said of those that cannot be.

use std::fs;
use std::path::PathBuf;

use carousel_data::{Column, ColumnName, Csv, Dataset, Recipe, Source, Step, StepKind};
use carousel_lang::{Diagnostic, SourceId, Span};

use crate::common::window;

/// Where the path stands in these recipes.
const PATH: u32 = 40;
/// Where the first column stands; the others follow it.
const COLUMN: u32 = 60;

/// A folder of its own for each test, with the file `air.csv`.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, content: impl AsRef<[u8]>) -> Folder {
        let name = format!("carousel-data-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("the temporary folder takes folders");
        fs::write(folder.join("air.csv"), content).expect("it takes files");
        Folder(folder)
    }

    fn read(&self, csv: Csv, steps: &[StepKind]) -> Result<Dataset, Diagnostic> {
        let step = |kind: &StepKind| Step { kind: kind.clone(), span: Span::default() };
        let recipe = Recipe {
            source: Source::Csv(csv),
            source_span: Span::default(),
            steps: steps.iter().map(step).collect(),
        };
        Dataset::prepare(&recipe, &self.0, 7)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind is in the temporary folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn span(at: u32) -> Span {
    Span { source: SourceId(0), start: at, end: at + 1 }
}

fn column(name: &str, at: u32) -> Column {
    let number = name.parse().map(ColumnName::Number);
    Column { name: number.unwrap_or(ColumnName::Name(name.to_owned())), span: span(at) }
}

fn csv(path: &str, columns: &[&str]) -> Csv {
    Csv {
        folder: PathBuf::new(),
        path: PathBuf::from(path),
        path_span: span(PATH),
        columns: columns
            .iter()
            .zip(COLUMN..)
            .map(|(name, at)| column(name, at))
            .collect(),
        time: None,
        skip_first: 0,
        skip_last: 0,
    }
}

/// The target's values and the labels that come of a file.
fn check(name: &str, content: &str, values: &[f64], labels: &[&str]) {
    let data = Folder::new(name, content).read(csv("air.csv", &[]), &[]);
    let data = data.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    assert_eq!(data.table.target().values, values, "{name}");
    assert_eq!(data.table.labels, labels, "{name}");
}

/// The title, the first label and the hint that are said of a file.
fn check_error(
    name: &str,
    content: &[u8],
    csv: Csv,
    expected: (&str, &str, Option<&str>),
) {
    let error = Folder::new(name, content).read(csv, &[]).expect_err("it is refused");
    let found =
        (error.title.as_str(), error.labels[0].text.as_str(), error.hint.as_deref());
    assert_eq!(found, expected, "{name}");
}

#[test]
fn separators_quotes_line_ends_and_marks() {
    let (values, months) = ([112.0, 118.5], ["1949-01", "1949-02"]);
    let files = [
        ("comma", "Month,P\n1949-01,112\n1949-02,118.5\n"),
        ("semicolon", "Month;P\n1949-01;112\n1949-02;118.5"),
        ("tab", "Month\tP\n1949-01\t112\n1949-02\t118.5\n"),
        ("quotes", "\"Month\",\"P\"\n\"1949-01\",112\n\"1949-02\",\"118.5\"\n"),
        ("crlf", "Month,P\r\n1949-01,112\r\n1949-02,118.5\r\n"),
        ("cr", "Month,P\r1949-01,112\r1949-02,118.5\r"),
        ("mark", "\u{feff}\"Month\",P\n1949-01,112\n1949-02,118.5\n"),
        ("blank", "\n\nMonth,P\n\n1949-01,112\n\n\n1949-02,118.5\n\n"),
        ("spaces", "Month , P\n1949-01 , 112\n1949-02, 118.5 \n"),
        ("headless", "1949-01,112\n1949-02,118.5\n"),
    ];
    for (name, content) in files {
        check(name, content, &values, &months);
    }
    check("single", "112\n118.5\n", &values, &[]);
    check("single-header", "P\n112\n118.5\n", &values, &[]);
    let slashes = "P;Day\n112;31/01/1949\n118.5;01/02/1949\n";
    check("slashes", slashes, &values, &["31/01/1949", "01/02/1949"]);
    check("text-first", "City,P\nBonn,112\nPula,118.5\n", &values, &[]);
    check("inner", "City,P\n\"Bonn, am\nRhein\",112\nPula,118.5\n", &values, &[]);
}

#[test]
fn names_come_from_the_header_or_are_made_up() {
    let target = |name: &str, content: &str| {
        let data = Folder::new(name, content).read(csv("air.csv", &[]), &[]).unwrap();
        data.table.target().name.clone()
    };
    assert_eq!(target("named", "Month,P\n1949-01,1\n1949-02,2\n"), "P");
    assert_eq!(target("unnamed", "1949-01,1\n1949-02,2\n"), "column 2");
    assert_eq!(target("alone", "1\n2\n"), "value");
}

#[test]
fn lines_are_skipped_as_an_editor_shows_them() {
    let content = "Month,P\nunits,thousands\n\n1949-01,112\n1949-02,118\n1949-03,132\n\nAbout it\n\n";
    let folder = Folder::new("skipped", content);
    let skip = |skip_first, skip_last| {
        let csv = Csv { skip_first, skip_last, ..csv("air.csv", &["2"]) };
        folder.read(csv, &[]).map(|data| data.table.target().values.clone())
    };
    assert_eq!(skip(1, 3).unwrap(), [112.0, 118.0, 132.0]);
    assert_eq!(skip(2, 2).unwrap(), [112.0, 118.0, 132.0]);
    assert_eq!(skip(3, 3).unwrap(), [118.0, 132.0]);
    assert_eq!(skip(100, 0).unwrap_err().title, "`air.csv` has no values");
    assert_eq!(skip(1, 0).unwrap_err().hint.as_deref(), Some("skip last 3"));
}

#[test]
fn columns_and_targets() {
    let content = "t,a,b,c\n1,10,0,5\n2,20,0,6\n3,30,1,7\n4,40,1,8\n";
    let folder = Folder::new("columns", content);
    let check = |columns: &[&str], target: Option<&str>, names: &[&str], place: usize| {
        let steps: Vec<StepKind> =
            target.map(|name| StepKind::Target(column(name, 0))).into_iter().collect();
        let data = folder.read(csv("air.csv", columns), &steps).unwrap();
        let found: Vec<&str> =
            data.table.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!((found.as_slice(), data.table.target), (names, place));
        assert_eq!(data.features(), columns.len().max(1));
    };
    check(&[], None, &["t"], 0);
    check(&["b", "3"], None, &["b", "b"], 0);
    check(&["a", "b"], Some("b"), &["a", "b"], 1);
    check(&["a", "b"], Some("c"), &["a", "b", "c"], 2);
    check(&[], Some("c"), &["c"], 0);
    let csv = Csv { time: Some(column("t", 0)), ..csv("air.csv", &["a"]) };
    assert_eq!(folder.read(csv, &[]).unwrap().table.labels, ["1", "2", "3", "4"]);
}

#[test]
fn gaps_are_filled_from_the_past_or_refused() {
    let folder = Folder::new("gaps", "n,p\n1,NA\n2,5\n3,\n4,nan\n5,7\n6,8\n");
    let read = |steps: &[StepKind]| folder.read(csv("air.csv", &["p"]), steps);
    let error = read(&[]).unwrap_err();
    assert_eq!(error.title, "line 2 has no value in `p`");
    assert_eq!(error.labels[0].text, "values missing: 3");
    assert_eq!(error.hint.as_deref(), Some("| fill"));
    for steps in [[StepKind::Fill, window(1)], [window(1), StepKind::Fill]] {
        let data = read(&steps).unwrap();
        assert_eq!(data.table.target().values, [5.0, 5.0, 5.0, 7.0, 8.0]);
        assert_eq!(data.train.inputs, [5.0, 5.0, 5.0, 7.0]);
    }
    assert_eq!(read(&[StepKind::SkipFirst(4)]).unwrap().table.rows(), 2);
    let empty = Folder::new("no-values", "n,p\n1,NA\n2,\n");
    let error = empty.read(csv("air.csv", &["p"]), &[StepKind::Fill]).unwrap_err();
    assert_eq!(error.title, "column `p` has no values");
}

#[test]
fn files_that_cannot_be_read() {
    let check = |name: &str, content: &[u8], title: &str, label: &str| {
        check_error(name, content, csv("air.csv", &[]), (title, label, None));
    };
    check("empty", b"", "`air.csv` is empty", "nothing to read");
    check("space", b"\xEF\xBB\xBF \n\n", "`air.csv` is empty", "nothing to read");
    let binary = "`air.csv` is not a text file";
    check("binary", b"PK\n\0\x01", binary, "line 2 has a zero byte");
    let latin = "`air.csv` is not UTF-8 text";
    check("latin", b"a\n1\nM\xFCnchen\n", latin, "line 3 has other bytes");
    let nothing = "`air.csv` has no values";
    check("header", b"Month,P\n", nothing, "it has a header and no rows");
    let words = "`air.csv` has no column of numbers";
    check("words", b"a,b\nx,y\n", words, "it has a, b");
}

#[test]
fn what_the_first_line_is_taken_for() {
    let notes = |name: &str, content: &str| {
        Folder::new(name, content).read(csv("air.csv", &[]), &[]).unwrap_err().notes
    };
    let title = "Air traffic\nMonth,P\n1949-01,112\n1949-02,118\n";
    let taken = "line 1 is taken for the header: `Air traffic`";
    assert!(notes("title", title).iter().any(|note| note == taken));
    let open = "\"Month,P\n1949-01,112\n";
    assert_eq!(notes("open", open), ["a quote is opened and not closed"]);
}

#[test]
fn files_that_are_not_there() {
    let check = |path: &str, expected: (&str, &str, Option<&str>)| {
        check_error("missing", b"1\n", csv(path, &[]), expected);
    };
    check(
        "airs.csv",
        (
            "cannot read `airs.csv`: no such file",
            "did you mean `air.csv`?",
            Some("csv \"air.csv\""),
        ),
    );
    check("zebra.csv", ("cannot read `zebra.csv`: no such file", "not there", None));
    check(
        "no/air.csv",
        ("cannot read `no/air.csv`: no such file", "there is no such folder", None),
    );
    check(".", ("`.` is a folder, not a file", "a folder", None));
}

#[test]
fn columns_that_are_not_there() {
    let content = b"Month,Passengers\n1949-01,112\n1949-02,118\n";
    let ask = |column: &str, expected| {
        check_error("no-column", content, csv("air.csv", &[column]), expected);
    };
    ask(
        "Passenger",
        (
            "`air.csv` has no column `Passenger`",
            "did you mean `Passengers`?",
            Some("column \"Passengers\""),
        ),
    );
    ask("x", ("`air.csv` has no column `x`", "no column has this name", None));
    let two = "2 columns, counted from 1";
    ask("3", ("`air.csv` has no column 3", two, None));
    ask("0", ("`air.csv` has no column 0", two, None));
    ask(
        "Month",
        (
            "column `Month` of `air.csv` holds dates, not numbers",
            "the first is `1949-01`",
            Some("column \"Passengers\""),
        ),
    );
    let folder = Folder::new("e8", content);
    let error = folder.read(csv("air.csv", &["Passenger"]), &[]).unwrap_err();
    assert_eq!((error.code, error.labels[0].span.start), (Some("E8"), COLUMN));
    assert_eq!(
        error.notes,
        ["it has: Month, Passengers", "line 2: 1949-01,112", "line 3: 1949-02,118"]
    );
}

/// The same as `check_error` for the column `P`.
fn check_lines(name: &str, content: &str, title: &str, label: &str, hint: Option<&str>) {
    let file = csv("air.csv", &["P"]);
    check_error(name, content.as_bytes(), file, (title, label, hint));
}

#[test]
fn lines_that_are_not_numbers() {
    let check = check_lines;
    check(
        "footer",
        "M,P\n1949-01,112\n1949-02,118\n\nAir: totals, in thousands\n\n",
        "line 5 of `air.csv` is not numbers",
        "line 5 reads `Air: totals, in thousands`",
        Some("skip last 3"),
    );
    check(
        "footer-one",
        "M,P\n1949-01,112\n1949-02,118\nAir\nx\ny\n",
        "line 4 of `air.csv` is not numbers",
        "line 4 reads `Air`",
        Some("skip last 3"),
    );
    check(
        "units",
        "M,P\n\nmonth,thousands\n1949-01,112\n1949-02,118\n",
        "line 3 of `air.csv` is not numbers",
        "line 3 reads `month,thousands`",
        Some("skip first 2"),
    );
    check(
        "middle",
        "M,P\n1,112\n2,many\n3,118\n",
        "line 3 of `air.csv` is not numbers",
        "line 3 reads `2,many`",
        None,
    );
    check(
        "ragged",
        "M,P\n1,112\n2,118,x\n3,118\n",
        "line 3 of `air.csv` has 3 fields, the header has 2",
        "line 3 reads `2,118,x`",
        None,
    );
    check(
        "truncated",
        "M,P\n1,112\n2,118\n3",
        "line 4 of `air.csv` is not numbers",
        "line 4 reads `3`",
        Some("skip last 1"),
    );
}

#[test]
fn fields_that_are_not_numbers() {
    let check = check_lines;
    check(
        "comma-cut",
        "P\n112,5\n118,5\n",
        "line 2 of `air.csv` has 2 fields, the header has 1",
        "line 2 reads `112,5`",
        None,
    );
    check(
        "comma-quoted",
        "M,P\n1,112\n2,\"118,5\"\n",
        "line 3 of `air.csv` has a comma in a number: `118,5`",
        "`P` has `118,5` there",
        None,
    );
    check(
        "comma-semicolon",
        "M;P\n1949-01;112,5\n1949-02;118,5\n",
        "line 2 of `air.csv` has a comma in a number: `112,5`",
        "`P` has `112,5` there",
        None,
    );
    check(
        "large",
        "M,P\n1,112\n2,1e999\n",
        "line 3 of `air.csv` has a number that is too large: `1e999`",
        "`P` has `1e999` there",
        None,
    );
}

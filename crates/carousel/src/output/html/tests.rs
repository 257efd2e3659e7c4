//! HTML is well formed, escaped, and says what the text says.

use crate::{Output, Session};

const LINES: &str = "data air = airline | split 67% | scale 0..1 | window 3
cell mine
  c = f * c + (1 - f) * tanh(Wc x + bc)
  f = sigmoid(Wf x + Uf c + bf)
  gives c
end
lstm 4 stateful -> lstm 4 stateful -> dropout 0.2 -> gru 3 -> rnn 12 -> dense 2 relu -> dense 1
mine 3 -> flat -> dense 1
m = train lstm 2 -> dense 1 on air epochs 2
score m
compare naive, m on air
show weights of m
predict m on [417 391 419]
forecast m 3
step m at 99
expect test rmse of m < 10
expect test rmse of m < 10000
set hints off
help lstm
plot m";

fn outputs() -> Vec<Output> {
    let results = Session::new().run(LINES);
    assert!(results.is_ok(), "{results}");
    results.outputs
}

#[test]
fn every_tag_is_closed_in_its_order() {
    for output in outputs() {
        let html = output.to_html().expect("it is no progress");
        let mut open: Vec<&str> = Vec::new();
        for piece in html.split('<').skip(1) {
            let tag = piece.split('>').next().unwrap();
            let name = tag.split([' ', '/']).next().unwrap();
            match tag {
                _ if tag.ends_with('/') || name == "br" => {}
                _ if tag.starts_with('/') => {
                    assert_eq!(open.pop(), Some(&tag[1..]), "{piece}")
                }
                _ => open.push(name),
            }
        }
        assert!(open.is_empty(), "{open:?}");
        assert!(!html.contains("<script") && !html.contains("url("));
    }
}

#[test]
fn what_the_text_says_is_in_the_html() {
    let all: String = outputs().iter().filter_map(Output::to_html).collect();
    for said in [
        "errors in",
        "<b class=\"bad\">FAILED</b>",
        "<b class=\"good\">passed</b>",
        "<tr class=\"best\"><td>",
        "layer 1: lstm 4 stateful",
        "layer 3: dropout 0.2",
        "prediction of m, next",
        "<details open><summary>step 3 of 3",
        "cₜ = fₜ₋₁ * cₜ₋₁",
        "3x4",
        "<polyline",
    ] {
        assert!(all.contains(said), "{said} is not there");
    }
}

#[test]
fn the_better_of_a_score_is_the_best_row() {
    let scores: Vec<Output> =
        outputs().into_iter().filter(|o| matches!(o, Output::Score(_))).collect();
    let [Output::Score(score)] = &scores[..] else { panic!("one score") };
    let table = score.table();
    let best = &table.rows[score.best().unwrap()];
    let errors = |row: &Vec<String>| row[2].parse::<f64>().unwrap();
    assert_eq!(best[1], "test");
    let tests = table.rows.iter().filter(|row| row[1] == "test");
    assert!(tests.map(errors).all(|error| error >= errors(best)), "{best:?}");
}

#[test]
fn nothing_that_is_said_becomes_markup() {
    let text = Output::Text("<b>&\"'\u{1b}[31m".to_owned());
    let html = text.to_html().unwrap();
    assert!(html.contains("<pre>&lt;b&gt;&amp;&quot;&#39;[31m</pre>"), "{html}");
    let results = Session::new().run("<img src=x onerror=alert(1)>");
    assert!(!results.to_html().contains("<img"), "{}", results.to_html());
}

#[test]
fn a_long_table_shows_its_ends() {
    let mut table = super::super::Table::new("rows", &["", ">value"]);
    table.rows = (0..1000).map(|k| vec![format!("row {k}"), k.to_string()]).collect();
    let html = Output::Table(table).to_html().unwrap();
    assert!(html.contains("row 149<") && html.contains("row 850<"));
    assert!(html.contains("… 700 rows …") && !html.contains("row 150<"));
}

#[test]
fn each_result_has_the_forms_that_suit_it() {
    let outputs = outputs();
    for output in &outputs {
        let bundle = output.bundle().unwrap();
        let is_plot = matches!(output, Output::Plot { .. });
        assert_eq!(bundle.html.is_none(), is_plot);
        assert_eq!(bundle.svg.is_some(), is_plot);
        assert!(!bundle.text.is_empty());
    }
    let plot = outputs.iter().find(|output| matches!(output, Output::Plot { .. }));
    let bundle = plot.unwrap().bundle().unwrap();
    assert!(bundle.png.unwrap().starts_with(b"\x89PNG"));
    assert!(bundle.text.chars().any(|c| ('\u{2801}'..'\u{2900}').contains(&c)));
    assert!(Output::Busy("training".to_owned()).bundle().is_none());
}

//! Results as HTML for notebooks: a result goes in, one element comes out that reads well
//! on light and on dark grounds.
//!
//! Colours are those of the text around it, and JupyterLab's own where it has some. There
//! are no scripts and nothing is fetched. Where a page strips styles, as GitHub and
//! nbviewer do, tables are still tables, and the order tells the rest.

mod draw;
mod summary;
mod table;
mod walk;

use carousel_plot::Theme;

use super::{Output, Table};

/// What all results look like. The class keeps it from the rest of the page.
const STYLE: &str = "<style>\
    div.carousel{line-height:1.45;overflow-x:auto}\
    div.carousel table{border-collapse:collapse;margin:.3em 0;table-layout:auto;\
    font-variant-numeric:tabular-nums;color:inherit}\
    div.carousel th,div.carousel td{padding:.2em .8em;border:none;text-align:left;\
    vertical-align:baseline;background:none;white-space:nowrap}\
    div.carousel th{font-weight:normal;opacity:.75;border-bottom:1px solid}\
    div.carousel .number{text-align:right}\
    div.carousel .best td{font-weight:bold;color:var(--jp-success-color1,#388e3c)}\
    div.carousel .good{font-weight:bold;color:var(--jp-success-color1,#388e3c)}\
    div.carousel .bad{font-weight:bold;color:var(--jp-error-color1,#d9403a)}\
    div.carousel .quiet{opacity:.75}\
    div.carousel code{background:none;color:inherit;padding:0;white-space:pre}\
    div.carousel pre{color:inherit;margin:0;white-space:pre-wrap}\
    div.carousel svg{max-width:100%;height:auto}\
    div.carousel figure{display:inline-block;margin:.5em 1em .5em 0;vertical-align:top}\
    div.carousel figcaption{margin-bottom:.2em}\
    div.carousel .result{margin:.9em 0}\
    div.carousel summary{cursor:pointer}\
    div.carousel .bar{display:inline-block;width:6em;height:.6em;border:1px solid;\
    opacity:.75}\
    div.carousel .bar>span{display:block;height:100%;background:currentColor}\
    </style>";

impl Output {
    /// The result as a piece of HTML, plots as SVG within it; none for what only says
    /// that something goes on.
    pub fn to_html(&self) -> Option<String> {
        content(self).map(|content| page(&content))
    }
}

/// Some pieces of content as one element.
pub(crate) fn page(content: &str) -> String {
    format!("<div class=\"carousel\">{STYLE}{content}</div>\n")
}

/// A result without what it looks like.
pub(crate) fn content(output: &Output) -> Option<String> {
    Some(match output {
        Output::Epoch(_) | Output::Busy(_) => return None,
        Output::Plot { figure, dark, .. } => {
            figure.svg(if *dark { Theme::Dark } else { Theme::Light })
        }
        Output::Summary(summary) => summary::html(summary),
        Output::Walk(walk) => walk::html(walk),
        Output::Score(score) => {
            let table = Table { best: score.best(), ..score.table() };
            table::html(&table)
        }
        Output::Expect { text, passed, found } => expect(text, *passed, found),
        Output::Text(text) => preformatted(text),
        Output::Hint(_) => {
            let text = output.to_text(usize::MAX, false);
            format!("<div class=\"quiet\">{}</div>", escaped(text.trim_end()))
        }
        Output::Saved { .. } => words(&output.words()),
        Output::Comparison(_) | Output::Table(_) | Output::Values(_) => {
            match output.table() {
                Some(table) => table::html(&table),
                None => words(&output.words()),
            }
        }
    })
}

/// Errors, from the text that a person reads.
pub(crate) fn errors(text: &str) -> String {
    match text.split_once(':') {
        Some((word, rest)) => format!(
            "<pre><span class=\"bad\">{}</span>:{}</pre>",
            escaped(word),
            escaped(rest.trim_end())
        ),
        None => preformatted(text),
    }
}

/// A text in which nothing is markup.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // What a terminal would obey is no text in HTML.
            '\t' | '\n' => safe.push(character),
            control if control.is_control() => {}
            _ => safe.push(character),
        }
    }
    safe
}

fn preformatted(text: &str) -> String {
    format!("<pre>{}</pre>", escaped(text.trim_end()))
}

fn words(text: &str) -> String {
    format!("<div>{}</div>", escaped(text.trim_end()))
}

fn expect(text: &str, passed: bool, found: &str) -> String {
    let (class, sign) = if passed { ("good", "passed") } else { ("bad", "FAILED") };
    let (text, found) = (escaped(text), escaped(found));
    format!(
        "<div><b class=\"{class}\">{sign}</b>: <code>{text}</code> \
         <span class=\"quiet\">({found})</span></div>"
    )
}

#[cfg(test)]
mod tests;

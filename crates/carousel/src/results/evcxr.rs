//! Results in a cell of the stock evcxr kernel, which reads them from standard output.
//!
//! It keeps one block of each MIME type a cell, so all tables and plots are one page.

use std::io::{self, Write};

use super::Results;
use crate::output::html;

impl Results {
    /// Shows the results below the cell: evcxr calls this on the value that a cell ends
    /// with. Of all the library this alone writes to standard output, since that is how
    /// the kernel is told.
    pub fn evcxr_display(&self) {
        let blocks =
            block("text/html", &self.to_html()) + &block("text/plain", &self.to_string());
        let mut out = io::stdout().lock();
        // Where nobody reads any more there is nobody to tell.
        let _ = out.write_all(blocks.as_bytes()).and_then(|()| out.flush());
    }

    /// All results and errors as one piece of HTML, in order.
    pub fn to_html(&self) -> String {
        let outputs = self.outputs.iter().filter_map(html::content);
        let errors = (!self.is_ok()).then(|| html::errors(&self.errors_text()));
        let apart = |content| format!("<div class=\"result\">{content}</div>");
        html::page(&outputs.chain(errors).map(apart).collect::<String>())
    }
}

/// One block of evcxr's protocol; content that looks like its end does not end it.
fn block(mime: &str, content: &str) -> String {
    let content = content.replace("EVCXR_END_CONTENT", "EVCXR END CONTENT");
    format!("EVCXR_BEGIN_CONTENT {mime}\n{}\nEVCXR_END_CONTENT\n", content.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Session;

    #[test]
    fn one_page_holds_all_results_in_order() {
        let results = Session::new().run(
            "sine 60 | split 67% | window 3\nplot it\nlstm 2 -> dense 1\nscore nobody",
        );
        let page = results.to_html();
        let at = |what: &str| page.find(what).unwrap_or_else(|| panic!("{what}: {page}"));
        assert!(at("polyline") < at("dense 1"));
        assert!(at("dense 1") < at("nothing is named `nobody`"));
    }

    #[test]
    fn content_does_not_end_its_block() {
        let text = block("text/plain", "a\nEVCXR_END_CONTENT\nb\n");
        assert_eq!(
            text,
            "EVCXR_BEGIN_CONTENT text/plain\na\nEVCXR END CONTENT\nb\nEVCXR_END_CONTENT\n"
        );
    }
}

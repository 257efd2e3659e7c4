//! Colours of a text that is being typed: classes of words go in, escape sequences of a
//! terminal come out. The sixteen colours of the terminal's own theme are used, so that
//! they can be read on any ground.

use std::ops::Range;

use carousel_lang::reading::{Class, Highlight};

const PLAIN: &str = "\u{1b}[0m";
const GREY: &str = "\u{1b}[90m";
const RED: &str = "\u{1b}[31m";
const WRONG: &str = "\u{1b}[4;31m";
const BOLD: &str = "\u{1b}[1m";

/// A text in the colours of its words; what is wrong is underlined.
pub(super) fn text(
    text: &str,
    highlights: &[Highlight],
    error: Option<Range<usize>>,
) -> String {
    let mut painted = String::with_capacity(2 * text.len());
    let mut at = 0;
    for highlight in highlights {
        let range = highlight.span.range();
        if range.start < at {
            continue;
        }
        let Some(word) = text.get(range.clone()) else { continue };
        painted.push_str(text.get(at..range.start).unwrap_or_default());
        let wrong = error
            .as_ref()
            .is_some_and(|error| range.start < error.end && error.start < range.end);
        match if wrong { WRONG } else { colour(highlight.class) } {
            "" => painted.push_str(word),
            colour => painted.extend([colour, word, PLAIN]),
        }
        at = range.end;
    }
    painted.push_str(text.get(at..).unwrap_or_default());
    painted
}

/// The prompt.
pub(super) fn prompt(prompt: &str) -> String {
    format!("{BOLD}{prompt}{PLAIN}")
}

/// What is shown behind the text: a mistake in red, all else in grey.
pub(super) fn notice(text: &str, wrong: bool) -> String {
    format!("{}{text}{PLAIN}", if wrong { RED } else { GREY })
}

fn colour(class: Class) -> &'static str {
    match class {
        Class::Verb => "\u{1b}[1;35m",
        Class::Preposition | Class::Keyword => "\u{1b}[35m",
        Class::Layer | Class::Function => "\u{1b}[36m",
        Class::Source | Class::Step => "\u{1b}[34m",
        Class::Baseline => "\u{1b}[33m",
        Class::Option | Class::View => "\u{1b}[32m",
        Class::Text => "\u{1b}[33m",
        Class::Comment => GREY,
        Class::Matrix => BOLD,
        Class::Number | Class::Joint | Class::Name => "",
    }
}

#[cfg(test)]
mod tests {
    use carousel_lang::Sources;
    use carousel_lang::reading::highlights;

    use super::*;

    #[test]
    fn colours_change_nothing_but_colours() {
        let mut sources = Sources::default();
        for line in
            ["lstm 4 -> dense 1 # x", "模型 = ltsm 4", "", "cell a\n h = tanh(W x)\nend"]
        {
            let found = highlights(sources.add("<line>", line));
            let painted = text(line, &found, Some(0..2));
            assert_eq!(console::strip_ansi_codes(&painted), line);
        }
    }
}

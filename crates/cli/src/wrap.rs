//! Sentences in a narrow terminal: a text goes in, the same text comes out with its long
//! lines broken between words, as a terminal does not.

use console::measure_text_width;

/// Narrower than this, lines cannot be helped.
const LEAST: usize = 8;

/// The text in lines of at most `columns`, as far as its words are no longer than that.
/// What goes on stands below where its line begins.
pub(crate) fn wrapped(text: &str, columns: usize) -> String {
    let columns = columns.max(LEAST);
    text.split_inclusive('\n').map(|line| wrapped_line(line, columns)).collect()
}

fn wrapped_line(line: &str, columns: usize) -> String {
    if measure_text_width(line.trim_end()) <= columns {
        return line.to_owned();
    }
    let indent = line.len() - line.trim_start_matches(' ').len();
    let indent = if indent < columns / 2 { indent } else { 0 };
    let (mut text, mut taken) = (" ".repeat(indent), indent);
    for word in line.trim().split(' ') {
        let room = measure_text_width(word);
        if taken > indent && taken + 1 + room > columns {
            text.push('\n');
            text.push_str(&" ".repeat(indent));
            taken = indent;
        } else if taken > indent {
            text.push(' ');
            taken += 1;
        }
        text.push_str(word);
        taken += room;
    }
    if line.ends_with('\n') { text + "\n" } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_between_words() {
        for (text, expected) in [
            ("short\n  lines  stay\n", "short\n  lines  stay\n"),
            ("stopped in epoch 242 of 300\n", "stopped in epoch 242\nof 300\n"),
            ("  a line that begins further on", "  a line that begins\n  further on"),
            (
                "a-word-that-is-longer-than-that and",
                "a-word-that-is-longer-than-that\nand",
            ),
            (
                "\u{1b}[2mgrey words are 20 wide.\u{1b}[0m",
                "\u{1b}[2mgrey words are 20\nwide.\u{1b}[0m",
            ),
            ("模型 模型 模型 模型 模型", "模型 模型 模型 模型\n模型"),
        ] {
            assert_eq!(wrapped(text, 20), expected);
        }
    }
}

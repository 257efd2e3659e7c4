//! Whether a statement typed at the prompt goes on in the next line.

/// Whether the text so far is waiting for more: an open `cell`, an open bracket, or an
/// end that joins.
pub(crate) fn is_open(text: &str) -> bool {
    let lines: Vec<String> = text.lines().map(code).collect();
    open_cell(&lines) || open_brackets(&lines) || ends_with_joint(&lines)
}

/// `cell mine` without its `end`.
fn open_cell(lines: &[String]) -> bool {
    let first_word = |line: &String| line.split_whitespace().next().map(str::to_owned);
    let words: Vec<_> = lines.iter().filter_map(first_word).collect();
    words.first().is_some_and(|word| word == "cell")
        && words.last().is_some_and(|w| w != "end")
}

fn open_brackets(lines: &[String]) -> bool {
    let mut depth = 0_i64;
    for line in lines {
        let mut quoted = false;
        for character in unescaped(line) {
            match character {
                '"' => quoted = !quoted,
                '(' | '[' | '{' if !quoted => depth += 1,
                ')' | ']' | '}' if !quoted => depth -= 1,
                _ => {}
            }
        }
    }
    depth > 0
}

fn ends_with_joint(lines: &[String]) -> bool {
    let last = lines.last().map_or("", |line| line.trim_end());
    ["|", "->", "=>", ",", "="].iter().any(|joint| last.ends_with(joint))
}

/// A line without its comment; a `#` within quotes is no comment.
fn code(line: &str) -> String {
    let mut quoted = false;
    let mut code = String::new();
    let mut escaped = false;
    for character in line.chars() {
        match character {
            '#' if !quoted => break,
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = character == '\\' && !escaped;
        code.push(character);
    }
    code
}

/// The characters of a line without those that a backslash protects.
fn unescaped(line: &str) -> impl Iterator<Item = char> {
    let mut characters = line.chars();
    std::iter::from_fn(move || {
        let next = characters.next()?;
        if next == '\\' {
            characters.next();
        }
        Some(next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_that_goes_on_is_open() {
        for text in [
            "cell mine",
            "cell mine\n  h = tanh(Wx x)\n",
            "data air = airline |",
            "data air =",
            "lstm 4 ->  # the first layer",
            "lstm 4 =>",
            "compare naive,",
            "train (lstm 4",
            "predict m on [417",
        ] {
            assert!(is_open(text), "{text:?}");
        }
    }

    #[test]
    fn a_whole_statement_is_not() {
        for text in [
            "",
            "cell mine\n  h = tanh(Wx x)\nend\n",
            "cell mine\nend  # done",
            "lstm 4 -> dense 1",
            "lstm 4 -> dense 1 # wide |",
            "load \"odd ( name.safetensors\"",
            "load \"odd # \\\" ( name.safetensors\"",
            "train (lstm 4 -> dense 1) on air",
        ] {
            assert!(!is_open(text), "{text:?}");
        }
    }
}

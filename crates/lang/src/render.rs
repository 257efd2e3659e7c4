//! Messages as text: the one place where a [`Diagnostic`] is laid out.

use codespan_reporting::diagnostic as report;
use codespan_reporting::files::SimpleFiles;
use codespan_reporting::term::{self, Config};

use crate::{Diagnostic, Severity, SourceId, Sources};

const GREY: &str = "\u{1b}[90m";
const PLAIN: &str = "\u{1b}[0m";

impl Diagnostic {
    /// The message with the lines that it points at; a hint is one line.
    ///
    /// `colour` adds the escape sequences of a terminal.
    pub fn render(&self, sources: &Sources, colour: bool) -> String {
        match self.severity {
            Severity::Hint => self.one_line(colour),
            Severity::Error => self.report(sources, colour),
        }
    }

    /// The message as it is read aloud: no drawing, but each place in words.
    pub fn render_plain(&self, sources: &Sources) -> String {
        if self.severity == Severity::Hint {
            return self.one_line(false);
        }
        let code = self.code.map(|code| format!(" {code}")).unwrap_or_default();
        let mut text = format!("error{code}: {}\n", self.title);
        for label in &self.labels {
            let Some(source) = sources.get(label.span.source) else { continue };
            let range = within(&source.text, label.span.range());
            let before = &source.text[..range.start];
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            let named = match source.text[range].lines().next().map(str::trim) {
                Some(word) if !word.is_empty() => format!(", at `{word}`"),
                Some(_) | None => String::new(),
            };
            let said = if label.text.is_empty() { "here" } else { &label.text };
            text += &format!(
                "{}, line {line}, column {column}{named}: {said}\n",
                source.name
            );
        }
        let notes = self.notes.iter().map(|note| format!("{note}\n"));
        text.extend(notes);
        text.extend(self.hint.as_ref().map(|hint| format!("hint: {hint}\n")));
        text
    }

    fn one_line(&self, colour: bool) -> String {
        let code = self.code.map(|code| format!(" {code}")).unwrap_or_default();
        let hint =
            self.hint.as_ref().map(|hint| format!(" · {hint}")).unwrap_or_default();
        let text = format!("hint{code}: {}{hint}", self.title);
        if colour { format!("{GREY}{text}{PLAIN}\n") } else { format!("{text}\n") }
    }

    fn report(&self, sources: &Sources, colour: bool) -> String {
        let mut files = SimpleFiles::new();
        let mut numbers = std::collections::BTreeMap::new();
        let mut labels = Vec::new();
        for (index, label) in self.labels.iter().enumerate() {
            let Some(file) = file(sources, label.span.source, &mut files, &mut numbers)
            else {
                continue;
            };
            let text = &sources.get(label.span.source).expect("it is a file").text;
            let range = within(text, label.span.range());
            let kind = if index == 0 {
                report::Label::primary
            } else {
                report::Label::secondary
            };
            labels.push(kind(file, range).with_message(&label.text));
        }
        let mut notes: Vec<String> = self.notes.clone();
        notes.extend(self.hint.as_ref().map(|hint| format!("hint: {hint}")));
        let mut message = report::Diagnostic::error()
            .with_message(&self.title)
            .with_labels(labels)
            .with_notes(notes);
        if let Some(code) = self.code {
            message = message.with_code(code);
        }
        emit(&files, &message, colour)
    }
}

/// The file of a source, added when it is asked for first.
fn file(
    sources: &Sources,
    id: SourceId,
    files: &mut SimpleFiles<String, String>,
    numbers: &mut std::collections::BTreeMap<SourceId, usize>,
) -> Option<usize> {
    if let Some(number) = numbers.get(&id) {
        return Some(*number);
    }
    let source = sources.get(id)?;
    let number = files.add(source.name.clone(), source.text.clone());
    numbers.insert(id, number);
    Some(number)
}

/// The range, moved into the text and onto the borders of characters.
fn within(text: &str, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let border = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = border(range.start);
    start..border(range.end).max(start)
}

fn emit(
    files: &SimpleFiles<String, String>,
    message: &report::Diagnostic<usize>,
    colour: bool,
) -> String {
    let config = Config { tab_width: 4, ..Config::default() };
    let written = if colour {
        let mut buffer = term::termcolor::Buffer::ansi();
        term::emit_to_write_style(&mut buffer, &config, files, message)
            .map(|()| String::from_utf8_lossy(buffer.as_slice()).into_owned())
    } else {
        let mut text = String::new();
        term::emit_to_string(&mut text, &config, files, message).map(|()| text)
    };
    let text = written.unwrap_or_else(|_| format!("error: {}\n", message.message));
    // An empty gutter at the end of a message says nothing.
    let lines = text.lines().filter(|line| line.trim() != "│").map(str::trim_end);
    let mut tidy = lines.collect::<Vec<_>>().join("\n");
    tidy.truncate(tidy.trim_end().len());
    tidy + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Span;

    #[test]
    fn read_aloud_a_place_is_told_in_words() {
        let mut sources = Sources::default();
        let source = sources.add("air.lstm", "runs\nlstm 4 -> dens 1\n").id;
        let error = Diagnostic::error("unknown layer `dens`")
            .code("E1")
            .label(Span::new(source, 15..19), "did you mean `dense`?")
            .note("the layers are lstm, dense")
            .with_hint("lstm 4 -> dense 1");
        assert_eq!(
            error.render_plain(&sources),
            "error E1: unknown layer `dens`\n\
             air.lstm, line 2, column 11, at `dens`: did you mean `dense`?\n\
             the layers are lstm, dense\nhint: lstm 4 -> dense 1\n"
        );
    }
}

//! The line to type instead: a value or a command with one word of it replaced.

use carousel_lang::ast::{Arg, ArgKind, Command, Operand, Part, PartKind, Value, Word};
use carousel_lang::{Fix, Span, print_command, print_value};

/// What a hint repeats, with its mistake put right.
#[derive(Debug, Clone, Copy)]
pub(super) enum Line<'a> {
    /// A chain or a pipe.
    Value(&'a Value),
    /// A whole command.
    Command(&'a Command),
}

impl Line<'_> {
    /// The line with another text at a place; with an empty text the word is left out.
    pub(super) fn instead(self, span: Span, text: &str) -> Fix {
        let line = match self {
            Line::Value(value) => {
                let mut value = value.clone();
                replace(&mut value, span, text);
                print_value(&value)
            }
            Line::Command(command) => {
                let mut command = command.clone();
                replace_in_command(&mut command, span, text);
                print_command(&command)
            }
        };
        Fix { span, text: text.to_owned(), line }
    }
}

fn replace_in_command(command: &mut Command, span: Span, text: &str) {
    for option in &mut command.options {
        if option.word.span == span {
            text.clone_into(&mut option.word.text);
        }
        option.arg.iter_mut().for_each(|arg| replace_arg(arg, span, text));
    }
    for clause in &mut command.clauses {
        if let Operand::Value(value) = &mut clause.operand {
            replace(value, span, text);
        }
    }
}

fn replace(value: &mut Value, span: Span, text: &str) {
    replace_part(&mut value.first, span, text);
    for (_, part) in &mut value.rest {
        replace_part(part, span, text);
    }
}

fn replace_part(part: &mut Part, span: Span, text: &str) {
    if part.span == span {
        let word = Word { text: text.to_owned(), span };
        part.kind = PartKind::Word { word, args: Vec::new() };
        part.repeat = None;
        return;
    }
    match &mut part.kind {
        PartKind::Word { word, args } => {
            if word.span == span {
                text.clone_into(&mut word.text);
            }
            if text.is_empty() {
                args.retain(|arg| arg.span != span);
            }
            args.iter_mut().for_each(|arg| replace_arg(arg, span, text));
        }
        PartKind::Group(inner) => replace(inner, span, text),
        PartKind::List(items) => {
            items.iter_mut().for_each(|item| replace_arg(item, span, text));
        }
        PartKind::Literal(arg) => replace_arg(arg, span, text),
    }
}

fn replace_arg(arg: &mut Arg, span: Span, text: &str) {
    if arg.span == span {
        arg.kind = ArgKind::Word(text.to_owned());
    }
}

/// An argument as the formatter prints it.
pub(crate) fn arg_text(arg: &Arg) -> String {
    print_value(&alone(PartKind::Literal(arg.clone()), arg.span))
}

/// A part as the formatter prints it.
pub(super) fn part_text(part: &Part) -> String {
    print_value(&Value { first: part.clone(), rest: Vec::new(), span: part.span })
}

fn alone(kind: PartKind, span: Span) -> Value {
    Value { first: Part { kind, repeat: None, span }, rest: Vec::new(), span }
}

/// The value inside parentheses that hold all of it.
pub(super) fn unwrapped(value: &Value) -> &Value {
    match &value.first.kind {
        PartKind::Group(inner)
            if value.rest.is_empty() && value.first.repeat.is_none() =>
        {
            unwrapped(inner)
        }
        _ => value,
    }
}

/// The word of a value that is one word and nothing else.
pub(super) fn lone_word(value: &Value) -> Option<&Word> {
    match &value.first.kind {
        PartKind::Word { word, args }
            if args.is_empty()
                && value.rest.is_empty()
                && value.first.repeat.is_none() =>
        {
            Some(word)
        }
        _ => None,
    }
}

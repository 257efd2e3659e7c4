//! From the syntax tree back to text, in one style: what `carousel fmt` writes.
//!
//! Reading the text again gives the same tree, comments included.

use crate::ast::{
    Arg, ArgKind, BinaryOperator, Binding, BindingBody, CellDefinition, CellLineKind,
    Clause, Command, Comment, Expression, ExpressionKind, Function, JointKind, Kind,
    Operand, Part, PartKind, Preposition, Program, Relation, Statement, StatementKind,
    Test, TestRight, Value,
};
use crate::parse::FUNCTIONS;
use crate::vocabulary;

/// The widest a line gets before a chain is broken.
const WIDTH: usize = 90;

/// The program as text.
pub fn print(program: &Program) -> String {
    let mut out = String::new();
    for statement in &program.statements {
        comments(&mut out, &statement.comments, "");
        print_statement(&mut out, statement);
    }
    comments(&mut out, &program.trailing, "");
    out
}

/// One value in one line: `lstm 4 -> dense 1`.
pub fn print_value(value: &Value) -> String {
    let mut text = part(&value.first);
    for (joint, next) in &value.rest {
        text += &format!(" {} {}", joint_text(joint.kind), part(next));
    }
    text
}

/// One expression of a cell in one line.
pub fn print_expression(expression: &Expression) -> String {
    match &expression.kind {
        ExpressionKind::Number(number) => number_text(*number),
        ExpressionKind::Name(name) => name.clone(),
        ExpressionKind::Negate(a) => format!("-{}", print_expression(a)),
        ExpressionKind::Group(a) => format!("({})", print_expression(a)),
        ExpressionKind::Product(a, b) => {
            format!("{} {}", print_expression(a), print_expression(b))
        }
        ExpressionKind::Binary(operator, a, b) => {
            let (a, b) = (print_expression(a), print_expression(b));
            format!("{a} {} {b}", operator_text(*operator))
        }
        ExpressionKind::Call(function, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(print_expression).collect();
            format!("{}({})", function_text(*function), arguments.join(", "))
        }
    }
}

/// A command in one line.
pub fn print_command(command: &Command) -> String {
    let mut words = vec![vocabulary::verb_word(command.verb).to_owned()];
    if !command.view.is_empty() {
        words.extend(command.view.iter().map(|word| word.text.clone()));
        words.push("of".to_owned());
    }
    let subjects: Vec<String> = command.subjects.iter().map(print_value).collect();
    if !subjects.is_empty() {
        words.push(subjects.join(", "));
    }
    words.extend(command.clauses.iter().map(clause));
    for option in &command.options {
        words.push(option.word.text.clone());
        words.extend(option.arg.as_ref().map(arg));
    }
    words.extend(command.test.as_ref().map(test));
    words.join(" ")
}

fn comments(out: &mut String, comments: &[Comment], indent: &str) {
    for comment in comments {
        if comment.after_blank && !out.is_empty() {
            out.push('\n');
        }
        let text = comment_text(comment);
        out.push_str(&format!("{indent}{text}\n"));
    }
}

fn comment_text(comment: &Comment) -> String {
    if comment.text.is_empty() { "#".to_owned() } else { format!("# {}", comment.text) }
}

fn print_statement(out: &mut String, statement: &Statement) {
    let mut lines = match &statement.kind {
        StatementKind::Cell(cell) => return print_cell(out, cell),
        StatementKind::Binding(binding) => binding_lines(binding),
        StatementKind::Command(command) => vec![print_command(command)],
        StatementKind::Value(value) => chain("", value),
    };
    let (last, above) =
        statement.remarks.split_last().map_or((None, &[][..]), |(l, a)| (Some(l), a));
    // A line holds one remark; those of the statement's other lines go above it.
    for remark in above {
        out.push_str(&format!("{}\n", comment_text(remark)));
    }
    if let (Some(remark), Some(line)) = (last, lines.last_mut()) {
        line.push_str(&format!("  {}", comment_text(remark)));
    }
    for line in lines {
        out.push_str(&line);
        out.push('\n');
    }
}

fn binding_lines(binding: &Binding) -> Vec<String> {
    let kind = match binding.kind {
        Some((Kind::Data, _)) => "data ",
        Some((Kind::Model, _)) => "model ",
        None => "",
    };
    let start = format!("{kind}{} = ", binding.name.text);
    match &binding.body {
        BindingBody::Command(command) => {
            vec![format!("{start}{}", print_command(command))]
        }
        BindingBody::Value(value) => chain(&start, value),
    }
}

/// A chain in one line if it fits, else in lines that are filled and begin with a joint.
fn chain(start: &str, value: &Value) -> Vec<String> {
    let whole = format!("{start}{}", print_value(value));
    if whole.chars().count() <= WIDTH || value.rest.is_empty() {
        return vec![whole];
    }
    let mut lines = vec![format!("{start}{}", part(&value.first))];
    for (index, (joint, next)) in value.rest.iter().enumerate() {
        let next = format!(" {} {}", joint_text(joint.kind), part(next));
        let last = lines.last_mut().expect("there is always a line");
        let fits = last.chars().count() + next.chars().count() <= WIDTH;
        if fits && index > 0 {
            last.push_str(&next);
        } else {
            lines.push(format!(" {next}"));
        }
    }
    lines
}

fn joint_text(kind: JointKind) -> &'static str {
    match kind {
        JointKind::Then => "|",
        JointKind::Into => "->",
        JointKind::HandOver => "=>",
    }
}

fn part(part: &Part) -> String {
    let mut text = match &part.kind {
        PartKind::Word { word, args } => {
            let mut words = vec![word.text.clone()];
            words.extend(args.iter().map(arg));
            words.join(" ")
        }
        PartKind::Group(value) => format!("({})", print_value(value)),
        PartKind::List(items) => list("[", items, "]"),
        PartKind::Literal(literal) => arg(literal),
    };
    if let Some((times, _)) = part.repeat {
        text += &format!(" x {times}");
    }
    text
}

fn arg(arg: &Arg) -> String {
    match &arg.kind {
        ArgKind::Word(word) => word.clone(),
        ArgKind::Number(number) => number_text(*number),
        ArgKind::Percent(share) => format!("{}%", number_text(*share)),
        ArgKind::Range(low, high) => {
            format!("{}..{}", number_text(*low), number_text(*high))
        }
        ArgKind::String(text) => quoted(text),
        ArgKind::List(items) => list("[", items, "]"),
        ArgKind::Choice(items) => list("{", items, "}"),
        ArgKind::Duration(seconds) if seconds % 60.0 == 0.0 && *seconds > 0.0 => {
            format!("{}m", number_text(seconds / 60.0))
        }
        ArgKind::Duration(seconds) => format!("{}s", number_text(*seconds)),
    }
}

/// The shortest digits that read back as the same number.
fn number_text(number: f64) -> String {
    match number {
        n if n.is_infinite() => if n > 0.0 { "1e999" } else { "-1e999" }.to_owned(),
        n if n != 0.0 && !(1e-5..1e16).contains(&n.abs()) => format!("{n:e}"),
        n => format!("{n}"),
    }
}

fn quoted(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
        .replace('\t', "\\t");
    format!("\"{escaped}\"")
}

fn list(open: &str, items: &[Arg], close: &str) -> String {
    let items: Vec<String> = items.iter().map(arg).collect();
    format!("{open}{}{close}", items.join(" "))
}

fn clause(clause: &Clause) -> String {
    let word = match clause.preposition {
        Preposition::On => "on",
        Preposition::From => "from",
        Preposition::To => "to",
        Preposition::At => "at",
        Preposition::As => "as",
        Preposition::With => "with",
    };
    let operand = match &clause.operand {
        Operand::Value(value) => print_value(value),
        Operand::Number(number, _) => number_text(*number),
        Operand::String(text, _) => quoted(text),
    };
    format!("{word} {operand}")
}

fn test(test: &Test) -> String {
    let relation = match test.relation {
        Relation::Less => "<",
        Relation::Greater => ">",
        Relation::AtMost => "<=",
        Relation::AtLeast => ">=",
        Relation::Beats => "beats",
    };
    let right = match &test.right {
        TestRight::Arg(right) => arg(right),
        TestRight::Value(value) => print_value(value),
    };
    format!("{relation} {right}")
}

fn print_cell(out: &mut String, cell: &CellDefinition) {
    let beside = |remark: &Option<Comment>| {
        remark.as_ref().map(|r| format!("  {}", comment_text(r))).unwrap_or_default()
    };
    out.push_str(&format!("cell {}{}\n", cell.name.text, beside(&cell.remark)));
    for line in &cell.lines {
        comments(out, &line.comments, "  ");
        let text = match &line.kind {
            CellLineKind::Equation { name, value } => {
                format!("{} = {}", name.text, print_expression(value))
            }
            CellLineKind::Gives(name) => format!("gives {}", name.text),
            CellLineKind::Starts { name, value } => {
                format!("{} starts {}", name.text, number_text(*value))
            }
        };
        out.push_str(&format!("  {text}{}\n", beside(&line.remark)));
    }
    comments(out, &cell.trailing, "  ");
    out.push_str(&format!("end{}\n", beside(&cell.end_remark)));
}

fn operator_text(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
    }
}

fn function_text(function: Function) -> &'static str {
    let found = FUNCTIONS.iter().find(|(_, known)| *known == function);
    found.expect("every function has its word").0
}

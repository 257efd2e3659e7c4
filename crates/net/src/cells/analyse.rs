//! From a cell's syntax to its form: which names are states, matrices and vectors.

use std::collections::{BTreeMap, BTreeSet};

use carousel_lang::ast::{
    CellDefinition, CellLineKind, Expression, ExpressionKind, Word,
};
use carousel_lang::{Diagnostic, Span};

use super::bias::fold_biases;
use super::{CellForm, Equation, Group, InputBlock, Term};

/// Resolves every name of a cell.
///
/// # Errors
/// A name assigned twice, an output that no line assigns, a matrix that stands alone or
/// is used with two sizes, a vector used as a matrix.
pub(super) fn analyse(cell: &CellDefinition) -> Result<CellForm, Diagnostic> {
    let lines = Lines::read(cell)?;
    let mut analysis = Analysis {
        states: states(&lines),
        assigned: BTreeMap::new(),
        equation: "",
        matrices: BTreeMap::new(),
        inputs: Vec::new(),
        groups: Vec::new(),
    };
    let mut equations = Vec::new();
    for (index, (name, value)) in lines.equations.iter().enumerate() {
        analysis.equation = &name.text;
        let value = analysis.term(value)?;
        equations.push(Equation { name: name.text.clone(), value });
        analysis.assigned.insert(&name.text, index);
    }
    if analysis.inputs.is_empty() {
        return Err(no_input(&cell.name));
    }
    let next = analysis.states.iter().map(|s| analysis.assigned.get(s.as_str()).copied());
    let form = CellForm {
        next: next.collect(),
        states: analysis.states,
        inputs: analysis.inputs,
        groups: analysis.groups,
        bias_input: Vec::new(),
        bias_hidden: Vec::new(),
        hidden_bias_in_body: false,
        vectors: Vec::new(),
        equations,
        starts: BTreeMap::new(),
    };
    let form = fold_biases(first_group_first(form));
    with_starts(form, &lines.starts)
}

/// A cell's lines, sorted by kind.
struct Lines<'a> {
    equations: Vec<(&'a Word, &'a Expression)>,
    output: String,
    starts: Vec<(&'a Word, f64)>,
}

impl<'a> Lines<'a> {
    fn read(cell: &'a CellDefinition) -> Result<Lines<'a>, Diagnostic> {
        let mut equations: Vec<(&Word, &Expression)> = Vec::new();
        let mut starts = Vec::new();
        let mut gives: Option<&Word> = None;
        for line in &cell.lines {
            match &line.kind {
                CellLineKind::Equation { name, value } => {
                    if equations.iter().any(|(other, _)| other.text == name.text) {
                        return Err(assigned_twice(name));
                    }
                    equations.push((name, value));
                }
                CellLineKind::Gives(name) => gives = Some(name),
                CellLineKind::Starts { name, value } => starts.push((name, *value)),
            }
        }
        let output = gives.map_or("h", |word| &word.text).to_owned();
        if !equations.iter().any(|(name, _)| name.text == output) {
            let place = gives.map_or(cell.name.span, |word| word.span);
            return Err(no_output(&cell.name, &output, place));
        }
        Ok(Lines { equations, output, starts })
    }
}

/// The names read before the line that assigns them; what the cell gives comes first,
/// whether it is read or not, so that its last value is known after the last step.
fn states(lines: &Lines<'_>) -> Vec<String> {
    let all: BTreeSet<&str> =
        lines.equations.iter().map(|(n, _)| n.text.as_str()).collect();
    let mut assigned = BTreeSet::new();
    let mut states = vec![lines.output.clone()];
    for (name, value) in &lines.equations {
        for read in names(value) {
            let known = assigned.contains(read) || states.iter().any(|s| s == read);
            if all.contains(read) && !known {
                states.push(read.to_owned());
            }
        }
        assigned.insert(name.text.as_str());
    }
    states
}

fn names(expression: &Expression) -> Vec<&str> {
    match &expression.kind {
        ExpressionKind::Number(_) => Vec::new(),
        ExpressionKind::Name(name) => vec![name],
        ExpressionKind::Negate(a) | ExpressionKind::Group(a) => names(a),
        ExpressionKind::Binary(_, a, b) | ExpressionKind::Product(a, b) => {
            [names(a), names(b)].concat()
        }
        ExpressionKind::Call(_, arguments) => arguments.iter().flat_map(names).collect(),
    }
}

struct Analysis<'a> {
    states: Vec<String>,
    assigned: BTreeMap<&'a str, usize>,
    equation: &'a str,
    matrices: BTreeMap<String, Use>,
    inputs: Vec<InputBlock>,
    groups: Vec<Group>,
}

/// Where a matrix was used first.
#[derive(Clone, Copy)]
enum Use {
    Input(usize),
    Group(usize, usize),
}

impl Analysis<'_> {
    fn term(&mut self, expression: &Expression) -> Result<Term, Diagnostic> {
        match &expression.kind {
            ExpressionKind::Number(value) => Ok(Term::Number(*value as f32)),
            ExpressionKind::Name(name) => self.name(name, expression.span),
            ExpressionKind::Negate(a) => Ok(Term::Negate(Box::new(self.term(a)?))),
            ExpressionKind::Group(a) => self.term(a),
            ExpressionKind::Binary(operator, a, b) => {
                let (a, b) = (self.term(a)?, self.term(b)?);
                Ok(Term::Binary(*operator, Box::new(a), Box::new(b)))
            }
            ExpressionKind::Call(function, arguments) => {
                let terms: Result<_, _> =
                    arguments.iter().map(|a| self.term(a)).collect();
                Ok(Term::Call(*function, terms?))
            }
            ExpressionKind::Product(..) => self.product(&factors(expression)),
        }
    }

    fn name(&self, name: &str, span: Span) -> Result<Term, Diagnostic> {
        if let Some(line) = self.assigned.get(name) {
            return Ok(Term::Local(*line));
        }
        if let Some(state) = self.states.iter().position(|s| s == name) {
            return Ok(Term::State(state));
        }
        if name == "x" {
            return Err(bare_input(span));
        }
        if is_matrix(name) {
            return Err(matrix_alone(name, span));
        }
        Ok(Term::Vector(name.to_owned()))
    }

    /// `A B v` is A (B v): every factor but the last is a matrix.
    fn product(&mut self, factors: &[&Expression]) -> Result<Term, Diagnostic> {
        let (last, matrices) = factors.split_last().expect("a product has two factors");
        let mut operand = match &last.kind {
            ExpressionKind::Name(name) if name == "x" => None,
            _ => Some(self.term(last)?),
        };
        for matrix in matrices.iter().rev() {
            let name = self.matrix_name(matrix)?;
            operand = Some(match operand {
                None => self.input_block(name, matrix.span)?,
                Some(operand) => self.group_block(name, operand, matrix.span)?,
            });
        }
        Ok(operand.expect("there is at least one matrix"))
    }

    fn matrix_name<'e>(&self, factor: &'e Expression) -> Result<&'e str, Diagnostic> {
        match &factor.kind {
            ExpressionKind::Name(name)
                if is_matrix(name) && !self.assigned.contains_key(name.as_str()) =>
            {
                Ok(name)
            }
            _ => Err(not_a_matrix(factor)),
        }
    }

    fn input_block(&mut self, matrix: &str, span: Span) -> Result<Term, Diagnostic> {
        match self.matrices.get(matrix) {
            Some(Use::Input(block)) => Ok(Term::Input(*block)),
            Some(Use::Group(..)) => Err(two_sizes(matrix, span)),
            None => {
                let block = self.inputs.len();
                self.matrices.insert(matrix.to_owned(), Use::Input(block));
                let equation = self.equation.to_owned();
                self.inputs.push(InputBlock { matrix: matrix.to_owned(), equation });
                Ok(Term::Input(block))
            }
        }
    }

    fn group_block(
        &mut self,
        matrix: &str,
        operand: Term,
        span: Span,
    ) -> Result<Term, Diagnostic> {
        match self.matrices.get(matrix) {
            Some(Use::Input(_)) => return Err(two_sizes(matrix, span)),
            Some(Use::Group(group, block)) => {
                if self.groups[*group].operand == operand {
                    return Ok(Term::Product { group: *group, block: *block });
                }
                return Err(two_operands(matrix, span));
            }
            None => {}
        }
        let group =
            self.groups.iter().position(|g| g.operand == operand).unwrap_or_else(|| {
                self.groups.push(Group { matrices: Vec::new(), operand });
                self.groups.len() - 1
            });
        let block = self.groups[group].matrices.len();
        self.groups[group].matrices.push(matrix.to_owned());
        self.matrices.insert(matrix.to_owned(), Use::Group(group, block));
        Ok(Term::Product { group, block })
    }
}

/// The factors of `A B v`, which leans left in the syntax.
pub(crate) fn factors(expression: &Expression) -> Vec<&Expression> {
    match &expression.kind {
        ExpressionKind::Product(a, b) => {
            let mut all = factors(a);
            all.push(b);
            all
        }
        _ => vec![expression],
    }
}

fn is_matrix(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

/// Puts the group of the state that the cell gives first: its weights are the layer's
/// recurrent weights in files.
fn first_group_first(mut form: CellForm) -> CellForm {
    if let Some(at) = form.groups.iter().position(|g| g.operand == Term::State(0)) {
        form.groups.swap(0, at);
        let swap = |group: usize| match group {
            0 => at,
            group if group == at => 0,
            group => group,
        };
        let renumber = |term: &mut Term| {
            if let Term::Product { group, .. } = term {
                *group = swap(*group);
            }
        };
        form.equations.iter_mut().for_each(|e| e.value.visit(&renumber));
        form.groups.iter_mut().for_each(|g| g.operand.visit(&renumber));
    }
    form
}

impl Term {
    /// Calls `change` on every term below this one and then on this one.
    fn visit(&mut self, change: &impl Fn(&mut Term)) {
        match self {
            Term::Negate(a) => a.visit(change),
            Term::Binary(_, a, b) => {
                a.visit(change);
                b.visit(change);
            }
            Term::Call(_, arguments) => {
                arguments.iter_mut().for_each(|a| a.visit(change))
            }
            Term::Number(_)
            | Term::Input(_)
            | Term::State(_)
            | Term::Local(_)
            | Term::Vector(_)
            | Term::Product { .. } => {}
        }
        change(self);
    }
}

fn with_starts(
    mut form: CellForm,
    starts: &[(&Word, f64)],
) -> Result<CellForm, Diagnostic> {
    for (name, value) in starts {
        let all = [&form.bias_input, &form.bias_hidden, &form.vectors];
        if !all.iter().any(|names| names.contains(&name.text)) {
            return Err(Diagnostic::error(format!(
                "`{}` is no learned vector",
                name.text
            ))
            .label(name.span, "only a learned vector has one start value")
            .with_hint("name a vector that the equations add: bf starts 1"));
        }
        form.starts.insert(name.text.clone(), *value as f32);
    }
    Ok(form)
}

fn assigned_twice(name: &Word) -> Diagnostic {
    Diagnostic::error(format!("`{}` has two equations", name.text))
        .label(name.span, "the second one")
        .with_hint(format!("give the second one a name of its own: {}2 = ...", name.text))
}

fn no_output(cell: &Word, output: &str, place: Span) -> Diagnostic {
    Diagnostic::error(format!(
        "cell `{}` gives `{output}`, and no line assigns it",
        cell.text
    ))
    .label(place, format!("`{output}` is what the next layer would read"))
    .with_hint(format!(
        "add a line `{output} = ...`, or say which name it gives: gives y"
    ))
}

fn no_input(cell: &Word) -> Diagnostic {
    Diagnostic::error(format!("cell `{}` never reads its input", cell.text))
        .label(cell.span, "no line has a product with `x`")
        .with_hint("add the input to a sum: h = tanh(W x + U h + b)")
}

fn bare_input(span: Span) -> Diagnostic {
    Diagnostic::error("`x` stands without a matrix")
        .label(span, "as wide as the data, not as the cell")
        .with_hint("put a learned matrix beside it: Wx x")
}

fn matrix_alone(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(format!("matrix `{name}` has no size"))
        .label(span, "nothing beside it to multiply")
        .with_hint(format!(
            "put what it multiplies beside it: {name} x; a vector has a small letter"
        ))
}

fn not_a_matrix(factor: &Expression) -> Diagnostic {
    let name = match &factor.kind {
        ExpressionKind::Name(name) => format!("`{name}`"),
        _ => "what stands before a vector".to_owned(),
    };
    Diagnostic::error(format!("{name} is no matrix, and side by side means a product"))
        .label(factor.span, "a vector, or the value of a line")
        .with_hint(
            "element by element is `*`; a learned matrix has a capital letter: Wf x",
        )
}

fn two_sizes(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(format!("matrix `{name}` multiplies both the input and a state"))
        .label(span, "another width than above")
        .with_hint(format!("use a second matrix here: U{}", &name.to_lowercase()))
}

fn two_operands(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(format!("matrix `{name}` multiplies two different vectors"))
        .label(span, "the second one")
        .with_hint("give each product a matrix of its own")
}

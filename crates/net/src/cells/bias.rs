//! Which vectors of a cell can be added outside the loop.
//!
//! A vector that stands in a sum with a product is added to that product: to all steps
//! of the projection at once, or, where the sum holds no product with `x`, to the
//! recurrent product. This is done for all blocks of a product or for none.

use std::collections::BTreeMap;

use carousel_lang::ast::BinaryOperator;

use super::{CellForm, Term};

/// Moves what can be moved out of the equations into `bias_input` and `bias_hidden`;
/// the other vectors are listed in `vectors`.
pub(super) fn fold_biases(mut form: CellForm) -> CellForm {
    let mut uses = BTreeMap::new();
    let mut sums = Vec::new();
    for equation in &form.equations {
        count_vectors(&equation.value, &mut uses);
        find_sums(&equation.value, &mut sums);
    }
    for group in &form.groups {
        count_vectors(&group.operand, &mut uses);
    }
    let plan = Plan::new(&form, &sums, &uses);
    let moved: Vec<String> = plan.input.iter().chain(&plan.hidden).cloned().collect();
    for equation in &mut form.equations {
        equation.value = without(equation.value.clone(), &moved)
            .expect("a sum keeps the product that a vector was added to");
    }
    form.vectors = uses.keys().filter(|name| !moved.contains(name)).cloned().collect();
    form.hidden_bias_in_body = !plan.hidden.is_empty() && !plan.hidden_beside_input;
    form.bias_input = plan.input;
    form.bias_hidden = plan.hidden;
    form
}

/// What a sum adds up: `a + b + c`.
#[derive(Default)]
struct Sum {
    inputs: Vec<usize>,
    hidden: Vec<usize>,
    vectors: Vec<String>,
}

struct Plan {
    input: Vec<String>,
    hidden: Vec<String>,
    hidden_beside_input: bool,
}

impl Plan {
    fn new(form: &CellForm, sums: &[Sum], uses: &BTreeMap<String, usize>) -> Plan {
        let own = form.groups.first().filter(|g| g.operand == Term::State(0));
        let mut input: Vec<Vec<&String>> = vec![Vec::new(); form.inputs.len()];
        let mut hidden = vec![Vec::new(); own.map_or(0, |group| group.matrices.len())];
        let mut beside = true;
        for sum in sums {
            let mut vectors = sum.vectors.iter().filter(|name| uses[*name] == 1);
            if let [block] = sum.inputs[..] {
                input[block].extend(vectors.next());
            }
            if let ([block], true) = (&sum.hidden[..], own.is_some()) {
                hidden[*block].extend(vectors.next());
                beside &= sum.inputs[..] == [*block];
            }
        }
        Plan {
            input: one_each(input),
            hidden: one_each(hidden),
            hidden_beside_input: beside
                && form.inputs.len() == own.map_or(0, |g| g.matrices.len()),
        }
    }
}

/// The vectors, if every block has exactly one; else none.
fn one_each(blocks: Vec<Vec<&String>>) -> Vec<String> {
    let single = blocks.iter().all(|names| names.len() == 1);
    if single { blocks.into_iter().flatten().cloned().collect() } else { Vec::new() }
}

fn count_vectors(term: &Term, uses: &mut BTreeMap<String, usize>) {
    if let Term::Vector(name) = term {
        *uses.entry(name.clone()).or_default() += 1;
    }
    for child in children(term) {
        count_vectors(child, uses);
    }
}

fn find_sums(term: &Term, sums: &mut Vec<Sum>) {
    let mut terms = Vec::new();
    addends(term, &mut terms);
    let mut sum = Sum::default();
    for addend in terms {
        match addend {
            Term::Input(block) => sum.inputs.push(*block),
            Term::Product { group: 0, block } => sum.hidden.push(*block),
            Term::Vector(name) => sum.vectors.push(name.clone()),
            other => children(other).into_iter().for_each(|child| find_sums(child, sums)),
        }
    }
    sums.push(sum);
}

fn addends<'t>(term: &'t Term, out: &mut Vec<&'t Term>) {
    if let Term::Binary(BinaryOperator::Add, a, b) = term {
        addends(a, out);
        addends(b, out);
    } else {
        out.push(term);
    }
}

fn children(term: &Term) -> Vec<&Term> {
    match term {
        Term::Negate(a) => vec![a],
        Term::Binary(_, a, b) => vec![a, b],
        Term::Call(_, arguments) => arguments.iter().collect(),
        Term::Number(_)
        | Term::Input(_)
        | Term::State(_)
        | Term::Local(_)
        | Term::Vector(_)
        | Term::Product { .. } => Vec::new(),
    }
}

/// The term without the vectors in `moved`, each of which stands in a sum with a
/// product; `None` if nothing is left of it.
fn without(term: Term, moved: &[String]) -> Option<Term> {
    let kept = |t: Term| without(t, moved).expect("only sums with products lose vectors");
    Some(match term {
        Term::Vector(name) if moved.contains(&name) => return None,
        Term::Binary(BinaryOperator::Add, a, b) => {
            match (without(*a, moved), without(*b, moved)) {
                (Some(a), Some(b)) => {
                    Term::Binary(BinaryOperator::Add, Box::new(a), Box::new(b))
                }
                (a, b) => return a.or(b),
            }
        }
        Term::Binary(operator, a, b) => {
            Term::Binary(operator, Box::new(kept(*a)), Box::new(kept(*b)))
        }
        Term::Negate(a) => Term::Negate(Box::new(kept(*a))),
        Term::Call(function, arguments) => {
            Term::Call(function, arguments.into_iter().map(kept).collect())
        }
        other => other,
    })
}

//! Optimisers: the word after `with` and the options that belong to it.

use carousel_cell::{Form, Optimiser};
use carousel_lang::ast::{Clause, Operand, Opt, PartKind, Word};
use carousel_lang::vocabulary::suggest;
use carousel_lang::{Diagnostic, Fix};
use carousel_net::model::Like;

use super::line::{Line, lone_word, part_text, unwrapped};
use super::number::{Real, real};

/// The words after `with`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum OptimiserKind {
    /// `adam`
    #[default]
    Adam,
    /// `adamw`: with weight decay apart from the gradient.
    AdamW,
    /// `sgd`
    Sgd,
    /// `rmsprop`
    RmsProp,
    /// `adagrad`
    Adagrad,
}

/// An optimiser as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct OptimiserWords {
    /// Which.
    pub(crate) kind: OptimiserKind,
    /// The learning rate.
    pub(crate) rate: f64,
    /// How much of the last change is kept.
    pub(crate) momentum: f64,
    /// Whether the gradient is looked at where the momentum leads.
    pub(crate) nesterov: bool,
    /// The weight decay.
    pub(crate) decay: f64,
}

impl Default for OptimiserWords {
    fn default() -> Self {
        let kind = OptimiserKind::Adam;
        OptimiserWords { kind, rate: 0.001, momentum: 0.0, nesterov: false, decay: 0.0 }
    }
}

const KINDS: &[(&str, OptimiserKind)] = &[
    ("adam", OptimiserKind::Adam),
    ("adamw", OptimiserKind::AdamW),
    ("sgd", OptimiserKind::Sgd),
    ("rmsprop", OptimiserKind::RmsProp),
    ("adagrad", OptimiserKind::Adagrad),
];

const RATE: Real =
    Real { noun: "value", allowed: "above 0", holds: |rate| rate > 0.0, usual: "0.001" };
const MOMENTUM: Real = Real {
    noun: "value",
    allowed: "from 0 up to, not including, 1",
    holds: |momentum| (0.0..1.0).contains(&momentum),
    usual: "0.9",
};
const DECAY: Real = Real {
    noun: "value",
    allowed: "from 0 up",
    holds: |decay| decay >= 0.0,
    usual: "0.01",
};

impl OptimiserWords {
    /// With the constants of the library that the training is like. Betas, rho and
    /// epsilon are the defaults of Keras 3 and PyTorch 2.
    pub(super) fn optimiser(self, like: Like) -> Optimiser {
        let OptimiserWords { kind, rate, momentum, nesterov, decay } = self;
        let (form, epsilon, rho) = match like {
            Like::Keras => (Form::Keras, 1e-7, 0.9),
            Like::PyTorch => (Form::PyTorch, 1e-8, 0.99),
        };
        match kind {
            OptimiserKind::Adam | OptimiserKind::AdamW => {
                Optimiser::Adam { rate, beta1: 0.9, beta2: 0.999, epsilon, decay, form }
            }
            OptimiserKind::Sgd => Optimiser::Sgd { rate, momentum, nesterov },
            OptimiserKind::RmsProp => {
                Optimiser::RmsProp { rate, rho, epsilon, momentum, form }
            }
            OptimiserKind::Adagrad => {
                let epsilon = if like == Like::PyTorch { 1e-10 } else { epsilon };
                Optimiser::Adagrad { rate, epsilon }
            }
        }
    }
}

/// The optimiser that a `with` clause and the options name.
///
/// # Errors
/// Where it is not known, or an option has no meaning for it.
pub(super) fn optimiser(
    with: Option<&Clause>,
    options: &[&Opt],
    line: Line<'_>,
) -> Result<OptimiserWords, Diagnostic> {
    let kind = with.map_or(Ok(OptimiserKind::Adam), |clause| kind(clause, line))?;
    let mut words = OptimiserWords { kind, ..OptimiserWords::default() };
    for option in options {
        let (word, arg) = (&option.word, option.arg.as_ref());
        let number = |rule| {
            arg.map_or_else(
                || Err(super::args::missing(word, "value", "0.9", line)),
                |arg| real(word, arg, rule, line),
            )
        };
        match word.text.as_str() {
            "rate" => words.rate = number(RATE)?,
            "momentum" => words.momentum = number(MOMENTUM)?,
            "nesterov" => words.nesterov = true,
            "decay" => words.decay = number(DECAY)?,
            _ => continue,
        }
        check_meaning(word, kind, |usual| {
            let momentum = options.iter().any(|option| option.word.text == "momentum");
            other_optimiser(word, usual, momentum, with, line)
        })?;
    }
    let nesterov = options.iter().find(|option| option.word.text == "nesterov");
    if let Some(nesterov) = nesterov.filter(|_| words.momentum == 0.0) {
        let span = nesterov.word.span;
        return Err(Diagnostic::error("`nesterov` needs a momentum to look ahead with")
            .label(span, "the momentum is 0")
            .with_fix(line.instead(span, "nesterov momentum 0.9")));
    }
    Ok(words)
}

fn kind(clause: &Clause, line: Line<'_>) -> Result<OptimiserKind, Diagnostic> {
    let (text, span) = match &clause.operand {
        Operand::Value(value) => {
            let value = unwrapped(value);
            if let Some(word) = lone_word(value)
                && let Some((_, kind)) =
                    KINDS.iter().find(|(known, _)| *known == word.text)
            {
                return Ok(*kind);
            }
            (part_text(&value.first), value.span)
        }
        Operand::Number(number, span) => (number.to_string(), *span),
        Operand::String(text, span) => (text.clone(), *span),
    };
    let known = || KINDS.iter().map(|(word, _)| *word);
    let error = Diagnostic::error(format!("`{text}` is no optimiser"));
    let takes_number = matches!(&clause.operand, Operand::Value(value)
        if matches!(&value.first.kind, PartKind::Word { word, args }
            if !args.is_empty() && known().any(|known| known == word.text)));
    if takes_number {
        let word = text.split(' ').next().unwrap_or("adam");
        return Err(error
            .label(span, "the learning rate is an option of its own")
            .with_fix(
                line.instead(span, &text.replacen(word, &format!("{word} rate"), 1)),
            ));
    }
    let words: Vec<&str> = known().collect();
    let error = error.note(format!("the optimisers are {}", words.join(", ")));
    Err(match suggest(&text, known()) {
        Some(near) => error
            .code("E1")
            .label(span, format!("did you mean `{near}`?"))
            .with_fix(line.instead(span, near)),
        None => error.label(span, "not known").with_fix(line.instead(span, "adam")),
    })
}

/// Each option belongs to some optimisers only.
fn check_meaning(
    option: &Word,
    kind: OptimiserKind,
    instead: impl Fn(&str) -> Fix,
) -> Result<(), Diagnostic> {
    use OptimiserKind::{AdamW, RmsProp, Sgd};
    let (kinds, usual): (&[OptimiserKind], &str) = match option.text.as_str() {
        "momentum" => (&[Sgd, RmsProp], "sgd"),
        "nesterov" => (&[Sgd], "sgd"),
        "decay" => (&[AdamW], "adamw"),
        _ => return Ok(()),
    };
    if kinds.contains(&kind) {
        return Ok(());
    }
    let word = word_of(kind);
    let others: Vec<String> =
        kinds.iter().map(|kind| format!("`{}`", word_of(*kind))).collect();
    Err(Diagnostic::error(format!("`{}` means nothing to `{word}`", option.text))
        .label(option.span, format!("the optimiser is `{word}`"))
        .note(format!("it belongs to {}", others.join(" and ")))
        .with_fix(instead(usual)))
}

/// The line with an optimiser that knows the option.
fn other_optimiser(
    option: &Word,
    usual: &str,
    momentum: bool,
    with: Option<&Clause>,
    line: Line<'_>,
) -> Fix {
    let usual = match option.text.as_str() {
        "nesterov" if !momentum => format!("{usual} momentum 0.9"),
        _ => usual.to_owned(),
    };
    match with.map(|clause| &clause.operand) {
        Some(Operand::Value(value)) => line.instead(value.span, &usual),
        Some(Operand::Number(..) | Operand::String(..)) | None => {
            line.instead(option.span, &format!("with {usual} {}", option.text))
        }
    }
}

fn word_of(kind: OptimiserKind) -> &'static str {
    let found = KINDS.iter().find(|(_, known)| *known == kind);
    found.expect("every optimiser has its word").0
}

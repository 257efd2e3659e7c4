//! The syntax tree: what a text says, with the place of every word.
//!
//! The tree is faithful to the text (the formatter prints it back); what words mean is
//! decided later, by the rooms that carry statements out.

mod cell;

pub use cell::{
    BinaryOperator, CellDefinition, CellLine, CellLineKind, Expression, ExpressionKind,
    Function,
};

use crate::Span;

/// A whole text: its statements, and the comments after the last of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Program {
    /// The statements, in order.
    pub statements: Vec<Statement>,
    /// Comments after the last statement.
    pub trailing: Vec<Comment>,
}

/// One statement with the comments that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// What it says.
    pub kind: StatementKind,
    /// Its whole text, continuation lines included, comments not.
    pub span: Span,
    /// Comments on lines of their own above it.
    pub comments: Vec<Comment>,
    /// The comments at the ends of its lines.
    pub remarks: Vec<Comment>,
}

/// A comment, without its `#`.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    /// The text after `#`, trimmed at its end.
    pub text: String,
    /// Where, `#` included.
    pub span: Span,
    /// Whether it stands on a line of its own, below an empty one.
    pub after_blank: bool,
}

/// The four kinds of statement.
#[derive(Debug, Clone, PartialEq)]
pub enum StatementKind {
    /// `data air = airline | window 3`, `one = train lstm 4 -> dense 1 on air`
    Binding(Binding),
    /// `cell mine ... end`
    Cell(CellDefinition),
    /// `train m on air epochs 100`
    Command(Command),
    /// `lstm 4 -> dense 1`: a bare chain or pipe
    Value(Value),
}

/// A name for a value or for what a command gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// The kind word, where one was written.
    pub kind: Option<(Kind, Span)>,
    /// The name.
    pub name: Word,
    /// What it names.
    pub body: BindingBody,
}

/// The kind words `data` and `model`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `data`
    Data,
    /// `model`
    Model,
}

/// What stands right of `=`.
#[derive(Debug, Clone, PartialEq)]
pub enum BindingBody {
    /// `train lstm 4 -> dense 1 on air`
    Command(Command),
    /// `lstm 4 -> dense 1`
    Value(Value),
}

/// A word or name as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The text.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// Parts joined by `|`, `->` or `=>`; all pipes are data, all others models.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// The first part.
    pub first: Part,
    /// The other parts, each with the joint before it.
    pub rest: Vec<(Joint, Part)>,
    /// The whole.
    pub span: Span,
}

impl Value {
    /// All parts in order.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        std::iter::once(&self.first).chain(self.rest.iter().map(|(_, part)| part))
    }
}

/// What joins two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joint {
    /// Which.
    pub kind: JointKind,
    /// Where.
    pub span: Span,
}

/// The three joints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JointKind {
    /// `|`: data, then a step
    Then,
    /// `->`: a layer into the next
    Into,
    /// `=>`: memory handed over
    HandOver,
}

/// One layer, step, source, name, list or group.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// `x 3`: so many of them, stacked.
    pub repeat: Option<(u32, Span)>,
    /// The whole part.
    pub span: Span,
}

/// The kinds of part.
#[derive(Debug, Clone, PartialEq)]
pub enum PartKind {
    /// `lstm 4 stateful`: a word and what follows it.
    Word {
        /// The first word.
        word: Word,
        /// Numbers and option words after it, in order.
        args: Vec<Arg>,
    },
    /// `( ... )`
    Group(Box<Value>),
    /// `[1 2 3]`
    List(Vec<Arg>),
    /// `42`, `"common.lstm"`: what `seed` and `use` are told.
    Literal(Arg),
}

/// One argument.
#[derive(Debug, Clone, PartialEq)]
pub struct Arg {
    /// What it is.
    pub kind: ArgKind,
    /// Where.
    pub span: Span,
}

/// The kinds of argument.
#[derive(Debug, Clone, PartialEq)]
pub enum ArgKind {
    /// `stateful`
    Word(String),
    /// `4`, `-0.5`, `1e-3`
    Number(f64),
    /// `67%`, held as 67
    Percent(f64),
    /// `0..1`
    Range(f64, f64),
    /// `"Passengers"`, escapes resolved
    String(String),
    /// `[1 2 3]`
    List(Vec<Arg>),
    /// `{1 2 4}`: a sweep
    Choice(Vec<Arg>),
    /// `30s`, `5m`, held in seconds
    Duration(f64),
}

/// A verb and what it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// The verb.
    pub verb: Verb,
    /// Where the verb stands.
    pub verb_span: Span,
    /// The words before `of`: `loss`, `test rmse`; empty where there is no `of`.
    pub view: Vec<Word>,
    /// The things it acts on, separated by commas.
    pub subjects: Vec<Value>,
    /// `on air`, `to "m.svg"`, `with lstm 4`, in order.
    pub clauses: Vec<Clause>,
    /// `epochs 100`, `like pytorch`, in order.
    pub options: Vec<Opt>,
    /// What `expect` asks.
    pub test: Option<Test>,
    /// The whole command.
    pub span: Span,
}

impl Command {
    /// The operand of the first clause with this preposition.
    pub fn clause(&self, preposition: Preposition) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.preposition == preposition)
    }

    /// The option with this word.
    pub fn option(&self, word: &str) -> Option<&Opt> {
        self.options.iter().find(|option| option.word.text == word)
    }
}

/// The verbs.
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    Train,
    Continue,
    Score,
    Compare,
    Plot,
    Show,
    Step,
    Predict,
    Forecast,
    Generate,
    Save,
    Expect,
    Use,
    Seed,
    Set,
    Runs,
    Undo,
    Reset,
    Check,
    Help,
}

/// A preposition and what follows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Which.
    pub preposition: Preposition,
    /// Where the preposition stands.
    pub preposition_span: Span,
    /// What follows it. A single word, number, string or list is a value of one part.
    pub operand: Operand,
}

/// What may follow a preposition.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A word, a word and its number, a list, or a value in `( )`.
    Value(Value),
    /// `99`, `0.5`
    Number(f64, Span),
    /// `"air.safetensors"`
    String(String, Span),
}

/// The prepositions (`of` is part of a view, not a clause).
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Preposition {
    On,
    From,
    To,
    At,
    As,
    With,
}

/// An option of a command: a word and perhaps its argument.
#[derive(Debug, Clone, PartialEq)]
pub struct Opt {
    /// The word.
    pub word: Word,
    /// Its argument.
    pub arg: Option<Arg>,
}

/// What `expect` asks of its subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// How they are compared.
    pub relation: Relation,
    /// Where the relation stands.
    pub relation_span: Span,
    /// The right side.
    pub right: TestRight,
}

/// The relations of `expect`.
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    Less,
    Greater,
    AtMost,
    AtLeast,
    Beats,
}

/// The right side of a test.
#[derive(Debug, Clone, PartialEq)]
pub enum TestRight {
    /// `60`, `50%`
    Arg(Arg),
    /// `naive`, `ar 12`, `m`
    Value(Value),
}

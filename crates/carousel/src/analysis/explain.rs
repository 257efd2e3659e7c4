//! What the word at the cursor means: its page of help, and what flows through it where
//! it is a layer of a model.

use carousel_lang::ast::{
    BindingBody, Command, PartKind, Program, Statement, StatementKind, Value,
};
use carousel_lang::reading::{Class, highlights};
use carousel_lang::{Source, Sources, Span, parse};

use super::ghost::ghost;
use crate::Session;
use crate::need;
use crate::read::{self, Subject};
use crate::statements::{answer, carry_out};
use crate::summarise;
use crate::work::Work;

/// What a word means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The word.
    pub span: Span,
    /// It, as it is written.
    pub title: String,
    /// What it means, in lines.
    pub text: String,
}

impl Session {
    /// What the word at byte `cursor` of a text means there; none where there is no word
    /// that has a meaning.
    pub fn explain(&mut self, text: &str, cursor: usize) -> Option<Explanation> {
        let mut sources = Sources::default();
        let source = sources.add("<typed>", text).clone();
        let word = word_at(&source, cursor)?;
        let title = source.text.get(word.range())?.to_owned();
        let (program, _) = parse(&source);
        let (flow, help) = self.look(|work| {
            let flow = flow(work, &program, word);
            (flow, answer(&title, &work.state))
        });
        let text = match (flow, help) {
            (Some(flow), Some(help)) => format!("{flow}\n\n{help}"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => return None,
        };
        Some(Explanation { span: word, title, text })
    }
}

fn word_at(source: &Source, cursor: usize) -> Option<Span> {
    let is_word = |class: Class| {
        !matches!(class, Class::Joint | Class::Number | Class::Text | Class::Comment)
    };
    let touches = |span: Span| span.range().start <= cursor && cursor <= span.range().end;
    let mut all = highlights(source).into_iter();
    all.find(|h| touches(h.span) && is_word(h.class)).map(|h| h.span)
}

/// What the statement that holds the word makes, and what its layer does there.
/// Statements before it are carried out dry, so that the names they give are known.
fn flow(work: &mut Work<'_>, program: &Program, word: Span) -> Option<String> {
    let holds = |s: &&Statement| s.span.start <= word.start && word.end <= s.span.end;
    let at = program.statements.iter().find(holds)?;
    for before in program.statements.iter().take_while(|s| s.span.end <= word.start) {
        let state = work.state.clone();
        if carry_out(work, before).is_err() {
            work.state = state;
        }
    }
    layer(work, at, word).or_else(|| {
        let names_it =
            matches!(&at.kind, StatementKind::Binding(b) if b.name.span == word);
        names_it.then(|| ghost(work, at)).flatten()
    })
}

/// `3x1 -> 4, 96 weights`: what goes into the layer at a place and comes out of it.
fn layer(work: &mut Work<'_>, statement: &Statement, word: Span) -> Option<String> {
    let (value, command) = chain(statement)?;
    let Subject::Networks(networks) = read::subject(value, &work.state).ok()? else {
        return None;
    };
    let [described] = &networks[..] else { return None };
    let at = value.parts().position(|part| match &part.kind {
        PartKind::Word { word: first, .. } => first.span == word,
        PartKind::Group(_) | PartKind::List(_) | PartKind::Literal(_) => false,
    })?;
    // A part that stands for several layers moves those after it.
    if described.network.layers.len() != value.parts().count() {
        return None;
    }
    let data = command.and_then(|c| need::on_data(c, &work.state).ok().flatten());
    let sized = match data {
        Some((data, _)) => summarise::sized_on(&*work.dataset(&data).ok()?, &data.text),
        None => summarise::size(work, &described.network).ok()?,
    };
    let like = carousel_net::model::Like::Keras;
    let summary = summarise::sized_summary("it", described, &sized, like).ok()?;
    let layer = summary.layers.get(at)?;
    let weights = need::count(layer.weights, "weight");
    Some(format!("{}: {}, {weights}, for {}", layer.text, layer.shapes, summary.data))
}

/// The chain of a statement, and the command that it stands in.
fn chain(statement: &Statement) -> Option<(&Value, Option<&Command>)> {
    let command = match &statement.kind {
        StatementKind::Value(value) => return Some((value, None)),
        StatementKind::Binding(binding) => match &binding.body {
            BindingBody::Value(value) => return Some((value, None)),
            BindingBody::Command(command) => command,
        },
        StatementKind::Command(command) => command,
        StatementKind::Cell(_) => return None,
    };
    match &command.subjects[..] {
        [value] => Some((value, Some(command))),
        _ => None,
    }
}

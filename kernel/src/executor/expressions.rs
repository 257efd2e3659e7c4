//! Expressions that a client wants to know the values of after a cell: models and data,
//! looked at on a copy of the session.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use carousel::{Output, Session};
use carousel_lang::ast::StatementKind;
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::show::Mime;
use crate::wire::Request;

/// The field `user_expressions` of a reply.
pub(super) fn answers(session: &Session, request: &Request) -> Map<String, Value> {
    let Some(asked) = request.content["user_expressions"].as_object() else {
        return Map::new();
    };
    let answer = |(name, text): (&String, &Value)| {
        let mut session = session.clone();
        let value = || value(&mut session, text.as_str().unwrap_or(""));
        let value = catch_unwind(AssertUnwindSafe(value)).unwrap_or_else(|_| {
            Err(Failure::new("Fault", "a fault in Carousel itself; nothing has changed"))
        });
        (name.clone(), value.unwrap_or_else(|failure| error(&failure)))
    };
    asked.iter().map(answer).collect()
}

fn value(session: &mut Session, text: &str) -> Result<Value, Failure> {
    let program = session.read("expression", text);
    let program = program.map_err(|errors| Failure::of(&errors, session.sources()))?;
    let [statement] = &program.statements[..] else {
        return Err(Failure::new(
            "NoValue",
            "an expression is one model, or one data set",
        ));
    };
    if !matches!(statement.kind, StatementKind::Value(_)) {
        return Err(Failure::new("NoValue", "this is a statement, not a model or data"));
    }
    let mut outputs: Vec<Output> = Vec::new();
    let ended = session.carry_out(statement, &mut |output| {
        outputs.push(output);
        ControlFlow::Continue(())
    });
    if let Err(errors) = ended {
        return Err(Failure::of(&errors, session.sources()));
    }
    let shown = outputs.iter().filter(|output| !matches!(output, Output::Hint(_)));
    let value = shown.filter_map(Mime::of_output).next_back();
    let Mime { data, metadata } = value.unwrap_or_default();
    Ok(json!({ "status": "ok", "data": data, "metadata": metadata }))
}

fn error(failure: &Failure) -> Value {
    let mut content = failure.content();
    content["status"] = json!("error");
    content
}

//! A bare chain is a model, a bare pipe is data: `it` until it has a name.

use std::sync::Arc;

use carousel_lang::Diagnostic;
use carousel_lang::ast::Value;

use super::load;
use crate::Output;
use crate::hints;
use crate::read::{self, Subject};
use crate::state::Named;
use crate::summarise::summary;
use crate::work::{Outcome, Work};

pub(super) fn run(work: &mut Work<'_>, value: &Value) -> Outcome {
    if let Some((args, span)) = load::call(value) {
        let loaded = Arc::new(load::run(work, args, span)?);
        work.state.it_model = Some(Named::Trained(Arc::clone(&loaded)));
        let summary = summary(work, "it", &loaded.described, Some(&loaded))?;
        return work.show(Output::Summary(summary));
    }
    match read::subject(value, &work.state)? {
        Subject::Data(data) => {
            super::show::data::run(work, &data)?;
            work.state.it_data = Some(data);
            Ok(())
        }
        Subject::Networks(networks) => {
            for described in networks {
                let name = super::lone_name(value).unwrap_or("it");
                let summary = summary(work, name, &described, None)?;
                work.show(Output::Summary(summary))?;
                if let Some(hint) = hints::half_stateful(&described) {
                    work.hint(hint)?;
                }
                work.state.it_model = Some(Named::Described(Arc::new(described)));
            }
            Ok(())
        }
        Subject::Trained { name, model } => {
            let summary = summary(work, &name, &model.described, Some(&model))?;
            work.state.it_model = Some(Named::Trained(model));
            work.show(Output::Summary(summary))
        }
        Subject::Baseline(baseline) => {
            let name = baseline.name();
            Err(Diagnostic::error(format!("`{name}` is a baseline, to be compared with"))
                .label(value.span, "does nothing alone")
                .with_hint(format!("compare {name}, lstm 4 -> dense 1 on air"))
                .into())
        }
    }
}

//! `show m`, `show m on air`, `show shapes of m`: layers, shapes and weights.

use carousel_lang::Diagnostic;
use carousel_lang::ast::Command;
use carousel_net::model::Like;

use super::About;
use crate::work::{Halt, Outcome, Work};
use crate::{Output, Summary, need, summarise};

pub(super) fn run(work: &mut Work<'_>, about: &About<'_>, command: &Command) -> Outcome {
    let summary = summary(work, about, command)?;
    work.show(Output::Summary(summary))
}

/// What flows between the layers, in one line.
pub(super) fn shapes(
    work: &mut Work<'_>,
    about: &About<'_>,
    command: &Command,
) -> Outcome {
    let summary = summary(work, about, command)?;
    let mut text = format!("{}, for {}\n  ", summary.name, summary.data);
    for (k, layer) in summary.layers.iter().enumerate() {
        let (before, after) =
            layer.shapes.split_once(" -> ").unwrap_or(("", &layer.shapes));
        if k == 0 {
            text += before;
        }
        text += &format!("  [{}]  {after}", layer.text);
    }
    work.say(text)
}

fn summary(
    work: &mut Work<'_>,
    about: &About<'_>,
    command: &Command,
) -> Result<Summary, Halt> {
    let About { name, described, trained } = about;
    let Some((data, span)) = need::on_data(command, &work.state)? else {
        let summary = summarise::summary(work, name, described, *trained);
        return Ok(summary.map_err(|error| error.or_label(command.span, ""))?);
    };
    let dataset = work.dataset(&data)?;
    let sized = summarise::sized_on(&dataset, &data.text);
    let like = trained.map_or(Like::Keras, |trained| trained.model().like);
    summarise::sized_summary(name, described, &sized, like).map_err(
        |error: Diagnostic| {
            error
                .label(
                    span,
                    format!("`{}` gives {}", data.text, need::shape_text(sized.shape)),
                )
                .into()
        },
    )
}

//! `show kernels of m`: the graph before and after fusion, and the time of each kernel.

use std::sync::Arc;

use carousel_cell::peak_gflops;
use carousel_data::Dataset;
use carousel_lang::Diagnostic;
use carousel_lang::ast::Command;
use carousel_net::engine::{Executor, KernelReport, Loss};
use carousel_net::model::{Like, Model};
use carousel_net::train::default_batch;

use super::About;
use crate::output::{Table, figure};
use crate::work::{Halt, Outcome, Work};
use crate::{Output, need};

pub(super) fn run(work: &mut Work<'_>, about: &About<'_>, command: &Command) -> Outcome {
    let (dataset, text) = data(work, about, command)?;
    let network = &about.described.network;
    let (model, batch, loss) = match about.trained {
        Some(trained) => {
            let shape = trained.model().data;
            need::fits(shape, &dataset, &text, command.span)?;
            let options = &trained.trainings[0].options;
            (trained.model().clone(), options.batch, options.loss)
        }
        None => {
            let shape = need::shape_of(&dataset);
            let model = Model::new(network, shape, Like::Keras, work.seed())?;
            (model, default_batch(dataset.train.len()), Loss::Mse)
        }
    };
    if work.dry {
        return Ok(());
    }
    let settings = work.state.settings.graph();
    let report = model
        .report(&dataset.train, batch, loss, settings)
        .map_err(|error| error.or_label(command.span, ""))?;
    work.say(graph(&about.name, batch, &report))?;
    if settings.executor == Executor::Luminal {
        return work.say(
            "luminal runs the graph node by node: there is no plan, and no kernels to time",
        );
    }
    work.show(Output::Table(times(&report)))
}

/// The data after `on`, of the model, or the current one.
fn data(
    work: &mut Work<'_>,
    about: &About<'_>,
    command: &Command,
) -> Result<(Arc<Dataset>, String), Halt> {
    if let Some((data, _)) = need::on_data(command, &work.state)? {
        return Ok((work.dataset(&data)?, data.text.clone()));
    }
    if let Some(trained) = about.trained
        && let Some(dataset) = &trained.dataset
    {
        return Ok((Arc::clone(dataset), trained.data_text().to_owned()));
    }
    if let Some(data) = work.state.it_data.clone() {
        return Ok((work.dataset(&data)?, data.text.clone()));
    }
    let name = &about.name;
    let data = need::some_data(&work.state);
    Err(Diagnostic::error("kernels have sizes, and sizes come from data")
        .label(command.span, "no data yet")
        .with_hint(format!("show kernels of {name} on {data}"))
        .into())
}

fn graph(name: &str, batch: usize, report: &KernelReport) -> String {
    let mut text = format!(
        "the graph of {name}, for {} at once: {} as written, {} that run",
        need::count(batch, "sample"),
        need::count(report.nodes_before, "node"),
        report.nodes_after
    );
    if report.fusions.is_empty() {
        text += "\n  nothing was fused";
    }
    for fusion in &report.fusions {
        text += &format!("\n  {fusion}");
    }
    text
}

fn times(report: &KernelReport) -> Table {
    let total: f64 = report.kernels.iter().map(|kernel| kernel.microseconds).sum();
    let title = format!("kernels of one batch, {} microseconds in all", figure(total));
    let columns =
        ["kernel", ">microseconds", ">share", ">threads", ">GFLOP/s", ">of peak"];
    let mut table = Table::new(title, &columns);
    let peak = peak_gflops();
    let rows = report.kernels.iter().map(|kernel| {
        let share = if total > 0.0 { 100.0 * kernel.microseconds / total } else { 0.0 };
        let mut row = vec![
            kernel.name.clone(),
            figure(kernel.microseconds),
            format!("{share:.0}%"),
        ];
        if kernel.flops > 0.0 {
            let gflops = kernel.flops / kernel.microseconds / 1e3;
            let share = 100.0 * gflops / (peak * kernel.threads as f64);
            let threads = kernel.threads.to_string();
            row.extend([threads, figure(gflops), format!("{share:.0}%")]);
        } else {
            row.extend([const { String::new() }; 3]);
        }
        row
    });
    table.rows = rows.collect();
    table.notes.push(format!(
        "only matrix products are counted; the peak of a thread, {} GFLOP/s, is that of \
         multiply-adds alone",
        figure(peak)
    ));
    table
}

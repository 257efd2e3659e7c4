//! Loss curves of models.

use carousel_net::engine::Loss;
use carousel_plot::{Figure, LossRun, Panel};

use crate::state::Trained;

/// The loss of each epoch, one panel for each model; all seeds.
pub(crate) fn loss_figure(models: &[(String, &Trained)]) -> Figure {
    let several = models.len() > 1;
    let mut whole: Option<Figure> = None;
    for (name, trained) in models {
        let mut one = one(name, trained);
        let Some(whole) = &mut whole else {
            whole = Some(one);
            continue;
        };
        whole.panels.append(&mut one.panels);
    }
    let mut whole = whole.unwrap_or_default();
    if several {
        for (panel, (name, trained)) in whole.panels.iter_mut().zip(models) {
            if let Panel::Chart(chart) = panel {
                chart.title = format!("{name}: {}", trained.described.text);
            }
        }
        let names: Vec<&str> = models.iter().map(|(name, _)| name.as_str()).collect();
        whole.title = format!("loss of {}", names.join(", "));
        whole.subtitle = String::new();
    }
    whole
}

fn one(name: &str, trained: &Trained) -> Figure {
    let runs: Vec<LossRun<'_>> = (trained.trainings.iter())
        .map(|training| LossRun {
            train: &training.history.train,
            validation: &training.history.validation,
        })
        .collect();
    let measure = match trained.trainings[0].options.loss {
        Loss::Mse => "mean squared error, scaled units",
        Loss::Mae => "mean absolute error, scaled units",
        Loss::CrossEntropy => "cross-entropy, nats",
        Loss::SumOfSquares | Loss::SumOfSquaresAndStates => "sum of squares",
    };
    let title = format!("loss of {name}: {}", trained.described.text);
    carousel_plot::loss_figure(&title, trained.data_text(), measure, &runs)
}

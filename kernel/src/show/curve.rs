//! The loss of a training that goes on: epochs go in, a curve of bearable size comes out.

use carousel::Epoch;
use carousel_plot::{Chart, Figure, Ink, Panel, Series, Shape, XAxis, loss_axis};

/// A line has at most twice so many points: a page is no wider.
const POINTS: usize = 300;

/// Models and seeds whose lines are kept; of more the last ones.
const LINES: usize = 60;

/// The losses of all models and seeds of one statement.
#[derive(Debug, Clone, Default)]
pub(super) struct Curve {
    traces: Vec<Trace>,
}

/// Those of one seed of one model.
#[derive(Debug, Clone)]
struct Trace {
    model: String,
    seed: (usize, usize),
    train: Points,
    validation: Points,
}

/// Values at some epochs, evenly spaced.
#[derive(Debug, Clone, Default)]
struct Points {
    every: usize,
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Curve {
    /// One epoch more.
    pub(super) fn add(&mut self, epoch: &Epoch) {
        let same =
            |trace: &&mut Trace| trace.model == epoch.model && trace.seed == epoch.seed;
        let trace = match self.traces.iter_mut().rev().find(same) {
            Some(trace) => trace,
            None => {
                if self.traces.len() == LINES {
                    self.traces.remove(0);
                }
                self.traces.push(Trace::new(epoch));
                self.traces.last_mut().expect("one was added")
            }
        };
        trace.train.add(epoch.number, epoch.loss);
        if let Some(loss) = epoch.validation {
            trace.validation.add(epoch.number, loss);
        }
    }

    /// The models whose losses these are.
    fn models(&self) -> Vec<&str> {
        let mut models: Vec<&str> = Vec::new();
        for trace in &self.traces {
            if !models.contains(&trace.model.as_str()) {
                models.push(&trace.model);
            }
        }
        models
    }

    /// The curve as a figure: a line for each model, faint ones for its other seeds.
    pub(super) fn figure(&self) -> Figure {
        let models = self.models();
        let several = models.len() > 1;
        let mut series = Vec::new();
        for (place, model) in models.iter().enumerate() {
            let of_model = self.traces.iter().filter(|trace| trace.model == *model);
            for (nth, trace) in of_model.enumerate() {
                let name = match (nth, several, trace.seed.1) {
                    (0, true, _) => (*model).to_owned(),
                    (0, false, 1) => "train".to_owned(),
                    (0, false, seeds) => format!("train, first of {seeds} seeds"),
                    _ => String::new(),
                };
                series.extend(trace.train.series(&name, place, nth));
                let name = if nth == 0 && !several { "validation" } else { "" };
                series.extend(trace.validation.series(name, place + 1, nth));
            }
        }
        // A stable sort: faint lines go behind.
        series.sort_by_key(|line| matches!(line.ink, Ink::Colour(_)));
        let points =
            self.traces.iter().flat_map(|trace| [&trace.train, &trace.validation]);
        let losses = points.flat_map(|points| points.y.iter().copied());
        let chart = Chart {
            title: String::new(),
            x: XAxis { title: "epoch".to_owned(), labels: Vec::new() },
            y: loss_axis("loss, scaled units", losses),
            series,
            markers: Vec::new(),
        };
        Figure {
            title: format!("loss of {}", models.join(", ")),
            subtitle: String::new(),
            panels: vec![Panel::Chart(chart)],
        }
    }
}

impl Trace {
    fn new(epoch: &Epoch) -> Trace {
        let (train, validation) = Default::default();
        Trace { model: epoch.model.clone(), seed: epoch.seed, train, validation }
    }
}

impl Points {
    /// One value more; where there are too many, every second one goes.
    fn add(&mut self, epoch: usize, value: f64) {
        self.every = self.every.max(1);
        if !(epoch - 1).is_multiple_of(self.every) {
            return;
        }
        self.x.push(epoch as f64);
        self.y.push(value);
        if self.x.len() > 2 * POINTS {
            self.every *= 2;
            for values in [&mut self.x, &mut self.y] {
                let mut second = false;
                values.retain(|_| {
                    second = !second;
                    second
                });
            }
        }
    }

    fn series(&self, name: &str, colour: usize, nth: usize) -> Option<Series> {
        let (ink, width) = match nth {
            0 => (Ink::Colour(colour), 2.0),
            _ => (Ink::Faint(colour), 0.8),
        };
        let shape = Shape::Line { y: self.y.clone(), dashed: false };
        let (name, x) = (name.to_owned(), self.x.clone());
        (!x.is_empty()).then_some(Series { name, x, shape, ink, width })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(model: &str, seed: (usize, usize), number: usize) -> Epoch {
        let loss = 1.0 / number as f64;
        let (model, validation) = (model.to_owned(), None);
        Epoch { model, seed, number, of: 100_000, loss, validation, steps: 10 }
    }

    fn lines(curve: &Curve) -> Vec<(String, usize)> {
        let figure = curve.figure();
        let Panel::Chart(chart) = &figure.panels[0] else { panic!("{figure:?}") };
        chart.series.iter().map(|line| (line.name.clone(), line.x.len())).collect()
    }

    #[test]
    fn a_long_training_stays_a_line_of_some_hundred_points() {
        let mut curve = Curve::default();
        (1..=100_000).for_each(|number| curve.add(&epoch("m", (1, 1), number)));
        let [(name, points)] = &lines(&curve)[..] else { panic!("{:?}", lines(&curve)) };
        assert_eq!(name, "train");
        assert!((POINTS..=2 * POINTS).contains(points), "{points}");
        assert!(curve.figure().svg(carousel_plot::Theme::Light).len() < 60_000);
    }

    #[test]
    fn each_model_has_its_line_and_other_seeds_are_faint() {
        let mut curve = Curve::default();
        for (model, seed) in [("m", (1, 2)), ("m", (2, 2)), ("n", (1, 1))] {
            (1..=3).for_each(|number| curve.add(&epoch(model, seed, number)));
        }
        let names: Vec<String> =
            lines(&curve).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["", "m", "n"]);
        assert_eq!(curve.figure().title, "loss of m, n");
    }
}

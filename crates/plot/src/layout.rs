//! The page: a figure goes in, its title and panels come out as a scene, from top to
//! bottom.

use crate::font::{self, Weight};
use crate::scene::{Anchor, Mark, Scene};
use crate::theme::Colours;
use crate::{Figure, Panel, Theme, bars, chart, heat, stack};

/// Pixels from the left edge of every picture to its right one, at scale 1.
pub const WIDTH: f64 = 760.0;
/// Pixels between the page's edge and anything drawn.
const MARGIN: f64 = 24.0;
/// Pixels of height that one chart alone gets for its plot.
const PLOT_HEIGHT: f64 = 300.0;
/// Pixels of height for each plot where a figure has several.
const SMALL_PLOT_HEIGHT: f64 = 150.0;
/// Pixels between two panels.
const PANEL_GAP: f64 = 26.0;

/// Pixels that words behind a heading need at least.
const LEAST_NOTE: f64 = 40.0;

/// The font size of titles.
const TITLE_SIZE: f64 = 18.0;
/// The font size of subtitles and the headings of panels.
const SUBTITLE_SIZE: f64 = 13.0;
/// The font size of everything else.
pub(crate) const LABEL_SIZE: f64 = 12.0;

/// Where the panels are drawn: the page so far.
pub(crate) struct Page<'a> {
    pub(crate) colours: &'a Colours,
    pub(crate) left: f64,
    pub(crate) right: f64,
    /// Where the next thing begins, counted from the top.
    pub(crate) y: f64,
    pub(crate) marks: Vec<Mark>,
}

/// The figure as marks on a page.
pub(crate) fn scene(figure: &Figure, theme: Theme) -> Scene {
    let colours = theme.colours();
    let mut page = Page {
        colours,
        left: MARGIN,
        right: WIDTH - MARGIN,
        y: MARGIN - 4.0,
        marks: Vec::new(),
    };
    page.header(figure);
    let plot_height =
        if figure.panels.len() > 1 { SMALL_PLOT_HEIGHT } else { PLOT_HEIGHT };
    for (index, panel) in figure.panels.iter().enumerate() {
        if index > 0 {
            page.y += PANEL_GAP;
        }
        match panel {
            Panel::Chart(chart) => {
                page.heading(&chart.title);
                chart::draw(chart, plot_height, &mut page);
            }
            Panel::Stack(stack) => stack::draw(stack, &mut page),
            Panel::Heat(heat) => heat::draw(heat, &mut page),
            Panel::Bars(bars) => {
                page.heading(&bars.title);
                bars::draw(bars, &mut page);
            }
        }
    }
    Scene {
        title: crate::scene::printable(&figure.title),
        width: WIDTH,
        height: (page.y + MARGIN - 6.0).ceil(),
        ground: colours.ground,
        marks: page.marks,
    }
}

impl Page<'_> {
    /// The title in up to two lines and the subtitle in one or two.
    fn header(&mut self, figure: &Figure) {
        let colours = self.colours;
        let room = self.right - self.left;
        for line in font::wrap(&figure.title, TITLE_SIZE, Weight::SemiBold, room, 2) {
            self.y += 24.0;
            let at = (self.left, self.y - 5.0);
            let mark = Mark::text(line, at, Anchor::Start, TITLE_SIZE, colours.text);
            self.marks.push(mark.semi_bold());
        }
        for line in font::wrap(&figure.subtitle, SUBTITLE_SIZE, Weight::Regular, room, 2)
        {
            self.y += 19.0;
            let at = (self.left, self.y - 4.0);
            let mark = Mark::text(line, at, Anchor::Start, SUBTITLE_SIZE, colours.muted);
            self.marks.push(mark);
        }
        self.y += 10.0;
    }

    /// The heading of one panel.
    fn heading(&mut self, title: &str) {
        if title.is_empty() {
            return;
        }
        let room = self.right - self.left;
        let title = font::shorten(title, SUBTITLE_SIZE, Weight::SemiBold, room);
        self.y += 18.0;
        let at = (self.left, self.y - 4.0);
        let mark = Mark::text(title, at, Anchor::Start, SUBTITLE_SIZE, self.colours.text);
        self.marks.push(mark.semi_bold());
    }

    /// A heading and quieter words behind it, both within `right`.
    pub(crate) fn heading_with(&mut self, title: &str, note: &str, right: f64) {
        let title =
            font::shorten(title, SUBTITLE_SIZE, Weight::SemiBold, right - self.left);
        self.heading(&title);
        let mut start = self.left;
        if title.is_empty() {
            self.y += 18.0;
        } else {
            start += font::width(&title, SUBTITLE_SIZE, Weight::SemiBold) + 10.0;
        }
        if right - start > LEAST_NOTE {
            let note = short_label(note, right - start);
            self.label(&note, (start, self.y - 4.0), Anchor::Start, self.colours.muted);
        }
    }

    /// A label of the usual size.
    pub(crate) fn label(
        &mut self,
        text: &str,
        at: (f64, f64),
        anchor: Anchor,
        colour: crate::theme::Colour,
    ) {
        self.marks.push(Mark::text(text, at, anchor, LABEL_SIZE, colour));
    }
}

/// The width of a label of the usual size.
pub(crate) fn label_width(text: &str) -> f64 {
    font::width(text, LABEL_SIZE, Weight::Regular)
}

/// A label cut to `room` pixels.
pub(crate) fn short_label(text: &str, room: f64) -> String {
    font::shorten(text, LABEL_SIZE, Weight::Regular, room)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Best, Decay, Heat, LossRun, Marker, Observed, Predicted, Score, Units, XAxis,
        compare_figure, decay_figure, fit_figure, loss_figure, scores_figure,
        units_figure,
    };

    /// Left, right, top and bottom of each text; capitals reach about 0.75 of the font
    /// size above the baseline and descenders 0.25 below it.
    fn boxes(scene: &Scene) -> Vec<(String, [f64; 4])> {
        let text = |mark: &Mark| match mark {
            Mark::Text { text, at: (x, y), anchor, size, weight, .. } => {
                let width = font::width(text, *size, *weight);
                let left = match anchor {
                    Anchor::Start => *x,
                    Anchor::Middle => x - width / 2.0,
                    Anchor::End => x - width,
                };
                let (top, bottom) = (y - 0.75 * size, y + 0.25 * size);
                Some((text.clone(), [left, left + width, top, bottom]))
            }
            Mark::Line { .. }
            | Mark::Area { .. }
            | Mark::Dots { .. }
            | Mark::Rect { .. } => None,
        };
        scene.marks.iter().filter_map(text).collect()
    }

    fn check(figure: &Figure) {
        let scene = scene(figure, Theme::Light);
        let boxes = boxes(&scene);
        for (text, [left, right, top, bottom]) in &boxes {
            assert!(*left >= 0.0 && *right <= scene.width, "{text:?} is cut off");
            assert!(*top >= 0.0 && *bottom <= scene.height, "{text:?} is cut off");
        }
        for (index, (text, a)) in boxes.iter().enumerate() {
            for (other, b) in &boxes[index + 1..] {
                let apart = a[1] <= b[0] || b[1] <= a[0] || a[3] <= b[2] || b[3] <= a[2];
                assert!(apart, "{text:?} {a:?} and {other:?} {b:?} overlap");
            }
        }
    }

    fn months(count: usize) -> Vec<String> {
        (0..count).map(|m| format!("{}-{:02}", 1949 + m / 12, m % 12 + 1)).collect()
    }

    #[test]
    fn no_text_of_a_fit_is_cut_off_or_hidden() {
        let long = "a name that is much longer than anything that fits beside a plot";
        for (count, size, title) in [(144, 600.0, "fit"), (7, 1e-9, long), (2, -3e12, "")]
        {
            let values: Vec<f64> = (0..count).map(|k| k as f64 * size).collect();
            let rows: Vec<usize> = (1..count).collect();
            let part =
                Predicted { name: title, rows: &rows, values: &values[..count - 1] };
            let markers: Vec<Marker> = (0..3)
                .map(|k| Marker { x: f64::from(k) / 2.0, label: long[..30].to_owned() })
                .collect();
            for labels in [months(count), Vec::new()] {
                let observed = Observed {
                    name: "passengers",
                    unit: title,
                    values: &values,
                    labels: &labels,
                };
                let parts = [part, part, part];
                check(&fit_figure(title, long, &observed, &parts, &markers));
                check(&compare_figure(long, title, &observed, &parts, &markers));
            }
        }
    }

    #[test]
    fn names_at_the_ends_of_equal_lines_stay_apart() {
        let (values, rows) = ([3.0; 20], (0..20).collect::<Vec<usize>>());
        let names: Vec<String> = (0..9).map(|k| format!("model {k}")).collect();
        let models: Vec<Predicted<'_>> = names
            .iter()
            .map(|name| Predicted { name, rows: &rows, values: &values })
            .collect();
        let observed = Observed { name: "y", unit: "", values: &values, labels: &[] };
        check(&compare_figure("Nine models", "", &observed, &models, &[]));
    }

    #[test]
    fn no_text_of_what_is_inside_is_cut_off_or_hidden() {
        let long = "a name that is much longer than anything that fits beside a table";
        for (rows, columns) in [(1, 1), (1, 16), (4, 16), (16, 64), (128, 512), (300, 3)]
        {
            let value = |k: usize| (k as f64).sin();
            let values: Vec<Vec<f64>> = (0..rows)
                .map(|row| (0..columns).map(|k| value(row * columns + k)).collect())
                .collect();
            let units = Units { name: "i", note: long, range: None, values: &values };
            let other = Units { name: long, ..units };
            let names = vec![long.to_owned(); rows];
            let group =
                |k: usize| (["i", "forget gate", "g", "o"][k].to_owned(), columns / 4);
            for (names, labels) in [(&names, months(columns)), (&Vec::new(), Vec::new())]
            {
                let parts = [units, other, units];
                check(&units_figure(long, long, &labels, names, &parts));
                for groups in [Vec::new(), (0..4).map(group).collect()] {
                    let heat = Heat {
                        title: if labels.is_empty() { long } else { "w_hh" }.to_owned(),
                        measure: long.to_owned(),
                        rows: names.clone(),
                        groups,
                        x: XAxis { title: "step".to_owned(), labels: labels.clone() },
                        values: values.clone(),
                        range: Some((0.0, 1.0)),
                    };
                    let panels = vec![Panel::Heat(heat.clone()), Panel::Heat(heat)];
                    check(&Figure { panels, ..Figure::default() });
                }
            }
        }
        let values: Vec<f64> = (0..40).map(|k| 0.3_f64.powi(k)).collect();
        let lines = [Decay { name: "rnn 16", values: &values }; 3];
        check(&decay_figure(long, "", ("steps back", 0), long, &lines));
    }

    #[test]
    fn no_text_of_losses_and_scores_is_cut_off_or_hidden() {
        let loss: Vec<f64> = (0..50).map(|k| 0.7_f64.powi(k)).collect();
        let run = LossRun { train: &loss, validation: &loss };
        check(&loss_figure("Loss", "", "mse", &[run]));
        check(&loss_figure("Loss", "", "mse", &[run, run, run]));
        let name =
            "lstm 128 stateful -> lstm 128 -> dropout 0.5 -> dense 64 relu -> dense 1";
        let values = [48.66, -12.0, 1e30, f64::NAN, f64::INFINITY, 0.0];
        for count in 0..=values.len() {
            let scores: Vec<Score<'_>> = values[..count]
                .iter()
                .map(|&value| Score {
                    name,
                    value,
                    spread: Some((value * 0.9, value * 1.2)),
                    baseline: value < 0.0,
                })
                .collect();
            check(&scores_figure(name, name, name, &scores, Best::Highest));
        }
    }
}

//! The figure as plain data: what is drawn, not where on the page.

/// A titled picture of one or more panels, one below the other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figure {
    /// The headline; empty for none.
    pub title: String,
    /// One quieter line below it; empty for none.
    pub subtitle: String,
    /// From top to bottom.
    pub panels: Vec<Panel>,
}

/// One part of a figure with its own axes.
#[derive(Debug, Clone, PartialEq)]
pub enum Panel {
    /// Values over a horizontal axis.
    Chart(Chart),
    /// Charts over one horizontal axis.
    Stack(Stack),
    /// Named values as horizontal bars.
    Bars(Bars),
    /// A table of numbers as colours.
    Heat(Heat),
}

/// Values over a horizontal axis of numbers or labels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chart {
    /// A heading of this panel alone; empty for none.
    pub title: String,
    /// The horizontal axis.
    pub x: XAxis,
    /// The vertical axis.
    pub y: YAxis,
    /// Drawn in this order, the last one on top.
    pub series: Vec<Series>,
    /// Vertical lines with a label above the plot.
    pub markers: Vec<Marker>,
}

/// The horizontal axis.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct XAxis {
    /// What is counted, such as `epoch`; empty where the labels say it.
    pub title: String,
    /// `labels[i]` stands at `x = i`: months (`1949-01`), days (`1949-01-31`) or any
    /// words. Empty: the axis shows numbers.
    pub labels: Vec<String>,
}

/// The vertical axis.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct YAxis {
    /// What is measured and its unit, such as `passengers`.
    pub title: String,
    /// Powers of ten at equal distances; values that are not above 0 leave gaps.
    pub log: bool,
    /// Two values that the axis reaches in any case, such as 0 and 1 for shares.
    pub range: Option<(f64, f64)>,
}

/// Charts one below the other over one horizontal axis, so that what belongs to the same
/// step stands in one column. The names of lines and the markers are those of the first
/// chart, the words on the horizontal axis those of the last.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stack {
    /// From top to bottom; series with the same place in each have the same name and ink.
    pub charts: Vec<Chart>,
}

/// A table of numbers, each drawn as a field whose colour says its size.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heat {
    /// A heading of this panel alone; empty for none.
    pub title: String,
    /// What is measured, in a few words; empty for nothing.
    pub measure: String,
    /// The name of each row, from top to bottom; empty for none.
    pub rows: Vec<String>,
    /// The names above columns that belong together, and how many they are; empty for
    /// none.
    pub groups: Vec<(String, usize)>,
    /// What stands below the columns, where it has a title or labels: a label for each,
    /// or their numbers from 1. Columns in several groups have the title alone.
    pub x: XAxis,
    /// A list for each row, the longest of which says how many columns there are. What
    /// is not finite is drawn as a gap.
    pub values: Vec<Vec<f64>>,
    /// Values that the colours always reach; those of `values` alone where there are
    /// none.
    pub range: Option<(f64, f64)>,
}

/// One named set of values.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What the legend says; an empty name keeps it out of the legend.
    pub name: String,
    /// Where the values stand, as long as they are.
    pub x: Vec<f64>,
    /// The values and how they are drawn. What is not finite leaves a gap.
    pub shape: Shape,
    /// The colour.
    pub ink: Ink,
    /// Stroke width in pixels, or the diameter of points.
    pub width: f64,
}

/// How a series is drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A line through the values.
    Line {
        /// The values.
        y: Vec<f64>,
        /// Dashes in place of a solid stroke.
        dashed: bool,
    },
    /// A dot at each value.
    Points {
        /// The values.
        y: Vec<f64>,
    },
    /// The area between two lines.
    Band {
        /// The lower line.
        lower: Vec<f64>,
        /// The upper line.
        upper: Vec<f64>,
    },
}

/// A colour by its role; the theme says which one it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Grey: the data, the baselines, what stands behind.
    Quiet,
    /// One of the colours that stay apart for colour-blind readers, in the palette's
    /// order; numbers beyond the last start again.
    Colour(usize),
    /// The same colour paler: the single runs behind their median.
    Faint(usize),
}

/// A vertical line with a label.
#[derive(Debug, Clone, PartialEq)]
pub struct Marker {
    /// Where it stands on the horizontal axis.
    pub x: f64,
    /// What begins there, such as `test part begins`.
    pub label: String,
}

/// Named values as horizontal bars from 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bars {
    /// A heading of this panel alone; empty for none.
    pub title: String,
    /// What is measured and its unit, such as `test RMSE, passengers`.
    pub measure: String,
    /// What the colours mean, such as `model` and `baseline`; empty where all are one.
    pub key: Vec<(String, Ink)>,
    /// From top to bottom.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// What stands left of it.
    pub name: String,
    /// Its length; what is not finite is named as missing.
    pub value: f64,
    /// The lower and upper end of a whisker.
    pub spread: Option<(f64, f64)>,
    /// The colour.
    pub ink: Ink,
}

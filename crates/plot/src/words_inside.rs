//! Stacks and tables in words.

use crate::axis::drawable;
use crate::words::{chart_lines, number, place, points};
use crate::{Chart, Heat, Series, Stack};

/// So many lines of a chart are told one by one; a listener loses count of more.
const TOLD: usize = 6;

/// Each chart of a stack, from top to bottom.
pub(crate) fn stack_lines(stack: &Stack) -> Vec<String> {
    let told = |chart: &Chart| {
        if chart.series.len() <= TOLD { chart_lines(chart) } else { together(chart) }
    };
    stack.charts.iter().flat_map(told).collect()
}

/// Many lines as one.
fn together(chart: &Chart) -> Vec<String> {
    let all = |series: &Series| points(series, chart.y.log);
    let all: Vec<(f64, f64)> = chart.series.iter().flat_map(all).collect();
    let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
    let said = match (all.iter().min_by(by_value), all.iter().max_by(by_value)) {
        (Some(low), Some(high)) => format!(
            "{} lines: lowest {} at {}, highest {} at {}",
            chart.series.len(),
            number(low.1),
            place(chart, low.0),
            number(high.1),
            place(chart, high.0)
        ),
        (None, _) | (_, None) => "no values to draw".to_owned(),
    };
    vec![chart.title.clone(), chart.y.title.clone(), said]
}

/// A table: how large it is, and where its ends are.
pub(crate) fn heat_lines(heat: &Heat) -> Vec<String> {
    let columns = heat.values.iter().map(Vec::len).max().unwrap_or(0);
    let mut lines = vec![heat.title.clone(), heat.measure.clone()];
    let counted = |count: usize, what: &str| {
        format!("{count} {what}{}", if count == 1 { "" } else { "s" })
    };
    let (rows, columns) = (counted(heat.values.len(), "row"), counted(columns, "column"));
    lines.push(format!("{rows}, {columns}"));
    let groups: Vec<String> =
        heat.groups.iter().map(|(name, size)| format!("{name} {size}")).collect();
    if !groups.is_empty() {
        lines.push(format!("columns: {}", groups.join(", ")));
    }
    let rows = heat.values.iter().enumerate();
    let each = rows.flat_map(|(row, values)| {
        values.iter().enumerate().map(move |(column, value)| (row, column, *value))
    });
    let drawn: Vec<(usize, usize, f64)> =
        each.filter(|(_, _, value)| drawable(*value, false)).collect();
    let by_value =
        |a: &&(usize, usize, f64), b: &&(usize, usize, f64)| a.2.total_cmp(&b.2);
    let said = |what: &str, (row, column, value): &(usize, usize, f64)| {
        let name = heat.rows.get(*row).filter(|name| !name.is_empty());
        let row = name.cloned().unwrap_or_else(|| (row + 1).to_string());
        format!("{what}: {} in row {row}, column {}", number(*value), column + 1)
    };
    let ends = drawn.iter().min_by(by_value).zip(drawn.iter().max_by(by_value));
    match ends {
        Some((low, high)) => lines.extend([said("lowest", low), said("highest", high)]),
        None => lines.push("no values to draw".to_owned()),
    }
    lines
}

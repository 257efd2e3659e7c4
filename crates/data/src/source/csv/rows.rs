//! From text to rows of cells, each with its line: separators, header, skipped lines.

use carousel_lang::Diagnostic;
use csv::{ReaderBuilder, StringRecord};

use super::cells::{Cell, cell};
use crate::Csv;
use crate::dates::is_date;

/// The rows of a file.
pub(super) struct Rows {
    /// From the header, or made up.
    pub(super) names: Vec<String>,
    pub(super) rows: Vec<Row>,
    /// The line of the header, or of the first row.
    pub(super) first_line: usize,
    /// Whether there is a header.
    pub(super) header: bool,
    /// Lines of the file; what follows the last line break is one if it is not empty.
    pub(super) lines: Vec<String>,
}

/// One row.
pub(super) struct Row {
    /// Its line as an editor shows it.
    pub(super) line: usize,
    cells: StringRecord,
}

impl Row {
    /// The cell of a column, empty where the row is too short.
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).unwrap_or("").trim()
    }

    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }
}

/// Cuts the text into rows, without the lines that are to be skipped.
pub(super) fn rows(csv: &Csv, text: &str) -> Result<Rows, Diagnostic> {
    let starts = line_starts(text);
    let lines: Vec<String> = (0..starts.len())
        .map(|k| {
            let end = starts.get(k + 1).copied().unwrap_or(text.len());
            text[starts[k]..end].trim_end_matches(['\n', '\r']).to_owned()
        })
        .collect();
    let separator = separator(&lines);
    let first = parse(text, 0, text.len(), separator, &starts, true);
    let Some(first) = first.into_iter().next() else {
        return Err(nothing(csv, "it has no rows"));
    };
    let header = is_header(&first.0);
    let header_end = if header { line_of(first.1.max(1) - 1, &starts) } else { 0 };
    let begin = header_end.saturating_add(csv.skip_first).min(lines.len());
    let end = lines.len().saturating_sub(csv.skip_last).max(begin);
    let offset = |line: usize| starts.get(line).copied().unwrap_or(text.len());
    let parsed = parse(text, offset(begin), offset(end), separator, &starts, false);
    let rows: Vec<Row> =
        parsed.into_iter().map(|(cells, _, line)| Row { line, cells }).collect();
    if rows.is_empty() && (csv.skip_first > 0 || csv.skip_last > 0) {
        return Err(nothing(
            csv,
            &format!("`skip` leaves none of its {} lines", lines.len()),
        ));
    }
    let Some(row) = rows.first() else {
        return Err(nothing(csv, "it has a header and no rows"));
    };
    let names = if header { header_names(&first.0) } else { made_up(row.len()) };
    Ok(Rows { names, first_line: first.2, header, rows, lines })
}

fn nothing(csv: &Csv, why: &str) -> Diagnostic {
    Diagnostic::error(format!("`{}` has no values", super::name(csv)))
        .label(csv.path_span, why.to_owned())
}

/// The bytes at which lines begin. Lines end with `\n`, `\r\n` or `\r`.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = |at: usize| match bytes[at] {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    let breaks = (0..bytes.len()).filter(|&at| ends(at)).map(|at| at + 1);
    [0].into_iter().chain(breaks).filter(|&start| start < bytes.len()).collect()
}

/// The line (counted from 1) that holds byte `at`.
fn line_of(at: usize, starts: &[usize]) -> usize {
    starts.partition_point(|&start| start <= at)
}

/// The records of `text[begin..end]`, each with the byte at which it ends and its line.
/// Blank lines are left out.
fn parse(
    text: &str,
    begin: usize,
    end: usize,
    separator: u8,
    starts: &[usize],
    only_first: bool,
) -> Vec<(StringRecord, usize, usize)> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(&text.as_bytes()[begin..end]);
    let mut records = Vec::new();
    loop {
        let before = begin + reader.position().byte() as usize;
        let mut record = StringRecord::new();
        if !matches!(reader.read_record(&mut record), Ok(true)) {
            return records;
        }
        if record.len() == 1 && record[0].trim().is_empty() {
            continue;
        }
        // The record begins behind the blank lines that the reader passed over.
        let blank = text[before..end].bytes().take_while(|b| b"\r\n".contains(b)).count();
        let after = begin + reader.position().byte() as usize;
        records.push((record, after, line_of(before + blank, starts)));
        if only_first {
            return records;
        }
    }
}

/// The separator that the first lines agree on; a comma where there is none. A comma
/// beside another separator is taken for a part of numbers.
fn separator(lines: &[String]) -> u8 {
    const LOOK_AT: usize = 10;
    let first: Vec<&String> =
        lines.iter().filter(|line| !line.trim().is_empty()).take(LOOK_AT).collect();
    let common = |separator: u8| {
        first.iter().map(|line| outside_quotes(line, separator)).min().unwrap_or(0)
    };
    let rare = [b';', b'\t'].into_iter().max_by_key(|&s| (common(s), s == b';'));
    match rare {
        Some(separator) if common(separator) > 0 => {
            let (rare, comma) = (common(separator), common(b','));
            // Columns of text may hold a semicolon; they do not in every line twice.
            if comma > 2 * rare { b',' } else { separator }
        }
        _ => {
            // A title or footer among the first lines agrees with nothing.
            let most = [b',', b';', b'\t'].into_iter().rev().max_by_key(|&s| {
                first.iter().filter(|line| outside_quotes(line, s) > 0).count()
            });
            if common(b',') > 0 { b',' } else { most.unwrap_or(b',') }
        }
    }
}

fn outside_quotes(line: &str, separator: u8) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for byte in line.bytes() {
        quoted ^= byte == b'"';
        count += usize::from(byte == separator && !quoted);
    }
    count
}

/// A header is a first row that holds something else than numbers, gaps and dates.
fn is_header(record: &StringRecord) -> bool {
    record.iter().any(|text| cell(text) == Cell::Other && !is_date(text))
}

fn header_names(record: &StringRecord) -> Vec<String> {
    let name = |(index, text): (usize, &str)| match text.trim() {
        "" => format!("column {}", index + 1),
        name => name.to_owned(),
    };
    record.iter().enumerate().map(name).collect()
}

fn made_up(columns: usize) -> Vec<String> {
    if columns == 1 {
        return vec!["value".to_owned()];
    }
    (1..=columns).map(|number| format!("column {number}")).collect()
}

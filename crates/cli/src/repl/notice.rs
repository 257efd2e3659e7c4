//! What is shown behind a text that is being typed: what it makes, or what is wrong with
//! it, once that is no longer about to be typed.

use std::ops::Range;

use carousel::Analysis;
use carousel_lang::{Diagnostic, vocabulary};
use unicode_width::UnicodeWidthStr;

use crate::terminal;

/// What is shown, and what Tab makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    /// What is shown: behind the line, or below it where it begins with a line break.
    pub(super) text: String,
    /// The bytes that are wrong.
    pub(super) error: Option<Range<usize>>,
    /// The text with the error mended.
    pub(super) mended: Option<String>,
}

/// What is shown behind a text, after a prompt of some columns on a terminal of some
/// columns.
pub(super) fn notice(
    analysis: &Analysis,
    text: &str,
    prompt: usize,
    columns: usize,
) -> Option<Notice> {
    let ghost = match (analysis.error(), analysis.ghosts.last()) {
        (Some(error), _) => match of_error(analysis, error, text, prompt, columns) {
            Some(notice) => return Some(notice),
            None => format!("  {}", usage(text)?),
        },
        (None, Some(ghost)) => format!("  ⟵ {}", ghost.text),
        (None, None) => format!("  {}", usage(text)?),
    };
    // Beside the line where it fits, else below it.
    let last = text.rsplit('\n').next().unwrap_or(text);
    let used = last.width() + if text.contains('\n') { 0 } else { prompt };
    let room = columns.saturating_sub(used + 1);
    let text = if ghost.width() <= room {
        ghost
    } else {
        format!("\n{}", terminal::cut(&ghost, columns.saturating_sub(1)))
    };
    Some(Notice { text, error: None, mended: None })
}

/// What stands after a verb that was just typed.
fn usage(text: &str) -> Option<&'static str> {
    let word = text.strip_suffix(' ')?.trim_start();
    vocabulary::verb(word)?;
    let entry = vocabulary::find_kind(word, vocabulary::WordKind::Verb)?;
    (!entry.usage.is_empty()).then_some(entry.usage)
}

fn of_error(
    analysis: &Analysis,
    error: &Diagnostic,
    text: &str,
    prompt: usize,
    columns: usize,
) -> Option<Notice> {
    let span = error.labels.iter().map(|label| label.span);
    let span = span.into_iter().find(|span| span.source == analysis.source)?;
    let range = span.range();
    let after = text.get(range.end..)?;
    // The word that is being typed may still become right, and a statement whose end is
    // missing may still get it.
    let settled = match after.trim().is_empty() {
        true => is_word_error(error) && !after.is_empty() && !range.is_empty(),
        false => true,
    };
    if !settled {
        return None;
    }
    let mended = mended(error, text);
    let mut told = error.title.clone();
    if mended.is_some()
        && let Some(hint) = &error.hint
    {
        told += &format!(" · Tab: {hint}");
    }
    let shown = format!(
        "\n{}",
        terminal::cut(&placed(&told, text, &range, prompt, columns), columns * 3)
    );
    Some(Notice { text: shown, error: Some(range), mended })
}

/// Whether an error speaks of a word alone, whatever comes after it.
fn is_word_error(error: &Diagnostic) -> bool {
    error.code.is_some_and(|code| ["E1", "E3", "E8", "E13"].contains(&code))
}

/// The message under the place that it speaks of, where both fit in the line.
fn placed(
    told: &str,
    text: &str,
    range: &Range<usize>,
    prompt: usize,
    columns: usize,
) -> String {
    let on_last_line = !text[range.start..].contains('\n');
    let line_start = text[..range.start].rfind('\n').map_or(0, |n| n + 1);
    let indent =
        text[line_start..range.start].width() + if line_start == 0 { prompt } else { 0 };
    let carets = "^".repeat(text[range.clone()].width().max(1));
    if !on_last_line || indent + carets.len() >= columns {
        return told.to_owned();
    }
    let room = columns.saturating_sub(indent + carets.len() + 2);
    let pad = " ".repeat(indent);
    if told.width() <= room {
        format!("{pad}{carets} {told}")
    } else {
        format!("{pad}{carets}\n{told}")
    }
}

/// The text with the error's own change made; none where that leaves it as it is.
fn mended(error: &Diagnostic, text: &str) -> Option<String> {
    let fix = error.fix.as_ref()?;
    let range = fix.span.range();
    let (before, after) = (text.get(..range.start)?, text.get(range.end..)?);
    // Where a word is taken out, so is the space before it.
    let before = if fix.text.is_empty() && after.starts_with([' ', '\n']) {
        before.trim_end_matches(' ')
    } else {
        before
    };
    let mended = format!("{before}{}{after}", fix.text);
    (mended != text).then_some(mended)
}

#[cfg(test)]
mod tests {
    use carousel::Session;

    use super::*;

    fn shown(text: &str, columns: usize) -> Option<Notice> {
        let mut session = Session::new();
        notice(&session.analyse("<typed>", text), text, 2, columns)
    }

    #[test]
    fn a_model_shows_what_flows_through_it() {
        let model = shown("lstm 4 -> dense 1", 80).unwrap();
        assert_eq!(model.text, "  ⟵ 1x1 -> 4 -> 1, 101 weights");
        let narrow = shown("lstm 4 -> dense 1", 20).unwrap();
        assert_eq!(narrow.text, "\n  ⟵ 1x1 -> 4 -> 1,…");
    }

    #[test]
    fn an_error_stands_under_its_word_once_it_is_settled() {
        assert_eq!(shown("ltsm", 80), None);
        let error = shown("ltsm 4 -> de", 80).unwrap();
        assert_eq!(error.text, "\n  ^^^^ unknown layer `ltsm` · Tab: lstm 4 -> de");
        assert_eq!(error.error, Some(0..4));
        assert_eq!(error.mended.as_deref(), Some("lstm 4 -> de"));
        assert!(shown("lstm ", 80).is_none());
        assert!(shown("lstm -> dense 1", 80).unwrap().text.contains("needs its number"));
    }

    #[test]
    fn an_error_of_an_earlier_line_or_a_narrow_screen_has_no_carets() {
        let error = shown("ltsm 4\nlstm 4", 80).unwrap();
        assert!(error.text.starts_with("\nunknown layer"), "{}", error.text);
        let error = shown("airline | windw 3 | log", 20).unwrap();
        assert!(
            error.text.starts_with("\n            ^^^^^\nunknown data step"),
            "{}",
            error.text
        );
    }

    #[test]
    fn wide_letters_move_the_carets() {
        let error = shown("模型 = ltsm 4", 80).unwrap();
        assert!(error.text.starts_with("\n         ^^^^ "), "{:?}", error.text);
    }

    #[test]
    fn a_verb_shows_what_comes_after_it() {
        assert_eq!(shown("train ", 80).unwrap().text, "  MODEL on DATA [with OPTIMISER]");
    }
}

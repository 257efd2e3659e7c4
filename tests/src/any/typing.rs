//! Whatever is being typed, with the cursor wherever it may be, a session has an answer,
//! and stays as it was.

use std::ops::ControlFlow;

use carousel::Session;

/// Names for the text to speak of.
const BEFORE: &str = "data air = airline | split 67% | scale 0..1 | window 3
m = train lstm 2 -> dense 1 on (count 12 | window 2) epochs 1
cell own
  h = tanh(W x + U h + b)
end";

/// A longer text is cut: each place in it is asked about.
const LONGEST: usize = 150;

/// Types some bytes as a text and asks about every place in it.
///
/// # Panics
/// Where an answer does not fit the text, or asking has changed something.
pub fn type_in(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let text: String = text.chars().take(LONGEST).collect();
    let mut session = Session::in_folder(concat!(env!("CARGO_MANIFEST_DIR"), "/errors"));
    session
        .run_named("before", BEFORE, &mut |_| ControlFlow::Continue(()))
        .expect("these lines are right");
    let sources = format!("{:?}", session.sources());
    let analysis = session.analyse("typed", &text);
    for message in &analysis.diagnostics {
        assert!(!message.render(&analysis.sources, false).is_empty());
        if let Some(fix) = &message.fix {
            let inside = fix.span.source != analysis.source
                || text.get(fix.span.range()).is_some();
            assert!(inside, "{text:?}: {message:?}");
        }
    }
    let borders = (0..=text.len()).filter(|&at| text.is_char_boundary(at));
    for cursor in borders {
        let found = session.complete(&text, cursor);
        let typed = text.get(found.range.clone()).expect("it lies in the text");
        assert_eq!(found.range.end, cursor, "{text:?}");
        for candidate in &found.candidates {
            let same = candidate.text.to_lowercase().starts_with(&typed.to_lowercase());
            assert!(same, "{text:?} at {cursor}: {candidate:?}");
        }
        if let Some(meaning) = session.explain(&text, cursor) {
            assert_eq!(text.get(meaning.span.range()), Some(meaning.title.as_str()));
            assert!(!meaning.text.is_empty());
        }
    }
    assert_eq!(sources, format!("{:?}", session.sources()), "{text:?} has changed it");
}

//! Any text can be read, highlighted, and printed so that it reads back as the same.

use carousel_lang::reading::{highlights, is_open};
use carousel_lang::{Sources, Span, parse, print};

/// Reads some bytes as a text.
///
/// # Panics
/// Where a promise of the parser, the printer or the highlighter does not hold.
pub fn read(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut sources = Sources::default();
    let source = sources.add("any", text.clone()).clone();
    let (program, messages) = parse(&source);
    let lies_within = |span: Span| text.get(span.range()).is_some();
    for message in &messages {
        assert!(
            message.labels.iter().all(|label| lies_within(label.span)),
            "{message:?}"
        );
        assert!(message.fix.iter().all(|fix| lies_within(fix.span)), "{message:?}");
        assert!(!message.render(&sources, false).is_empty());
    }
    let printed = print(&program);
    let (again, messages) = parse(sources.add("printed", printed.clone()));
    assert!(messages.is_empty(), "{text:?} printed as {printed:?}: {messages:?}");
    assert_eq!(print(&again), printed, "{text:?}");
    let mut end = 0;
    for highlight in highlights(&source) {
        let range = highlight.span.range();
        assert!(range.start >= end && lies_within(highlight.span), "{text:?}");
        end = range.end;
    }
    is_open(&source);
}

//! Which rows go where: borders, windows, chunks.

use crate::common::{airline, split, window};
use carousel_data::{Part, StepKind};

fn counts(steps: &[StepKind]) -> Vec<usize> {
    airline(steps).parts().map(|(_, part)| part.len()).collect()
}

#[test]
fn counts_of_the_language_reference() {
    let skip = StepKind::SkipLast(1);
    assert_eq!(counts(&[split(false), window(3)]), [93, 48]);
    assert_eq!(counts(&[split(true), window(3)]), [93, 45]);
    assert_eq!(counts(&[split(true), window(3), skip.clone()]), [92, 44]);
    assert_eq!(counts(&[split(true), window(1), skip]), [94, 46]);
    let three = StepKind::Split { shares: vec![70.0, 15.0, 15.0], apart: false };
    let data = airline(&[three, window(3)]);
    assert_eq!(data.borders, [(Part::Validation, 100), (Part::Test, 122)]);
}

//! Places in a cell: the protocol counts Unicode code points, the language bytes.

/// The byte at which a code point begins; the end of the text where it has fewer.
pub(crate) fn byte_of(text: &str, point: usize) -> usize {
    text.char_indices().nth(point).map_or(text.len(), |(byte, _)| byte)
}

/// How many code points there are before a byte.
pub(crate) fn point_of(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_points_and_bytes_stand_for_each_other() {
        let text = "模型 = 🎠";
        for (point, byte) in [(0, 0), (1, 3), (2, 6), (3, 7), (5, 9), (6, 13)] {
            assert_eq!((byte_of(text, point), point_of(text, byte)), (byte, point));
        }
        assert_eq!((byte_of(text, 99), point_of(text, 99)), (13, 6));
    }
}

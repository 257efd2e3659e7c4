//! The macro that runs a line of the language in a fresh session.

/// Runs lines of the language and gives their [`Results`](crate::Results), which a cell
/// of the stock evcxr kernel shows.
///
/// One statement stands there as it is; Rust takes it for tokens and forgets where its
/// lines end and what its comments say. Several are a text in quotes. Each time it is a
/// fresh session, unless the name of one stands before the statements.
///
/// ```
/// use carousel::{Session, lstm};
///
/// assert!(lstm!(lstm 4 stateful -> dense 1).is_ok());
/// assert!(lstm!("seed 3 # one line\nlstm 4 -> dense 1").is_ok());
///
/// let mut s = Session::new();
/// assert!(lstm!(s, model m = lstm 4 -> dense 1).is_ok());
/// assert!(lstm!(s, r#"show m"#).is_ok());
/// ```
#[macro_export]
macro_rules! lstm {
    ($text:literal) => {
        $crate::Session::new().run($text)
    };
    ($session:ident, $text:literal) => {
        $session.run($text)
    };
    ($session:ident, $($token:tt)+) => {
        $session.run(&$crate::one_line(stringify!($($token)+)))
    };
    ($($token:tt)+) => {
        $crate::Session::new().run(&$crate::one_line(stringify!($($token)+)))
    };
}

/// Tokens as one statement: `stringify!` may have broken them into lines.
#[doc(hidden)]
pub fn one_line(tokens: &str) -> String {
    tokens.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::{Output, Session};

    fn text(results: &crate::Results) -> String {
        let Some(Output::Summary(summary)) = results.outputs.first() else {
            panic!("{results}")
        };
        summary.text.clone()
    }

    #[test]
    fn tokens_are_read_as_they_were_typed() {
        let stateful = lstm!(lstm 4 stateful -> dense 1);
        assert_eq!(text(&stateful), "lstm 4 stateful -> dense 1");
        let dropout = lstm!(lstm 2 recurrent-dropout 0.25 -> dropout 0.5 -> dense 1 tanh);
        assert_eq!(
            text(&dropout),
            "lstm 2 recurrent-dropout 0.25 -> dropout 0.5 -> dense 1 tanh"
        );
        let data = lstm!(sine 60 period 12 | split 67% | scale 0..1 | window 3);
        assert!(data.is_ok(), "{data}");
    }

    #[test]
    fn a_long_statement_stays_one() {
        let long = lstm!(
            lstm 11 stateful recurrent-dropout 0.25 -> dropout 0.125
                -> lstm 12 stateful recurrent-dropout 0.25 -> dropout 0.125
                -> lstm 13 stateful recurrent-dropout 0.25 -> dropout 0.125
                -> gru 14 -> dropout 0.125 -> dense 15 relu -> dense 1
        );
        assert!(text(&long).ends_with("-> dense 15 relu -> dense 1"), "{long}");
    }

    #[test]
    fn lines_in_quotes_are_a_text_with_comments() {
        let lines = lstm!(
            r#"
            seed 3   # a comment
            lstm 4 -> dense 1
            "#
        );
        assert!(lines.is_ok(), "{lines}");
        assert_eq!(lines.outputs.len(), 2);
    }

    #[test]
    fn a_session_goes_on() {
        let mut s = Session::new();
        assert!(lstm!(s, model m = gru 2 -> dense 1).is_ok());
        assert_eq!(text(&lstm!(s, "m")), "gru 2 -> dense 1");
        assert_eq!(lstm!(m).errors[0].title, "nothing is named `m`");
    }
}

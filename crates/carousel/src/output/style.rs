//! The few styles of results: a text and whether there is colour go in, the text with or
//! without escape sequences comes out. Colours are the terminal's own sixteen.

use anstyle::{AnsiColor, Style};

/// What a text is, and so how it stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A headline.
    Title,
    /// The heads of columns.
    Head,
    /// The best of several, or what has passed.
    Good,
    /// What has failed.
    Bad,
}

impl Role {
    /// The text in the style of its role.
    pub(super) fn paint(self, text: &str, colour: bool) -> String {
        if !colour || text.is_empty() {
            return text.to_owned();
        }
        let style = match self {
            Role::Title => Style::new().bold(),
            Role::Head => Style::new().dimmed(),
            Role::Good => AnsiColor::Green.on_default(),
            Role::Bad => AnsiColor::Red.on_default().bold(),
        };
        format!("{style}{text}{style:#}")
    }
}

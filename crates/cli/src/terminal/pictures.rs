//! Which pictures the terminal shows: its environment and its answers go in, one of the
//! [`Protocol`]s comes out, and a figure becomes the bytes that draw it.

use std::collections::BTreeMap;

use carousel_plot::{Figure, Theme};

use super::picture::{Protocol, Size, drawn};

/// What the terminal shows, found out when the first plot is to be drawn.
#[derive(Debug, Default)]
pub(crate) struct Pictures {
    found: Option<Found>,
}

/// What was found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Found {
    /// What it says that it shows.
    protocol: Option<Protocol>,
    /// Width and height of a character in pixels.
    cell: Option<(usize, usize)>,
}

impl Pictures {
    /// The bytes that draw a figure in at most `columns` columns; none where the terminal
    /// shows no pictures. `wanted`: even where it does not say that it does.
    pub(crate) fn draw(
        &mut self,
        figure: &Figure,
        theme: Theme,
        columns: usize,
        wanted: bool,
    ) -> Option<String> {
        let environment = |name: &str| std::env::var(name).unwrap_or_default();
        if shows_none(&environment) || is_between(&environment) && !wanted {
            return None;
        }
        let Found { protocol, cell } = self.found.unwrap_or_else(|| {
            let (found, settled) = find(&environment);
            self.found = settled.then_some(found);
            found
        });
        // Sixels are what terminals that do not know them pass over in silence.
        let protocol = if wanted { protocol.or(Some(Protocol::Sixel)) } else { protocol };
        drawn(figure, theme, protocol?, Size { columns, cell })
    }
}

/// What the environment says, in its own words.
type Environment<'a> = &'a dyn Fn(&str) -> String;

/// What the terminal shows, and whether that is settled: where now is no time to ask, the
/// next plot asks again.
fn find(environment: Environment<'_>) -> (Found, bool) {
    let cell = cell_of_window();
    let protocol = by_its_term(environment);
    if protocol.is_some() {
        return (Found { protocol, cell }, true);
    }
    let (answer, settled) = answer();
    match answer {
        Some(answer) => {
            let (protocol, cell) = (answer.protocol(), answer.cell.or(cell));
            (Found { protocol, cell }, settled)
        }
        None => (Found { protocol: by_variables(environment), cell }, settled),
    }
}

/// Terminals of which it is known that they show none, and some print what they do not
/// know.
fn shows_none(environment: Environment<'_>) -> bool {
    let term = environment("TERM");
    term.is_empty()
        || super::is_dumb()
        || ["linux", "vt1", "vt2", "eterm", "ansi", "cygwin"]
            .iter()
            .any(|t| term.starts_with(t))
        || environment("TERM_PROGRAM") == "Apple_Terminal"
}

/// Whether tmux, screen or zellij shows the terminal's lines.
fn is_between(environment: Environment<'_>) -> bool {
    let term = environment("TERM");
    ["TMUX", "STY", "ZELLIJ"].iter().any(|name| !environment(name).is_empty())
        || ["screen", "tmux"].iter().any(|start| term.starts_with(start))
}

/// What the name of the terminal's kind tells; ssh passes it on.
fn by_its_term(environment: Environment<'_>) -> Option<Protocol> {
    let term = environment("TERM");
    let kitty = ["xterm-kitty", "xterm-ghostty"].contains(&term.as_str());
    kitty.then_some(Protocol::Kitty)
}

/// What other variables tell. A terminal started from another one inherits those of the
/// other, so an answer counts for more; and so does one that is shown by tmux.
fn by_variables(environment: Environment<'_>) -> Option<Protocol> {
    if is_between(environment) {
        return None;
    }
    let program = environment("TERM_PROGRAM");
    match program.as_str() {
        "iTerm.app" | "WezTerm" | "mintty" => Some(Protocol::Iterm),
        "ghostty" => Some(Protocol::Kitty),
        _ if environment("LC_TERMINAL") == "iTerm2" => Some(Protocol::Iterm),
        _ if !environment("KITTY_WINDOW_ID").is_empty() => Some(Protocol::Kitty),
        _ => None,
    }
}

/// What the terminal said of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Answer {
    name: String,
    sixel: bool,
    cell: Option<(usize, usize)>,
}

impl Answer {
    /// Its own protocol before sixels, which have fewer colours.
    fn protocol(&self) -> Option<Protocol> {
        let own = BTreeMap::from([
            ("kitty", Protocol::Kitty),
            ("ghostty", Protocol::Kitty),
            ("iTerm2", Protocol::Iterm),
            ("WezTerm", Protocol::Iterm),
            ("mintty", Protocol::Iterm),
        ]);
        let named = own.iter().find(|(name, _)| self.name.starts_with(*name));
        named.map(|(_, own)| *own).or(self.sixel.then_some(Protocol::Sixel))
    }
}

/// The answer of the terminal, if it gives one, and whether it will not give another.
fn answer() -> (Option<Answer>, bool) {
    #[cfg(unix)]
    return match super::ask::ask() {
        super::ask::Asked::Answer(bytes) => (Some(understood(&bytes)), true),
        super::ask::Asked::Silence => (None, true),
        super::ask::Asked::Later => (None, false),
    };
    #[cfg(not(unix))]
    (None, true)
}

/// `ESC P > | name ESC \`, `ESC [ 6 ; height ; width t`, `ESC [ ? 62 ; 4 c`: 4 is sixels.
#[cfg_attr(not(unix), allow(dead_code))]
fn understood(bytes: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(bytes);
    let mut answer = Answer::default();
    for sequence in text.split('\u{1b}') {
        if let Some(name) = sequence.strip_prefix("P>|") {
            name.clone_into(&mut answer.name);
        } else if let Some(size) = between(sequence, "[6;", 't') {
            let size: Vec<usize> =
                size.split(';').filter_map(|n| n.parse().ok()).collect();
            if let [height, width] = size[..] {
                answer.cell = (height > 0 && width > 0).then_some((width, height));
            }
        } else if let Some(abilities) = between(sequence, "[?", 'c') {
            answer.sixel = abilities.split(';').skip(1).any(|ability| ability == "4");
        }
    }
    answer
}

fn between<'a>(text: &'a str, start: &str, end: char) -> Option<&'a str> {
    text.strip_prefix(start)?.strip_suffix(end)
}

/// The size of a character where the window tells its own.
fn cell_of_window() -> Option<(usize, usize)> {
    #[cfg(unix)]
    {
        let window = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
        let cell = |pixels: u16, cells: u16| {
            let cell = usize::from(pixels) / usize::from(cells.max(1));
            (cell > 0).then_some(cell)
        };
        Some((
            cell(window.ws_xpixel, window.ws_col)?,
            cell(window.ws_ypixel, window.ws_row)?,
        ))
    }
    #[cfg(not(unix))]
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_understood() {
        for (bytes, protocol, cell) in [
            (
                &b"\x1bP>|kitty(0.35.2)\x1b\\\x1b[6;20;10t\x1b[?62c"[..],
                Some(Protocol::Kitty),
                Some((10, 20)),
            ),
            (
                b"\x1bP>|WezTerm 20240203\x1b\\\x1b[?65;4;6;18;22c",
                Some(Protocol::Iterm),
                None,
            ),
            (
                b"\x1bP>|foot(1.16)\x1b\\\x1b[6;0;0t\x1b[?62;4;22c",
                Some(Protocol::Sixel),
                None,
            ),
            (b"\x1bP>|XTerm(390)\x1b\\\x1b[?64;1;2;6;9;15c", None, None),
            (b"\x1b[?4;6c", None, None),
            (b"", None, None),
        ] {
            let answer = understood(bytes);
            assert_eq!((answer.protocol(), answer.cell), (protocol, cell), "{answer:?}");
        }
    }

    #[test]
    fn the_environment_is_heeded() {
        let of = |variables: &[(&str, &str)]| {
            let variables: BTreeMap<String, String> = variables
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect();
            let environment =
                |name: &str| variables.get(name).cloned().unwrap_or_default();
            let between = is_between(&environment);
            let none = shows_none(&environment);
            (between, none, by_its_term(&environment).or(by_variables(&environment)))
        };
        let (kitty, iterm) = (Some(Protocol::Kitty), Some(Protocol::Iterm));
        for (variables, expected) in [
            (&[("TERM", "xterm-kitty")][..], (false, false, kitty)),
            (
                &[("TERM", "xterm-256color"), ("KITTY_WINDOW_ID", "1")],
                (false, false, kitty),
            ),
            (
                &[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")],
                (false, false, iterm),
            ),
            (&[("TERM", "xterm"), ("LC_TERMINAL", "iTerm2")], (false, false, iterm)),
            (&[("TERM", "xterm-256color")], (false, false, None)),
            (&[("TERM", "linux")], (false, true, None)),
            (&[("TERM", "vt100")], (false, true, None)),
            (&[("TERM", "")], (false, true, None)),
            (
                &[("TERM", "xterm"), ("TERM_PROGRAM", "Apple_Terminal")],
                (false, true, None),
            ),
            (&[("TERM", "tmux-256color")], (true, false, None)),
            (&[("TERM", "xterm"), ("TMUX", "/tmp/s,1,0")], (true, false, None)),
        ] {
            assert_eq!(of(variables), expected, "{variables:?}");
        }
    }
}

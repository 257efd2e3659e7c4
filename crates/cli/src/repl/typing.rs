//! What the line editor asks while somebody types: colours, the ghost text, candidates
//! for Tab, whether Enter ends the statement. All answers come from one analysis.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use carousel::{Analysis, Session};
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::line_buffer::LineBuffer;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Changeset, Context, Helper};

use super::notice::{Notice, notice};
use super::{PROMPT, paint, plain};
use crate::terminal;

/// Longer texts were pasted: they are not looked at before Enter.
const LONGEST: usize = 8_192;

/// What is known of the text that is being typed.
pub(super) struct Typing {
    session: Rc<RefCell<Session>>,
    /// The text that was seen last.
    text: RefCell<String>,
    /// What the session says of it; none where it is too long.
    analysis: RefCell<Option<Rc<Analysis>>>,
    /// The whole text that Tab puts in the place of one with an error.
    mended: RefCell<Option<String>>,
}

impl Typing {
    pub(super) fn new(session: Rc<RefCell<Session>>) -> Typing {
        Typing {
            session,
            text: RefCell::default(),
            analysis: RefCell::default(),
            mended: RefCell::default(),
        }
    }

    /// The text that was seen last.
    pub(super) fn text(&self) -> String {
        self.text.borrow().clone()
    }

    /// What the session says of a text.
    fn analysis(&self, text: &str) -> Option<Rc<Analysis>> {
        if *self.text.borrow() == text && self.analysis.borrow().is_some() {
            return self.analysis.borrow().clone();
        }
        text.clone_into(&mut self.text.borrow_mut());
        // While a statement runs nobody types.
        let mut session = self.session.try_borrow_mut().ok()?;
        let analysis =
            (text.len() <= LONGEST).then(|| Rc::new(session.analyse("<typed>", text)));
        self.analysis.borrow_mut().clone_from(&analysis);
        analysis
    }

    fn notice(&self, text: &str) -> Option<Notice> {
        notice(&*self.analysis(text)?, text, PROMPT.len(), terminal::columns())
    }
}

impl Helper for Typing {}

/// What is shown behind the text.
pub(super) struct Shown(String);

impl Hint for Shown {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Typing {
    type Hint = Shown;

    fn hint(&self, line: &str, _pos: usize, _ctx: &Context<'_>) -> Option<Shown> {
        self.notice(line).map(|notice| Shown(notice.text))
    }
}

impl Highlighter for Typing {
    fn highlight<'l>(&self, line: &'l str, _pos: usize) -> Cow<'l, str> {
        let Some(analysis) = self.analysis(line) else { return Cow::Borrowed(line) };
        let error = self.notice(line).and_then(|notice| notice.error);
        Cow::Owned(paint::text(line, &analysis.highlights, error))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(
        &'s self,
        prompt: &'p str,
        _default: bool,
    ) -> Cow<'b, str> {
        Cow::Owned(paint::prompt(prompt))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        let wrong = self.notice(&self.text()).is_some_and(|n| n.error.is_some());
        Cow::Owned(paint::notice(hint, wrong))
    }

    fn highlight_char(&self, _line: &str, _pos: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}

impl Completer for Typing {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _ctx: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let mended = self.notice(line).and_then(|notice| notice.mended);
        self.mended.borrow_mut().clone_from(&mended);
        if let Some(mended) = mended {
            let pair = Pair { display: mended.clone(), replacement: mended };
            return Ok((0, vec![pair]));
        }
        let Ok(mut session) = self.session.try_borrow_mut() else {
            return Ok((pos, Vec::new()));
        };
        let completion = session.complete(line, pos);
        let quoted = line[..completion.range.start].ends_with('"');
        let widest = completion.candidates.iter().map(|c| c.text.chars().count()).max();
        let (widest, columns) = (widest.unwrap_or(0), terminal::columns());
        let candidates = completion.candidates.into_iter().map(|candidate| {
            let end = match candidate.kind {
                "folder" => "",
                _ if quoted => "\" ",
                "function" => "(",
                _ => " ",
            };
            let told = format!("{:widest$}  {}", candidate.text, candidate.help);
            Pair {
                display: terminal::cut(told.trim_end(), columns.saturating_sub(2))
                    .into_owned(),
                replacement: candidate.text + end,
            }
        });
        Ok((completion.range.start, candidates.collect()))
    }

    fn update(
        &self,
        line: &mut LineBuffer,
        start: usize,
        elected: &str,
        changes: &mut Changeset,
    ) {
        if self.mended.borrow().as_deref() == Some(elected) {
            line.update(elected, elected.len(), changes);
            return;
        }
        let end = line.pos();
        // What stands behind the cursor may begin as the candidate ends.
        let overlap = ["\" ", "\"", " "]
            .into_iter()
            .find(|tail| elected.ends_with(tail) && line[end..].starts_with(tail));
        line.replace(start..end + overlap.map_or(0, str::len), elected, changes);
    }
}

impl Validator for Typing {
    fn validate(
        &self,
        context: &mut ValidationContext<'_>,
    ) -> rustyline::Result<ValidationResult> {
        let whole = !plain::goes_on(context.input());
        Ok(if whole {
            ValidationResult::Valid(None)
        } else {
            ValidationResult::Incomplete
        })
    }
}

//! Any text at all goes in: reading it never panics, every place that comes out lies in
//! the text, and what is printed reads back as the same statements and prints the same.

use carousel_lang::ast::{Program, Statement};
use carousel_lang::{Diagnostic, Sources, parse, print, vocabulary};

/// Pieces that the vocabulary does not have: signs, numbers, names, and what a keyboard,
/// an editor or a broken download may put into a file.
const PIECES: &[&str] = &[
    "->", "|", "=>", "=", ",", "(", ")", "[", "]", "{", "}", "<", ">", "<=", ">=", "-",
    "+", "*", "/", "x 3", "x 1e9", "4", "-0", "0.5", "1e400", "-1e-400", "67%", "0..1",
    "-1..", "..", "30s", "1.5m", "1e15m", "0m", "9e9s", "7e", ".5", "it", "m", "模型",
    "größe", "a-b", "a-", "a-ａ", "_", "W_f", "data", "model", "cell", "end", "gives",
    "starts", "cell a\n", "\nend\n", "\nh = ", "E4", "#", "# note", "\n", "\n\n", "\t",
    "\r", "\r\n", "\0", "\x0b", "\x0c", "\\", "\"", "\"a\"", "\"é\"", "\"\\n\"",
    "\"\\\\\"", "\"\\q\"", "\"\\", "“", "”", "→", "，", "４", "ｌ", "≤", "…", "%", ";",
    "$", "'", "@", "\u{301}", "\u{85}", "\u{a0}", "\u{200b}", "\u{200d}", "\u{2028}",
    "\u{feff}", "👩", "عدد", "क्",
];

/// Programs without a mistake, for the mutations.
const PROGRAMS: &[&str] = &[
    "# 1\ndata air = csv \"a.csv\" column 2 skip last 3\n  | scale 0..1 over all | split 67% apart\nmodel m = lstm 4 stateful x 2 -> dense 1  # small\ntrain m on air epochs 100 batch 1 seed 7\n\nscore m",
    "compare naive, seasonal 12, lstm {1 2 4} -> dense 1 on (airline | window 3 as features)\nplot loss of m to \"größe\\n.svg\"\nexpect test rmse of it <= 60.5\nexpect it beats ar 12",
    "cell mine # header\n  f = sigmoid(Wf x + Uf h + bf)  # forget\n  # memory\n  c = f * c - (1 - f) / -tanh(Wg (x * h))\n  h = max(c, 1e-3)\n  bf starts -1\n  gives c\n  # done\nend # over\ncheck mine 4 with lstm 4",
    "模型 = train (lstm 4 => lstm 4) -> dense on (airline\n  | window 3) for 30s until loss 1e-2 shuffle off\npredict 模型 on [[1 2] [-3 4.5]]\nset fusion on\nhelp on",
];

/// Numbers without pattern, the same on every machine: Marsaglia's xorshift.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % sides
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.roll(of.len())]
    }
}

/// Asserts all that holds for any text.
fn check(text: &str) {
    let mut sources = Sources::default();
    let (program, messages) = parse(sources.add("any", text));
    for message in &messages {
        check_message(text, message);
        assert!(!message.render(&sources, true).is_empty(), "{text:?}");
    }
    check_places(text, &format!("{program:?}"));
    let printed = print(&program);
    let (again, messages) = parse(sources.add("printed", printed.clone()));
    assert!(messages.is_empty(), "{text:?}\nprinted as {printed:?}\n{messages:?}");
    assert_eq!(print(&again), printed, "{text:?}");
    assert_eq!(statements(&again), statements(&program), "{text:?}");
}

/// What the statements say, without their places.
fn statements(program: &Program) -> Vec<String> {
    let placeless = |statement: &Statement| {
        let shown = format!("{:?}", statement.kind);
        let parts = shown.split("Span { source: ");
        parts.map(|part| part.split_once(" }").map_or(part, |(_, rest)| rest)).collect()
    };
    program.statements.iter().map(placeless).collect()
}

/// A title and a way out are one line each.
fn check_message(text: &str, message: &Diagnostic) {
    let lines = message.hint.as_deref().into_iter().chain([message.title.as_str()]);
    for line in lines {
        assert!(!line.is_empty() && !line.contains('\n'), "{text:?}: {message:?}");
    }
    assert!(!message.labels.is_empty(), "{text:?}: {message:?}");
    check_places(text, &format!("{message:?}"));
}

/// Finds every place in what `Debug` shows, so that no kind of node is forgotten.
fn check_places(text: &str, shown: &str) {
    let number = |from: &str, name: &str| -> usize {
        let (_, after) = from.split_once(name).expect("a span shows both ends");
        let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        after[..digits].parse().expect("the ends of spans are numbers")
    };
    for span in shown.split("Span { source: ").skip(1) {
        let (start, end) = (number(span, "start: "), number(span, "end: "));
        assert!(text.get(start..end).is_some(), "{text:?}: {start}..{end} in {shown}");
    }
}

#[test]
fn words_in_any_order() {
    let words: Vec<&str> = vocabulary::all().map(|entry| entry.word).collect();
    let mut dice = Dice(1);
    for _ in 0..6_000 {
        let mut text = String::new();
        for _ in 0..dice.roll(16) {
            let pieces = if dice.roll(2) == 0 { &words } else { PIECES };
            text += dice.pick(pieces);
            text += dice.pick(&[" ", " ", " ", "", "\n"]);
        }
        check(&text);
    }
}

#[test]
fn programs_with_changed_bytes() {
    let mut dice = Dice(2);
    for _ in 0..3_000 {
        let mut bytes = dice.pick(PROGRAMS).as_bytes().to_vec();
        for _ in 0..=dice.roll(4) {
            change(&mut bytes, &mut dice);
        }
        check(&String::from_utf8_lossy(&bytes));
    }
}

/// One byte more, less or other, or a stretch taken out, doubled, or from elsewhere.
fn change(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.roll(bytes.len() + 1);
    let end = (at + dice.roll(20)).min(bytes.len());
    let byte = dice.roll(256) as u8;
    match dice.roll(6) {
        0 => bytes.insert(at, byte),
        1 => bytes.truncate(at),
        2 => drop(bytes.drain(at..end)),
        3 => bytes.extend_from_within(at..end),
        4 => {
            let piece = dice.pick(PIECES).bytes();
            bytes.splice(at..end, piece);
        }
        _ => bytes.iter_mut().skip(at).take(1).for_each(|old| *old = byte),
    }
}

#[test]
fn deep_and_long_texts() {
    for piece in PIECES.iter().chain(&["(", "[", "{", "-(", "lstm 4 -> ", "a | "]) {
        for before in ["", "lstm 4 -> ", "train m on ", "m = ", "cell a\nh = x"] {
            check(&format!("{before}{}", piece.repeat(70)));
        }
        check(&piece.repeat(1_000));
        check(&format!("cell a\nh = {}\nend", piece.repeat(1_000)));
    }
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("-(", ")"), ("abs(", ")")]
    {
        for depth in [1, 31, 32, 33, 63, 64, 65, 20_000] {
            let (open, close) = (open.repeat(depth), close.repeat(depth));
            check(&format!("predict m on {open}1{close}"));
            check(&format!("cell a\nh = {open}x{close}\nend"));
        }
    }
}

#[test]
fn no_comment_is_lost() {
    for program in PROGRAMS {
        let mut lines = Vec::new();
        for (number, line) in program.lines().enumerate() {
            let line = line.split(" #").next().expect("a text has a first part");
            lines.push(format!("# above {number}.\n{line}  # beside {number}."));
        }
        let text = lines.join("\n") + "\n# below.";
        let mut sources = Sources::default();
        let (read, messages) = parse(sources.add("noted", text.clone()));
        assert!(messages.is_empty(), "{text}\n{messages:?}");
        let printed = print(&read);
        for note in text.split('#').skip(1).filter_map(|rest| rest.split('\n').next()) {
            assert!(printed.contains(note), "`{note}` is not in\n{printed}");
        }
    }
}

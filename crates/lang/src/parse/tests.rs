//! What texts say, what is said of wrong ones, and that printing and reading agree.

use crate::ast::{PartKind, Program, StatementKind};
use crate::{Sources, parse, print};

/// The program of a text that has nothing wrong.
fn good(text: &str) -> Program {
    let mut sources = Sources::default();
    let (program, errors) = parse(sources.add("test", text));
    let shown: Vec<String> = errors.iter().map(|e| e.render(&sources, false)).collect();
    assert!(errors.is_empty(), "{text}\n{}", shown.join("\n"));
    program
}

/// Asserts the code, title and hint of the only message.
fn bad(text: &str, code: Option<&str>, title: &str, hint: Option<&str>) {
    let mut sources = Sources::default();
    let (_, errors) = parse(sources.add("test", text));
    assert_eq!(errors.len(), 1, "{text}: {errors:?}");
    assert_eq!(errors[0].code, code, "{text}: {}", errors[0].title);
    assert_eq!(errors[0].title, title);
    assert_eq!(errors[0].hint.as_deref(), hint, "{text}");
}

/// A printed program reads as the same text again.
fn stable(text: &str) {
    let once = print(&good(text));
    assert_eq!(print(&good(&once)), once, "{text}");
}

const SCRIPTS: &[&str] = &[
    "lstm 4 stateful -> lstm 4 -> dense 1            # a model",
    "data air = airline | split 67% | scale 0..1 | window 3\nmodel m = lstm 4 -> dense 1",
    "train m on air epochs 100 batch 1\ncontinue m epochs 50\nscore m",
    "compare naive, ar 12, m on air\nplot m\nplot loss of m\nplot gates of m at 99",
    "show m\nshow m as keras\nstep m on air at 99\npredict m on [417 391 419]",
    "forecast m 24 band 90%\nsave m to \"air.safetensors\"\nn = load \"air.safetensors\"",
    "check n with m\nexpect test rmse of m < 60\nexpect m beats naive\nseed 42",
    "set threads 1\nset fusion on\nruns\nundo\nhelp lstm\nhelp E4\nhelp\nuse \"common.lstm\"",
    "data air = csv \"a.csv\" column 2 skip last 3\n  | scale 0..1 over all | split 67% apart | window 1 | skip last 1",
    "two   = train lstm 4 -> dense 1 on (raw | window 3 as features | skip last 1) epochs 100 batch 1",
    "train lstm 4 -> dense 1 on air epochs 100 batch 1 times 10 like pytorch keep best",
    "data films = csv \"reviews.csv\" text \"review\" label \"mood\" | words 5000 | pad 200 | split 80%",
    "data toy = pairs [1 2 3 4 5] \"good\" [5 4 3 2 1] \"bad\"",
    "model w = embed 32 -> lstm 256 stateful x 2 -> dropout 0.2 -> dense",
    "generate w 300 from \"alice was \" temperature 0.7",
    "handed  = train lstm 16 => lstm 16 -> dense on air epochs 60",
    "plot forecast of direct, handed, rolled",
    "plot anomalies of it above 4\nexpect anomalies of it > 0",
    "data w = csv \"weather.csv\" time \"date\" columns \"temp\" \"wind\" | target \"temp\"\n  | fill | calendar | split 70% 15% 15% | standardize | window 7",
    "cell mine\n  f = sigmoid(Wf x + Uf h + bf)  # forget\n  # the cell\n  c = f * c + (1 - f) * tanh(-Wg x)\n  h = max(c, 0.5)\n  bf starts -1\n  gives c\nend\ncheck mine 4 with lstm 4",
    "plot gradients of rnn 16 -> dense 1, lstm 16 -> dense 1 on far",
    "train lstm {1 2 4 8 16} -> dense 1 on air epochs 50 times 5\nplot scores",
    "नमस्ते = lstm 4\nmode\u{300}le = gru 4",
    "模型 = lstm 4 -> dense 1\ntrain 模型 on airline for 30s until loss 0.01",
    "# first\n\n# second\nlstm 4 ->   # goes on\n  dense 1   # here\n\n# last",
    "| window 24",
    "(lstm 4 -> dense 2) x 2 -> dense 1",
    "predict m on [[1 2] [3 4]]",
    "m = lstm 4 dropout 0.2 recurrent-dropout 0.1 -> dense 1\ntrain m with sgd rate 1e-3",
];

#[test]
fn scripts_are_read_and_printed_back() {
    for script in SCRIPTS {
        stable(script);
    }
}

#[test]
fn comments_and_blank_lines_are_kept() {
    let texts = [
        "# a\nruns  # b\n\n# c\nundo\n",
        "cell a  # b\n  # c\n  h = tanh(x)  # d\n  # e\nend  # f\n",
    ];
    for text in texts {
        assert_eq!(print(&good(text)), text);
    }
}

#[test]
fn a_comment_does_not_cut_a_pipe() {
    let program = good("data air = airline  # a\n# b\n# c\n  | window 3\n# d\nruns");
    assert_eq!(
        print(&program),
        "# a\n# b\ndata air = airline | window 3  # c\n# d\nruns\n"
    );
    // An empty line does: what follows it goes on with `it`.
    assert_eq!(good("airline\n\n# a\n| window 3").statements.len(), 2);
}

#[test]
fn a_long_pipe_is_broken_before_its_joints_and_fills_its_lines() {
    let text = "data air = csv \"international-airline-passengers.csv\" column 2 | scale 0..1 | split 67% | window 3";
    let printed = print(&good(text));
    assert_eq!(printed.lines().count(), 2, "{printed}");
    assert!(printed.ends_with("\n  | scale 0..1 | split 67% | window 3\n"), "{printed}");
    let long = format!("airline{}", " | difference 12".repeat(12));
    let printed = print(&good(&long));
    assert_eq!(printed.lines().count(), 4, "{printed}");
    assert!(printed.lines().skip(1).all(|line| line.starts_with("  | ")), "{printed}");
}

#[test]
fn spans_are_the_words_themselves() {
    let text = "模型 = lstm 4 -> dense 1";
    let program = good(text);
    let StatementKind::Binding(binding) = &program.statements[0].kind else { panic!() };
    assert_eq!(&text[binding.name.span.range()], "模型");
    let crate::ast::BindingBody::Value(value) = &binding.body else { panic!() };
    assert_eq!(&text[value.span.range()], "lstm 4 -> dense 1");
    let PartKind::Word { word, .. } = &value.rest[0].1.kind else { panic!() };
    assert_eq!(&text[word.span.range()], "dense");
}

/// Text, code, title and hint.
const MISTAKES: &[(&str, Option<&str>, &str, Option<&str>)] = &[
    (
        "lstm -> dense 1",
        Some("E2"),
        "`lstm` needs its number of units: `lstm 4`",
        Some("lstm 4 -> dense 1"),
    ),
    (
        "airline -> window 3",
        Some("E3"),
        "`window` is a data step; data steps are joined with `|`",
        Some("airline | window 3"),
    ),
    (
        "lstm 4 | dense 1",
        Some("E3"),
        "`dense` is a layer; layers are joined with `->`",
        Some("lstm 4 -> dense 1"),
    ),
    (
        "(airline\n 4 -> lstm 4)",
        Some("E3"),
        "`airline` is data; data does not flow by `->`",
        Some("train lstm 4 -> dense 1 on airline 4"),
    ),
    (
        "airline | windwo 3",
        Some("E1"),
        "unknown data step `windwo`",
        Some("airline | window 3"),
    ),
    (
        "dense 1 epochs 100",
        Some("E7"),
        "`dense` has no option `epochs`",
        Some("train dense 1 on airline epochs 100"),
    ),
    ("trian m on air", Some("E1"), "unknown verb `trian`", Some("train m on air")),
    (
        "lstm 4 statefull",
        Some("E1"),
        "`lstm` has no option `statefull`",
        Some("lstm 4 stateful"),
    ),
    (
        "train m on air epoch 5",
        Some("E1"),
        "`train` has no option `epoch`",
        Some("train m on air epochs 5"),
    ),
    (
        "dropout = lstm 4",
        None,
        "`dropout` is a layer of the language and cannot be a name",
        Some("my_dropout = lstm 4"),
    ),
    (
        "lstm 4 → dense 1",
        None,
        "`→` looks like `->` and is another character",
        Some("lstm 4 -> dense 1"),
    ),
    (
        "use “a.lstm”",
        None,
        "`“` looks like `\"` and is another character",
        Some("use \"a.lstm\""),
    ),
    ("lstm ４", None, "`４` looks like `4` and is another character", Some("lstm 4")),
    ("use \"a.lstm", None, "the text in quotes does not end", Some("use \"a.lstm\"")),
    ("lstm 4 \u{2028}", None, "`U+2028` is no character of the language", Some("lstm 4")),
    ("lstm 4;dense 1", None, "`;` is no character of the language", None),
    (
        "csv a-1/air.csv | log",
        None,
        "the name of a file stands in quotes",
        Some("csv \"a-1/air.csv\" | log"),
    ),
    ("airline.window(3)", None, "`.` is no character of the language", None),
    (
        "csv \"C:\\new\\air.csv\"",
        None,
        "`\\a` stands for nothing in a text in quotes",
        Some("csv \"C:/new/air.csv\""),
    ),
    (
        "lstm 4 stateful=true",
        None,
        "`=` gives a name; an option and its value stand side by side",
        Some("lstm 4 stateful"),
    ),
    (
        "train m on air epochs=100",
        None,
        "`=` gives a name; an option and its value stand side by side",
        Some("train m on air epochs 100"),
    ),
    (
        "train m on air, epochs 100",
        None,
        "`,` stands only between the models of a command",
        Some("train m on air epochs 100"),
    ),
    (
        "lstm(4) -> dense(1)",
        None,
        "`lstm` is not called with brackets; its numbers and options follow it",
        None,
    ),
    (
        "lstm 4 - dense 1",
        None,
        "`-` joins nothing; layers are joined with `->`",
        Some("lstm 4 -> dense 1"),
    ),
    (
        "lstm 4 --> dense 1",
        None,
        "`-` joins nothing; layers are joined with `->`",
        Some("lstm 4 -> dense 1"),
    ),
    (
        "train m epochs 2 * 5",
        None,
        "`*` is arithmetic; only the equations of a cell have it",
        None,
    ),
    ("\u{7}", None, "`U+0007` is no character of the language", None),
    ("(lstm 4 -> dense 1", None, "`(` is never closed", None),
    ("lstm 4 )", None, "`)` closes nothing", Some("lstm 4")),
    (
        "predict m on [1, 2]",
        None,
        "a list has spaces between its values, no commas",
        Some("predict m on [1 2]"),
    ),
    (
        "cell a\n h = tanh(x)",
        None,
        "the cell is never ended",
        Some("write `end` on a line of its own after the last equation"),
    ),
    (
        "cell a\n h = tanh\nend",
        None,
        "`tanh` needs its argument in parentheses",
        Some("h = tanh(...)"),
    ),
    ("cell a\n h = max(x)\nend", None, "`max` takes 2 arguments", None),
    (
        "train m on air | window 3",
        None,
        "a chain after `on` stands in parentheses",
        Some("on (air | ...)"),
    ),
    (
        "train m on (a\n  | log) | window 3",
        None,
        "a chain after `on` stands in parentheses",
        Some("on ((a | log) | ...)"),
    ),
];

#[test]
fn mistakes_are_named_with_the_line_to_type() {
    for (text, code, title, hint) in MISTAKES {
        bad(text, *code, title, *hint);
    }
}

#[test]
fn several_mistakes_are_reported_at_once_and_the_rest_is_read() {
    let mut sources = Sources::default();
    let text = "lstm -> dense 1\nruns\nairline -> window 3\nundo";
    let (program, errors) = parse(sources.add("test", text));
    assert_eq!(errors.len(), 2);
    assert_eq!(program.statements.len(), 2);
}

#[test]
fn a_message_shows_the_line_and_the_way_out() {
    let mut sources = Sources::default();
    let (_, errors) = parse(sources.add("a.lstm", "airline -> window 3"));
    let shown = errors[0].render(&sources, false);
    let expected = "error[E3]: `window` is a data step; data steps are joined with `|`
  ┌─ a.lstm:1:9
  │
1 │ airline -> window 3
  │         ^^ `|` goes here
  │
  = hint: airline | window 3
";
    assert_eq!(
        shown,
        expected.replace("\n  │\n1", "\n1").replace("here\n  │\n", "here\n")
    );
}

#[test]
fn pieces_of_scripts_do_not_make_it_panic() {
    for script in SCRIPTS {
        for (end, _) in script.char_indices() {
            let mut sources = Sources::default();
            let (_, errors) = parse(sources.add("piece", &script[..end]));
            errors.iter().for_each(|error| assert!(!error.title.is_empty()));
        }
    }
}

#[test]
fn depth_and_length_have_bounds() {
    let deep = "(".repeat(100_000) + "lstm 4" + &")".repeat(100_000);
    bad(
        &deep,
        None,
        "more than 64 brackets in each other",
        Some("give the inner part a name on a line of its own"),
    );
    let long = "cell a\nh = ".to_owned() + &"1 + ".repeat(100_000) + "x\nend";
    bad(
        &long,
        None,
        "the equation is too long",
        Some("give parts of it names on lines of their own"),
    );
    good(&("lstm 4".to_owned() + &" -> lstm 4".repeat(100_000)));
    good(&format!("predict m on [{}]", "1.5 ".repeat(250_000)));
}

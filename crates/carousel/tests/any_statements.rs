//! No statement makes a session panic, and one that fails leaves it as it was.
//! `STATEMENTS` says how many statements are tried; without it, as many as fit into a
//! few seconds.

use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use carousel::{Output, Session};

/// How many statements one session gets before a fresh one takes its place.
const SESSION: usize = 30;

/// Enough for every verb to meet every kind of subject in a few seconds.
const USUAL: usize = 1500;

/// Names that there are, in most sessions.
const BEFORE: &str =
    "n = count 12 | window 2\na = airline | take 30 | split 60% | scale 0..1 | window 3
t = adding 4 | split 50%\nm = train lstm 2 -> dense 1 on n epochs 1
s = lstm 2 stateful -> dense 1
cell own
  z = softmax(W x + U h + b)
  h = z / (1 + norm(z))
  b starts 1
end";

#[test]
fn statements_never_panic_and_failed_ones_change_nothing() {
    let count = std::env::var("STATEMENTS").ok().and_then(|n| n.parse().ok());
    let seed = std::env::var("STATEMENTS_SEED").ok().and_then(|n| n.parse().ok());
    let mut random = XorShift(seed.unwrap_or(0x5eed));
    let mut session = fresh();
    for k in 0..count.unwrap_or(USUAL) {
        if k % SESSION == 0 {
            session = fresh();
        }
        let statement = statement(&mut random);
        let before = state(&mut session);
        session.check("check", &statement);
        assert_eq!(before, state(&mut session), "checking changed: {statement}");
        // A training that runs away keeps its last good weights, and says so with E11.
        let outcome = session.run_named("statement", &statement, &mut ignore);
        let Err(errors) = outcome else { continue };
        if errors.iter().all(|error| error.code != Some("E11")) {
            assert_eq!(before, state(&mut session), "failed and changed: {statement}");
        }
        for error in errors {
            let text = error.render(session.sources(), false);
            assert!(text.starts_with("error"), "{statement}\n{text}");
        }
    }
}

fn fresh() -> Session {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("any_statements");
    fs::create_dir_all(&folder).expect("a folder can be made");
    let mut session = Session::in_folder(folder);
    session.run_named("before", BEFORE, &mut ignore).expect("these lines are right");
    session
}

fn ignore(_: Output) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// What a session says about itself; asking changes nothing.
fn state(session: &mut Session) -> String {
    let mut told = String::new();
    for question in ["runs", "show m", "show a", "show s"] {
        let mut tell = |output: Output| {
            // A hint is told once a session, whatever becomes of its statement.
            if !matches!(output, Output::Hint(_)) {
                writeln!(told, "{output:?}").expect("a string takes all");
            }
            ControlFlow::Continue(())
        };
        if let Err(errors) = session.run_named("question", question, &mut tell) {
            told += &errors[0].title;
        }
    }
    told
}

const VERBS: [&str; 19] = [
    "save", "train", "continue", "score", "compare", "plot", "show", "predict",
    "forecast", "expect", "seed", "set", "runs", "undo", "reset", "check", "help",
    "step", "generate",
];

const SUBJECTS: [&str; 30] = [
    "own 2 -> dense 1",
    "own {1 2} bidirectional -> dense {1 2} tanh -> dense 1",
    "equations",
    "m",
    "s",
    "it",
    "n",
    "a",
    "t",
    "nobody",
    "naive",
    "ar 2",
    "seasonal 3",
    "mean",
    "lstm 2 -> dense 1",
    "gru 1 -> dense",
    "rnn 3 stateful -> dense 1",
    "m frozen -> dense 1",
    "flat -> dense 2 relu -> dense 1",
    "lstm 1 bidirectional x 2 -> dense",
    "lstm {1 2} -> dense 1",
    "dense 1",
    "lstm 0",
    "lstm",
    "count 12 | window 2",
    "airline | take 20 | log | difference | standardize | window 2",
    "parity 6",
    "[1 2 3]",
    "(a | stream 4)",
    "loss",
];

const DATA: [&str; 14] = [
    "n",
    "a",
    "t",
    "m",
    "it",
    "nobody",
    "(n | window 3)",
    "(a | window 2 ahead 2)",
    "(a | stream 4)",
    "(count 12 | split 60% 20% 20% | window 2)",
    "(sine 12 period 4 | window 2)",
    "(a | log | window 40)",
    "[3 4]",
    "[1 [2] 1e300]",
];

const TAILS: [&str; 51] = [
    "layer 1",
    "layer 2",
    "unit 1",
    "unit 9",
    "to \"m.safetensors\"",
    "to \"m.csv\"",
    "to \"m.svg\"",
    "batch 1",
    "batch 5",
    "batch 1000",
    "seed 3",
    "times 2",
    "rate 1e30",
    "rate 0.1",
    "clip 1",
    "patience 1",
    "keep best",
    "until loss 0.5",
    "for 1s",
    "loss mae",
    "like pytorch",
    "with sgd",
    "with adam",
    "shuffle on",
    "shuffle off",
    "epochs 0",
    "epochs",
    "at 3",
    "at 99",
    "at \"1949-05\"",
    "as equations",
    "as weights",
    "as shapes",
    "as kernels",
    "as keras",
    "band 90%",
    "band 1000%",
    "2",
    "0",
    "1e308",
    "-3",
    "< 60",
    "> 1e308",
    "beats naive",
    "beats m",
    "with m",
    "from 2",
    "to 3",
    ", naive",
    ", m",
    "| window 2",
];

const VIEWS: [&str; 16] = [
    "state of",
    "gradients of",
    "loss of",
    "scores of",
    "fit of",
    "gates of",
    "forecast of",
    "weights of",
    "test rmse of",
    "best train mae of",
    "mape of",
    "validation loss of",
    "shapes of",
    "rmse rmse of",
    "nothing of",
    "lag of",
];

const FILES: [&str; 5] = [
    "save m to \"m.safetensors\"",
    "save it to \"m.safetensors\"",
    "save m to \"m.csv\"",
    "m = load \"m.safetensors\"",
    "k = load \"m.safetensors\"",
];

const STEPS: [&str; 22] = [
    "split 67%",
    "split 60% 20% 20%",
    "split 99%",
    "split 50% apart",
    "scale 0..1",
    "scale 1..1",
    "scale 0..1 over all",
    "standardize",
    "log",
    "difference",
    "difference 5",
    "difference 0",
    "window 2",
    "window 3 as features",
    "window 2 ahead 2",
    "window 2 stride 3",
    "window 1000",
    "stream 4",
    "take 5",
    "skip first 3",
    "skip last 2",
    "fill",
];

const SOURCES: [&str; 9] = [
    "count 12",
    "airline",
    "sine 12 period 4 noise 0.1",
    "echo 12 lag 2",
    "adding 6",
    "parity 4",
    "n",
    "a",
    "[1 2 0 4 1e308]",
];

const LAYERS: [&str; 19] = [
    "own 2",
    "own {1 2} stateful",
    "gru {1 2}",
    "lstm 2",
    "gru 1",
    "rnn 3",
    "lstm 2 stateful",
    "lstm 1 bidirectional",
    "lstm 1 every",
    "lstm 1 last",
    "dense",
    "dense 1",
    "dense 2 relu",
    "dropout 0.5",
    "flat",
    "lstm 2 dropout 0.1 recurrent-dropout 0.2",
    "m",
    "m frozen",
    "s",
];

/// A statement made of words of the language, most of them in their places.
fn statement(random: &mut XorShift) -> String {
    match random.below(11) {
        0 => format!(
            "{} = {}",
            random.one(&["a", "b", "n", "m", "it", "data"]),
            pipe(random)
        ),
        1 => format!("{} = {}", random.one(&["m", "b", "a", "lstm"]), chain(random)),
        2 => format!("m = train {} on {} epochs 1", chain(random), random.one(&DATA)),
        3 => format!("train {} on ({}) epochs 1", chain(random), pipe(random)),
        10 => (*random.one(&FILES)).to_owned(),
        4 => pipe(random),
        5 => chain(random),
        _ => command(random),
    }
}

fn command(random: &mut XorShift) -> String {
    let verb = *random.one(&VERBS);
    let mut text = verb.to_owned();
    if random.below(4) == 0 {
        text += &format!(" {}", random.one(&VIEWS));
    }
    if random.below(8) > 0 {
        text += &format!(" {}", random.one(&SUBJECTS));
    }
    if random.below(2) == 0 {
        text += &format!(" on {}", random.one(&DATA));
    }
    // Nothing in this test trains for the usual hundred epochs.
    if ["train", "continue", "compare"].contains(&verb) {
        text += " epochs 1";
    }
    for _ in 0..random.below(3) {
        text += &format!(" {}", random.one(&TAILS));
    }
    text
}

fn pipe(random: &mut XorShift) -> String {
    let mut text = (*random.one(&SOURCES)).to_owned();
    for _ in 0..random.below(5) {
        text += &format!(" | {}", random.one(&STEPS));
    }
    text
}

fn chain(random: &mut XorShift) -> String {
    let mut text = (*random.one(&LAYERS)).to_owned();
    for _ in 0..random.below(3) {
        text += &format!(" -> {}", random.one(&LAYERS));
    }
    text
}

/// Marsaglia's generator: the same statements on every machine.
struct XorShift(u64);

impl XorShift {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn one<'a>(&mut self, of: &'a [&'a str]) -> &'a &'a str {
        &of[self.below(of.len())]
    }
}

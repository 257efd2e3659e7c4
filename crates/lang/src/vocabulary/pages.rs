//! What `help E4` says.

/// The page of an error or hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Its code.
    pub code: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// A line that has it.
    pub example: &'static str,
    /// The line to type instead.
    pub instead: &'static str,
}

/// The page of a code, in either case.
pub fn page(code: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.code.eq_ignore_ascii_case(code))
}

/// All pages, errors first.
pub fn pages() -> &'static [Page] {
    PAGES
}

const fn new(
    code: &'static str,
    meaning: &'static str,
    example: &'static str,
    instead: &'static str,
) -> Page {
    Page { code, meaning, example, instead }
}

const PAGES: &[Page] = &[
    new(
        "E1",
        "A word stands where a verb, layer, step or option is expected, and it is none. \
         Where a known word is near, it is offered.",
        "ltsm 4 -> dense 1",
        "lstm 4 -> dense 1",
    ),
    new(
        "E2",
        "A layer or step lacks its number: a recurrent layer needs its number of units.",
        "lstm -> dense 1",
        "lstm 4 -> dense 1",
    ),
    new(
        "E3",
        "`|` prepares data and `->` builds models; the eye tells one from the other, so \
         they are never mixed in one chain.",
        "airline -> window 3",
        "airline | window 3",
    ),
    new(
        "E4",
        "`dense` takes one row of numbers, and several steps arrive. Either see all steps \
         as one row, or let a recurrent layer read them in order.",
        "dense 8 -> dense 1",
        "flat -> dense 8 -> dense 1",
    ),
    new(
        "E5",
        "The last layer gives another number of values than the target has.",
        "lstm 4 -> dense 2",
        "lstm 4 -> dense",
    ),
    new(
        "E6",
        "A window is as long as a part of the data or longer, so that no sample is left.",
        "airline | split 67% apart | window 60",
        "airline | split 67% apart | window 12",
    ),
    new(
        "E7",
        "An option stands after a word that does not take it. Training options come after \
         the data.",
        "dense 1 epochs 100",
        "train dense 1 on air epochs 100",
    ),
    new(
        "E8",
        "The file has no column of that name.",
        "csv \"air.csv\" column \"Passenger\"",
        "csv \"air.csv\" column \"Passengers\"",
    ),
    new(
        "E9",
        "A line of the file holds something that is no number where one is expected: \
         often a footer.",
        "csv \"air.csv\" column 2",
        "csv \"air.csv\" column 2 skip last 3",
    ),
    new(
        "E10",
        "Stopping early needs a part of the data to watch. The test part cannot be it: \
         what chooses the epoch has seen it, and its error would be too good.",
        "train m on (airline | split 67% | window 3) patience 10",
        "train m on (airline | split 60% 20% 20% | window 3) patience 10",
    ),
    new(
        "E11",
        "A number stopped being one: the loss became NaN. The weights of the last good \
         epoch are put back.",
        "train m on air rate 10",
        "train m on air clip 1",
    ),
    new(
        "E12",
        "The kind word says one thing and the value is another.",
        "data m = lstm 4 -> dense 1",
        "model m = lstm 4 -> dense 1",
    ),
    new(
        "E13",
        "Nothing of that name exists in this session.",
        "train n on air",
        "train m on air",
    ),
    new(
        "H1",
        "`over all` lets a step learn from the test part too: the model knows something of \
         the future, and its score is a little too good.",
        "airline | scale 0..1 over all | split 67%",
        "airline | scale 0..1 | split 67%",
    ),
    new(
        "H2",
        "The fit follows the value before: the model repeats what it saw last, one step \
         late. The baseline `naive` does the same without a model.",
        "score m",
        "compare naive, m",
    ),
    new(
        "H3",
        "Each layer keeps memory only where it is told to; the others start every window at \
         zero.",
        "lstm 4 stateful -> lstm 4 -> dense 1",
        "lstm 4 stateful -> lstm 4 stateful -> dense 1",
    ),
    new(
        "H4",
        "A stateful layer remembers what it has read, and overlapping windows make it read \
         each value several times.",
        "train lstm 4 stateful -> dense 1 on (airline | window 12)",
        "train lstm 4 stateful -> dense on (airline | stream 12)",
    ),
    new(
        "H5",
        "The test part leaves the range that the train part had. The cell's tanh cannot \
         follow far beyond what it has seen; making the series stationary can.",
        "airline | split 67% | scale 0..1 | window 12",
        "airline | split 67% | log | difference | standardize | window 12",
    ),
    new(
        "H6",
        "Two single runs differ by less than two seeds of the same model do. Train each \
         with several seeds before calling one better.",
        "compare one, two",
        "train lstm 4 -> dense 1 on air times 10",
    ),
];

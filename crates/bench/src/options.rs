//! What the command line asks for: words in, [`Options`] out.

use carousel_net::network::Cell;

use crate::cells;

/// How the command is used.
pub(crate) const USAGE: &str = "usage: carousel-bench [--only process|airline|micro|charlm] \
     [--runs N] [--shapes \"B,T,I,H;...\"] [--modes train,infer] [--cells lstm,peephole,gru,rnn] \
     [--threads N] [--text FILE] [--command PATH]";

/// The shapes that the peers measure too; `1,1,256,256` is the latency of one step.
const SHAPES: &str = "1,3,1,4;1,100,1,32;32,50,16,64;32,100,64,128;64,100,256,256;\
                      64,100,512,512;128,20,64,512;1,1,256,256";

/// One kind of benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// The whole command.
    Process,
    /// The training of the five programs.
    Airline,
    /// One layer.
    Micro,
    /// The training of a character model.
    Charlm,
}

impl Group {
    /// In the order in which they run.
    pub(crate) const ALL: [Group; 4] =
        [Group::Process, Group::Airline, Group::Micro, Group::Charlm];
}

/// What is measured, and how often.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    /// The one group to run; all of them if there is none.
    pub(crate) only: Option<Group>,
    /// How often each thing is measured; a micro benchmark goes on for a second too.
    pub(crate) runs: usize,
    /// `[B, T, I, H]` each.
    pub(crate) shapes: Vec<[usize; 4]>,
    /// Whether the layer is trained, and whether it is only run.
    pub(crate) modes: Vec<Mode>,
    /// The layer's cells.
    pub(crate) cells: Vec<Cell>,
    /// How many threads may share a layer's work, in the micro group.
    pub(crate) threads: usize,
    /// What the character model reads; a text that is made if there is none.
    pub(crate) text: Option<String>,
    /// The `carousel` command; the one beside this program if there is none.
    pub(crate) command: Option<String>,
}

/// What is done with a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Forward and backward, no optimiser.
    Train,
    /// Forward.
    Infer,
}

/// Reads the words of the command line.
///
/// # Errors
/// One sentence on the word that is wrong.
pub(crate) fn read(words: impl IntoIterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        only: None,
        runs: 10,
        shapes: shapes(SHAPES)?,
        modes: vec![Mode::Train, Mode::Infer],
        cells: vec![Cell::Lstm],
        threads: 1,
        text: None,
        command: None,
    };
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("`{word}` needs a value"))?;
        match word.as_str() {
            "--only" => options.only = Some(group(&value)?),
            "--runs" => options.runs = count(&value)?,
            "--shapes" => options.shapes = shapes(&value)?,
            "--modes" => {
                options.modes = value.split(',').map(mode).collect::<Result<_, _>>()?;
            }
            "--cells" => {
                options.cells =
                    value.split(',').map(cells::cell).collect::<Result<_, _>>()?;
            }
            "--threads" => options.threads = count(&value)?,
            "--text" => options.text = Some(value),
            "--command" => options.command = Some(value),
            _ => return Err(format!("unknown option `{word}`")),
        }
    }
    Ok(options)
}

fn group(word: &str) -> Result<Group, String> {
    match word {
        "process" => Ok(Group::Process),
        "airline" => Ok(Group::Airline),
        "micro" => Ok(Group::Micro),
        "charlm" => Ok(Group::Charlm),
        _ => Err(format!("unknown group `{word}`")),
    }
}

fn mode(word: &str) -> Result<Mode, String> {
    match word {
        "train" => Ok(Mode::Train),
        "infer" => Ok(Mode::Infer),
        _ => Err(format!("unknown mode `{word}`")),
    }
}

fn count(word: &str) -> Result<usize, String> {
    match word.trim().parse() {
        Ok(n) if n > 0 => Ok(n),
        _ => Err(format!("`{word}` is not a number from 1 on")),
    }
}

fn shapes(list: &str) -> Result<Vec<[usize; 4]>, String> {
    list.split(';')
        .map(|shape| {
            let numbers = shape.split(',').map(count).collect::<Result<Vec<_>, _>>()?;
            numbers.try_into().map_err(|_| format!("`{shape}` is not B,T,I,H"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str) -> Result<Options, String> {
        read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_read() {
        let options = read_line(
            "--only micro --runs 3 --shapes 1,2,3,4;5,6,7,8 --modes infer --threads 2",
        )
        .unwrap();
        assert_eq!(options.only, Some(Group::Micro));
        assert_eq!(options.runs, 3);
        assert_eq!(options.threads, 2);
        assert_eq!(options.shapes, [[1, 2, 3, 4], [5, 6, 7, 8]]);
        assert_eq!(options.modes, [Mode::Infer]);
        assert_eq!(options.cells, [Cell::Lstm]);
        let options = read_line("--only charlm --text alice.txt").unwrap();
        assert_eq!(options.only, Some(Group::Charlm));
        assert_eq!(options.text.as_deref(), Some("alice.txt"));
        assert_eq!(read_line("").unwrap().shapes.len(), 8);
    }

    #[test]
    fn what_cannot_be_measured_is_refused() {
        for line in [
            "--only",
            "--runs 0",
            "--shapes 1,2,3",
            "--modes walk",
            "--cells mamba",
            "--fast 1",
        ] {
            assert!(read_line(line).is_err(), "{line}");
        }
    }
}

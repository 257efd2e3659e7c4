//! What the command line asks for: words in, [`Options`] out.

use std::path::PathBuf;

use carousel_net::network::Cell;
use carousel_net::trial::Pass;
use clap::{Parser, ValueEnum};

use crate::cells;

/// The shapes that the peers measure too; `1,1,256,256` is the latency of one step.
const SHAPES: &str = "1,3,1,4;1,100,1,32;32,50,16,64;32,100,64,128;64,100,256,256;\
                      64,100,512,512;128,20,64,512;1,1,256,256";

/// Benchmarks of Carousel: one JSON line per result.
#[derive(Debug, Parser)]
#[command(name = "carousel-bench", version)]
pub(crate) struct Options {
    /// What to measure
    #[arg(required = true, value_enum)]
    pub(crate) groups: Vec<Group>,
    /// How often each thing is measured, at least; what is short goes on for a while
    #[arg(long, default_value_t = 10, value_parser = count, value_name = "N")]
    pub(crate) runs: usize,
    /// Shapes of layers
    #[arg(long, default_value = SHAPES, value_delimiter = ';', value_parser = shape, value_name = "B,T,I,H;...")]
    pub(crate) shapes: Vec<[usize; 4]>,
    /// What is done with layers
    #[arg(long, default_value = "train,infer", value_delimiter = ',', value_parser = pass, value_name = "MODES")]
    pub(crate) modes: Vec<Pass>,
    /// Cells of layers: lstm, gru, rnn, written, peephole
    #[arg(long, default_value = "lstm", value_delimiter = ',', value_parser = cells::cell, value_name = "CELLS")]
    pub(crate) cells: Vec<Cell>,
    /// How many threads may share the work of a layer; each number is measured
    #[arg(long, default_value = "1,2", value_delimiter = ',', value_parser = count, value_name = "N,...")]
    pub(crate) threads: Vec<usize>,
    /// What the character model reads; a text that is made if there is none
    #[arg(long, value_name = "FILE")]
    pub(crate) text: Option<PathBuf>,
    /// The `carousel` command; the one beside this program if there is none
    #[arg(long, value_name = "FILE")]
    pub(crate) command: Option<PathBuf>,
    /// The airline program whose training `work` carries out, and nothing else
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=5), value_name = "N")]
    pub(crate) program: u8,
    /// How many epochs it has
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub(crate) epochs: usize,
}

/// One kind of benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Group {
    /// All of them but `work`
    All,
    /// What the machine can do
    Peak,
    /// The whole command on the airline's third program
    Process,
    /// The prompt in a pseudo-terminal: its start, a key press, statements; Unix only
    Prompt,
    /// The training of the airline's five programs, in this process
    Airline,
    /// A step of training of small networks with Adam
    Step,
    /// One recurrent layer, forward, and forward and backward
    Micro,
    /// Cells beside the LSTM
    Cells,
    /// The training of a character model
    Charlm,
    /// Time and memory of one layer against steps, batch and units
    Curves,
    /// Instructions of a step of the airline programs, which noise does not change:
    /// needs valgrind
    Instructions,
    /// Nothing is measured: what `instructions` counts
    Work,
}

impl Group {
    /// What `all` stands for, in the order in which they run.
    pub(crate) const ALL: [Group; 10] = [
        Group::Peak,
        Group::Process,
        Group::Prompt,
        Group::Airline,
        Group::Step,
        Group::Micro,
        Group::Cells,
        Group::Charlm,
        Group::Curves,
        Group::Instructions,
    ];
}

impl Options {
    /// The groups to run, in their order.
    pub(crate) fn chosen(&self) -> Vec<Group> {
        if self.groups.contains(&Group::All) {
            return Group::ALL.to_vec();
        }
        self.groups.clone()
    }
}

fn pass(word: &str) -> Result<Pass, String> {
    match word {
        "train" => Ok(Pass::Train),
        "infer" => Ok(Pass::Infer),
        _ => Err("modes are `train` and `infer`".to_owned()),
    }
}

fn count(word: &str) -> Result<usize, String> {
    match word.trim().parse() {
        Ok(n) if n > 0 => Ok(n),
        _ => Err("it is not a whole number from 1 on".to_owned()),
    }
}

fn shape(word: &str) -> Result<[usize; 4], String> {
    let numbers = word.split(',').map(count).collect::<Result<Vec<_>, _>>()?;
    numbers.try_into().map_err(|_| "a shape is four numbers, B,T,I,H".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, clap::Error> {
        Options::try_parse_from(
            std::iter::once("carousel-bench").chain(line.split_whitespace()),
        )
    }

    #[test]
    fn options_are_read() {
        let options = read(
            "micro --runs 3 --shapes 1,2,3,4;5,6,7,8 --modes infer --threads 2 --cells gru",
        )
        .unwrap();
        assert_eq!(options.chosen(), [Group::Micro]);
        assert_eq!(options.runs, 3);
        assert_eq!(options.threads, [2]);
        assert_eq!(options.shapes, [[1, 2, 3, 4], [5, 6, 7, 8]]);
        assert_eq!(options.modes, [Pass::Infer]);
        assert_eq!(options.cells, [Cell::Gru]);
    }

    #[test]
    fn all_is_everything_with_the_shapes_of_the_peers() {
        let options = read("all").unwrap();
        assert_eq!(options.chosen(), Group::ALL);
        assert_eq!(options.shapes.len(), 8);
        assert_eq!(options.threads, [1, 2]);
        assert_eq!(options.cells, [Cell::Lstm]);
    }

    #[test]
    fn what_cannot_be_measured_is_refused() {
        for line in [
            "",
            "walk",
            "micro --runs 0",
            "micro --shapes 1,2,3",
            "micro --modes walk",
            "micro --cells mamba",
            "work --program 6",
            "micro --fast 1",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}

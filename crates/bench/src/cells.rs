//! The cells that are measured: a word goes in, a [`Cell`] comes out.

use std::sync::Arc;

use carousel_lang::ast::StatementKind;
use carousel_lang::{Source, SourceId};
use carousel_net::network::Cell;

/// The words that [`cell`] knows.
pub(crate) const ALL: [&str; 5] = ["lstm", "written", "peephole", "gru", "rnn"];

/// The LSTM as a user would write it.
const WRITTEN: &str = "cell written
  i = sigmoid(Wi x + Ui h + bi)
  f = sigmoid(Wf x + Uf h + bf)
  g = tanh(Wg x + Ug h + bg)
  o = sigmoid(Wo x + Uo h + bo)
  c = f * c + i * g
  h = o * tanh(c)
  bf starts 1
end
";

/// The LSTM whose gates see the cell state, too (Gers and Schmidhuber 2000). It has the
/// products of the LSTM and is none, so it shows what a cell of the user's costs.
const PEEPHOLE: &str = "cell peephole
  i = sigmoid(Wi x + Ui h + pi * c + bi)
  f = sigmoid(Wf x + Uf h + pf * c + bf)
  g = tanh(Wg x + Ug h + bg)
  o = sigmoid(Wo x + Uo h + po * c + bo)
  c = f * c + i * g
  h = o * tanh(c)
  bf starts 1
end
";

/// The cell of a word on the command line.
///
/// # Errors
/// One sentence if there is none.
pub(crate) fn cell(word: &str) -> Result<Cell, String> {
    match word {
        "lstm" => Ok(Cell::Lstm),
        "gru" => Ok(Cell::Gru),
        "rnn" => Ok(Cell::Rnn),
        "written" => Ok(of_the_user(WRITTEN)),
        "peephole" => Ok(of_the_user(PEEPHOLE)),
        _ => Err(format!("cells are {}", ALL.join(", "))),
    }
}

fn of_the_user(text: &str) -> Cell {
    let source = Source {
        id: SourceId::default(),
        name: "bench".to_owned(),
        text: text.to_owned(),
    };
    let (program, errors) = carousel_lang::parse(&source);
    assert!(errors.is_empty(), "the cell is written above: {errors:?}");
    let first = program.statements.into_iter().next().expect("one statement");
    let StatementKind::Cell(definition) = first.kind else {
        unreachable!("the text is a cell")
    };
    Cell::User(Arc::new(definition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_a_cell_of_that_name() {
        for word in ALL {
            assert_eq!(cell(word).unwrap().word(), word);
        }
        assert!(cell("mamba").is_err());
    }
}

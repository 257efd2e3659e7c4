//! The built-in cells, in the language. Each is called `built_in`: their own words are
//! layers and cannot be the names of cells.

use carousel_lang::ast::{CellDefinition, StatementKind};
use carousel_lang::{Source, SourceId};

use super::{CellForm, analyse};

/// Long short-term memory: Hochreiter and Schmidhuber 1997, with the forget gate of
/// Gers, Schmidhuber and Cummins 2000; it starts open, as Jozefowicz et al. 2015 advise.
const LSTM: &str = "cell built_in
  i = sigmoid(Wi x + Ui h + bi)
  f = sigmoid(Wf x + Uf h + bf)
  g = tanh(Wg x + Ug h + bg)
  o = sigmoid(Wo x + Uo h + bo)
  c = f * c + i * g
  h = o * tanh(c)
  bf starts 1
end
";

/// Gated recurrent unit: Cho et al. 2014, with the reset after the product, as cuDNN,
/// Keras and PyTorch have it.
pub(super) const GRU: &str = "cell built_in
  r = sigmoid(Wr x + br + Ur h + cr)
  z = sigmoid(Wz x + bz + Uz h + cz)
  n = tanh(Wn x + bn + r * (Un h + cn))
  h = (1 - z) * n + z * h
end
";

/// Elman 1990.
const RNN: &str = "cell built_in
  h = tanh(Wh x + Uh h + bh)
end
";

/// The LSTM; PyTorch's has a second bias vector, whose gradient is that of the first.
pub(super) fn lstm(two_biases: bool) -> String {
    if !two_biases {
        return LSTM.to_owned();
    }
    ["i", "f", "g", "o"].iter().fold(LSTM.to_owned(), |text, gate| {
        text.replace(&format!("+ b{gate})"), &format!("+ b{gate} + c{gate})"))
    })
}

/// Elman's network, with PyTorch's second bias vector or without.
pub(super) fn rnn(two_biases: bool) -> String {
    if two_biases { RNN.replace("+ bh)", "+ bh + ch)") } else { RNN.to_owned() }
}

/// The form of a built-in cell.
pub(super) fn form(text: String) -> CellForm {
    analyse::analyse(&definition(text)).expect("the built-in equations are right")
}

/// The syntax tree of a built-in cell.
pub(super) fn definition(text: String) -> CellDefinition {
    let source = Source { id: SourceId::default(), name: "built-in".to_owned(), text };
    let (program, errors) = carousel_lang::parse(&source);
    debug_assert!(errors.is_empty(), "the built-in cells parse: {errors:?}");
    let first = program.statements.into_iter().next().expect("one statement");
    match first.kind {
        StatementKind::Cell(definition) => definition,
        StatementKind::Binding(_)
        | StatementKind::Command(_)
        | StatementKind::Value(_) => {
            unreachable!("the text is a cell")
        }
    }
}

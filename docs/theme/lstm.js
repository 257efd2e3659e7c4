// Colours for programs in the book: the words of the language go in, a language of
// highlight.js comes out. The tests write the words, from the table of the language.
const WORDS = {
  // <words>
  keyword: [
    "train continue score compare plot show step predict forecast save expect use",
    "seed set runs undo reset check help on to at as with of cell end gives starts x",
    "data model beats validation test best worst session",
  ].join(" "),
  built_in: [
    "csv load airline count sine echo adding parity lstm gru rnn dense dropout flat",
    "naive mean drift seasonal growth ar sigmoid tanh relu softplus softmax exp log",
    "sqrt abs max min norm",
  ].join(" "),
  attr: [
    "split scale standardize difference window stream target fill take skip stateful",
    "bidirectional recurrent-dropout last every frozen column columns time period",
    "noise lag first apart over ahead stride epochs batch rate momentum nesterov",
    "decay clip patience keep times until for loss shuffle like band layer unit",
    "linear adam adamw sgd rmsprop adagrad fit scores shapes kernels weights",
    "equations gates state gradients rmse mae mape mase fusion executor threads",
    "memory hints theme plots",
  ].join(" "),
  // </words>
};

hljs.registerLanguage("lstm", () => ({
  keywords: { $pattern: /[a-z][a-z\d_]*(-[a-z]+)*/, ...WORDS },
  contains: [
    hljs.HASH_COMMENT_MODE,
    hljs.QUOTE_STRING_MODE,
    { className: "number", begin: /-?\b\d+(\.\d+)?(e[-+]?\d+)?%?/ },
    { className: "operator", begin: /->|=>|\|/ },
  ],
}));

// The page was coloured before this script came, without this language.
for (const code of document.querySelectorAll("code.language-lstm")) {
  hljs.highlightBlock(code);
}

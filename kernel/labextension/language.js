// The language as a stream mode of CodeMirror. The rows follow the grammar: a word is a
// layer after `->`, a data step after `|`, and an option after either. `WORDS` are the
// lists of its words by kind.
const INNER = "[\\p{L}\\p{M}\\p{N}_]";
const NAME = `\\p{L}${INNER}*`;
const WORD = `${NAME}(?:-${NAME})*`;
const UNSIGNED = "\\d+(?:\\.(?!\\.)\\d+)?(?:[eE][+-]?\\d+)?";
const NUMBER = `-?${UNSIGNED}`;

// Any of some words, whole; the longer first, or `lag` would hide `lag-1`.
function some(words) {
  const all = [...words].sort((a, b) => b.length - a.length).join("|");
  return `(?:${all})(?!${INNER}|-\\p{L})`;
}

const BEGINS = [...WORDS.sources, ...WORDS.layers, ...WORDS.baselines];

const VALUE = [
  [some(WORDS.sources), "builtin", "rest"],
  [some(WORDS.layers), "def", "rest"],
  [some(WORDS.baselines), "variable-2", "rest"],
];

const LITERALS = [
  ['"(?:[^"\\\\]|\\\\.)*"?', "string"],
  [`${NUMBER}\\.\\.${NUMBER}`, "number"],
  [`${NUMBER}%`, "number"],
  [`${UNSIGNED}[sm](?!${INNER})`, "number"],
  [NUMBER, "number"],
];

// What is wanted, and the rows that are tried then: what stands there, its colour, and
// what is wanted behind it; nothing is the same again. An empty pattern only goes on. A
// function changes the state and says what is wanted.
const WANTS = {
  start: [
    ["cell(?=\\s+\\p{L})", "definitionKeyword", entersCell],
    [`(?:data|model)(?=\\s+${WORD}\\s*=(?!>))`, "definitionKeyword"],
    [`${WORD}(?=\\s*=(?!>))`, "variable", "rest"],
    ["", null, "body"],
  ],
  // Right of `=`, or at the beginning of a line without one.
  body: [
    [`set(?=\\s+\\p{L})`, "keyword", "setting"],
    [`help(?=\\s+\\p{L})`, "keyword", "explained"],
    [some(WORDS.verbs), "keyword", "subject"],
    ["", null, "value"],
  ],
  // After a verb: perhaps a view, then what the verb acts on.
  subject: [
    [`${WORD}(?=(?:\\s+${WORD})*\\s+of(?!${INNER}))`, "property"],
    [`of(?!${INNER})`, "operatorKeyword", "value"],
    [some(WORDS.prepositions), "operatorKeyword", "operand"],
    [some(WORDS.views.filter((word) => !BEGINS.includes(word))), "property", "rest"],
    ["", null, "value"],
  ],
  // The beginning of a chain or a pipe.
  value: [
    ...VALUE,
    ["\\(", "punctuation", opens("value")],
    [WORD, "variable", "rest"],
    ["", null, "rest"],
  ],
  step: [
    [some(WORDS.steps), "builtin", "rest"],
    [WORD, "variable", "rest"],
    ["", null, "rest"],
  ],
  layer: [
    [some(WORDS.layers), "def", "rest"],
    ["\\(", "punctuation", opens("value")],
    [WORD, "variable", "rest"],
    ["", null, "rest"],
  ],
  setting: [[WORD, "attribute", "rest"], ["", null, "rest"]],
  // Behind `help`: any word of the language.
  explained: [
    [some(WORDS.verbs), "keyword", "rest"],
    [some(WORDS.prepositions), "operatorKeyword", "rest"],
    [some(WORDS.steps), "builtin", "rest"],
    ...VALUE,
    [some(WORDS.options), "attribute", "rest"],
    ["", null, "rest"],
  ],
  // Behind `on`, `to`, `with`.
  operand: [[some(WORDS.optimisers), "attribute", "rest"], ["", null, "value"]],
  // Options, prepositions, joints, numbers.
  rest: [
    ["->|=>", "operator", "layer"],
    ["\\|", "operator", "step"],
    ["<=|>=|<|>", "operator", "value"],
    ["=", "operator", "body"],
    [",", "punctuation", "value"],
    ["\\(", "punctuation", opens("value")],
    ["\\)", "punctuation", closes],
    ["[\\[{]", "punctuation", opensList],
    ["x(?=\\s+\\d)", "definitionKeyword"],
    [`beats(?!${INNER})`, "definitionKeyword", "value"],
    [`as(?=\\s+features(?!${INNER}))`, "attribute"],
    [some(WORDS.prepositions), "operatorKeyword", "operand"],
    [some(WORDS.options), "attribute"],
    ...LITERALS,
    [WORD, "variable"],
    [".", null],
  ],
  list: [
    ["[\\[{]", "punctuation", opensList],
    ["[\\]}]", "punctuation", closesList],
    ...LITERALS,
    [WORD, "variable"],
    [".", null],
  ],
  cellName: [[WORD, "variable", "equation"], ["", null, "equation"]],
  // The beginning of a line between `cell` and `end`.
  line: [
    ["end(?=\\s*(?:#|$))", "definitionKeyword", leavesCell],
    ["gives(?=\\s+\\p{L})", "definitionKeyword", "equation"],
    ["", null, "equation"],
  ],
  equation: [
    ["starts(?=\\s+-?\\d)", "definitionKeyword"],
    [`(?:${WORDS.functions.join("|")})(?=\\s*\\()`, "builtin"],
    [UNSIGNED, "number"],
    ["[-+*/=]", "operator"],
    ["[(),]", "punctuation"],
    [`\\p{Lu}${INNER}*`, "atom"],
    [NAME, "variable"],
    [".", null],
  ],
};

for (const [want, rows] of Object.entries(WANTS)) {
  WANTS[want] = rows.map(([pattern, ...rest]) => [new RegExp(`^(?:${pattern})`, "u"), ...rest]);
}

function opens(want) {
  return (state) => {
    state.groups += 1;
    return want;
  };
}

function closes(state) {
  state.groups = Math.max(0, state.groups - 1);
  return "rest";
}

function opensList(state) {
  state.lists += 1;
  return "list";
}

function closesList(state) {
  state.lists = Math.max(0, state.lists - 1);
  return state.lists ? "list" : "rest";
}

function entersCell(state) {
  state.cell = true;
  return "cellName";
}

function leavesCell(state) {
  state.cell = false;
  return "rest";
}

// A statement goes on in an open bracket, behind a sign that joins, and where the line
// begins with one.
function beginLine(stream, state) {
  const joins = /^\s*(?:\||->|=>|,)/.test(stream.string);
  if (state.cell) state.want = "line";
  else if (!state.joined && !state.groups && !state.lists && !joins) state.want = "start";
}

function languageToken(stream, state) {
  if (stream.sol()) beginLine(stream, state);
  if (stream.eatSpace()) return null;
  if (stream.match(/^#.*/)) return "comment";
  for (;;) {
    let found;
    const [, colour, next] = WANTS[state.want].find(
      ([pattern]) => (found = stream.match(pattern)),
    );
    if (next) state.want = typeof next === "function" ? next(state) : next;
    if (found[0]) {
      state.joined = /^(?:->|=>|[|=,])$/.test(found[0]);
      return colour;
    }
  }
}

const MODE = {
  name: "carousel",
  languageData: {
    commentTokens: { line: "#" },
    closeBrackets: { brackets: ["(", "[", "{", '"'] },
  },
  startState: () => ({
    // The language: what is wanted, open brackets, and whether a sign joined the last
    // line to this one.
    want: "start", groups: 0, lists: 0, joined: false, cell: false,
    // A cell of Rust, which its first line says, and what is open in it.
    first: true, rust: false, comment: 0, closing: "", raw: false, defines: false,
  }),
  token(stream, state) {
    if (state.rust) return rustToken(stream, state);
    if (state.first && stream.eatSpace()) return null;
    if (state.first && stream.match(/^%%rust\b.*/)) {
      state.rust = true;
      return "meta";
    }
    state.first = false;
    return languageToken(stream, state);
  },
};

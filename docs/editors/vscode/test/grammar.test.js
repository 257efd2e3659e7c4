// The grammar, run as VS Code runs it, says of every word of the examples what the
// language's own reader says.
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const oniguruma = require("vscode-oniguruma");
const { Registry, parseRawGrammar, INITIAL } = require("vscode-textmate");

const grammarPath = path.join(__dirname, "../syntaxes/carousel.tmLanguage.json");
const programs = JSON.parse(
  fs.readFileSync(path.join(__dirname, "../../pygments/tests/classes.json"), "utf8"),
);
// The classes of the language, and how the scopes of their words begin.
const SCOPES = {
  Verb: "keyword.control.verb",
  Preposition: "keyword.operator.word.preposition",
  Keyword: "keyword.declaration",
  Source: "support.class.source",
  Step: "entity.name.function.step",
  Layer: "storage.type.layer",
  Baseline: "support.class.baseline",
  Option: "support.type.property-name.option",
  View: "variable.other.property.view",
  Function: "support.function",
  Matrix: "variable.other.constant.matrix",
  Number: "constant.numeric",
  Text: "string.quoted",
  Comment: "comment.line",
  Name: "variable.other.carousel",
};

async function load() {
  const wasm = require.resolve("vscode-oniguruma/release/onig.wasm");
  await oniguruma.loadWASM(fs.readFileSync(wasm).buffer);
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => parseRawGrammar(fs.readFileSync(grammarPath, "utf8"), grammarPath),
  });
  return registry.loadGrammar("source.carousel");
}

// The scopes of each character of a text.
function scopes(grammar, text) {
  let state = INITIAL;
  const found = [];
  for (const line of text.split("\n")) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    for (const token of tokens) {
      // A token may count the end of its line.
      const end = Math.min(token.endIndex, line.length);
      for (let at = token.startIndex; at < end; at += 1) found.push(token.scopes);
    }
    found.push([]);
  }
  return found;
}

// What is wrong with the first word that has another scope than its class says.
function difference(found, text, words) {
  let at = 0;
  for (const [word, of] of words) {
    at = text.indexOf(word, at);
    for (let n = at; n < at + word.length; n += 1) {
      if (text[n] !== "\n" && !found[n].some((scope) => scope.startsWith(SCOPES[of]))) {
        return `${word} is ${found[n].at(-1)}, not ${of}`;
      }
    }
    at += word.length;
  }
  return null;
}

test("every word has its scope", async () => {
  const grammar = await load();
  const wrong = [];
  for (const { text, words } of programs) {
    const found = difference(scopes(grammar, text), text, words);
    if (found) wrong.push(`${text}\n  ${found}`);
  }
  assert.deepStrictEqual(wrong, []);
});

// The extension, loaded as JupyterLab loads it, says of every word of the examples what
// the language's own reader says:
// `node labextension/test/language.test.js static/remoteEntry.HASH.js`.
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const classes = path.join(__dirname, "../../../docs/editors/pygments/tests/classes.json");
const programs = JSON.parse(fs.readFileSync(classes, "utf8"));

// The classes of the language as tokens of CodeMirror.
const TOKENS = {
  Verb: "keyword",
  Preposition: "operatorKeyword",
  Keyword: "definitionKeyword",
  Source: "builtin",
  Step: "builtin",
  Layer: "def",
  Baseline: "variable-2",
  Option: "attribute",
  View: "property",
  Function: "builtin",
  Matrix: "atom",
  Number: "number",
  Text: "string",
  Comment: "comment",
  Name: "variable",
};
const WORDS = new Set(Object.values(TOKENS));

// What CodeMirror hands to a mode, as far as this one asks it.
class Stream {
  constructor(string) {
    Object.assign(this, { string, pos: 0, start: 0 });
  }
  sol() { return this.pos === 0; }
  eol() { return this.pos >= this.string.length; }
  next() { return this.eol() ? undefined : this.string.charAt(this.pos++); }
  eatSpace() {
    const start = this.pos;
    while (/[\s\u00a0]/.test(this.string.charAt(this.pos))) this.pos += 1;
    return this.pos > start;
  }
  match(pattern) {
    const rest = this.string.slice(this.pos);
    const found = typeof pattern === "string"
      ? rest.startsWith(pattern) && [pattern]
      : rest.match(pattern);
    if (!found || found.index > 0) return null;
    this.pos += found[0].length;
    return found;
  }
}

// The mode that the extension gives to JupyterLab.
async function load(file) {
  const window = {};
  vm.runInNewContext(fs.readFileSync(file, "utf8"), { window });
  const container = window._JUPYTERLAB["carousel-language"];
  const share = (module) => ({ "9.0.0": {}, "10.0.0": { get: async () => () => module } });
  container.init({
    "@jupyterlab/codemirror": share({ IEditorLanguageRegistry: "registry" }),
    "@codemirror/language": share({
      LanguageSupport: class { constructor(language) { this.language = language; } },
      StreamLanguage: { define: (mode) => mode },
    }),
  });
  const plugin = (await container.get("./extension"))().default;
  let added;
  plugin.activate({}, { addLanguage: (language) => { added = language; } });
  assert.strictEqual(added.name, "carousel");
  assert.strictEqual(added.mime, "text/x-carousel");
  return added.support.language;
}

// All tokens of a text, each with its words; the state is copied as CodeMirror does.
function tokens(mode, text) {
  let state = mode.startState();
  const found = [];
  for (const line of text.split("\n")) {
    const stream = new Stream(line);
    state = { ...state };
    while (!stream.eol()) {
      const start = stream.pos;
      const token = mode.token(stream, state);
      assert(stream.pos > start, `no step forward in ${JSON.stringify(line)}`);
      found.push([line.slice(start, stream.pos), token]);
    }
  }
  return found;
}

async function main() {
  const mode = await load(process.argv[2]);
  for (const { text, words } of programs) {
    const wanted = words.map(([word, of]) => [word, TOKENS[of]]);
    const found = tokens(mode, text).filter(([, token]) => WORDS.has(token));
    assert.deepStrictEqual(found, wanted, text);
  }
  for (const text of ["lstm ? 4", 'load "open', "cell\nh = ", "(((", "]]}", "\\ é ’", "%%rust\n'"]) {
    const found = tokens(mode, text).map(([word]) => word).join("");
    assert.strictEqual(found, text.replaceAll("\n", ""));
  }
  const rust = [
    "%%rust", ":dep plotters", "/* a /* b */", "c */ fn add<'a>(x: &'a str) -> Vec<f64> {",
    'let s = r#"a "b', 'c"#; // end', "println!(\"a \\\" {}\", 1_000.5e3f64 + 0xffu8);",
    "if x != 'b' { 1..2 }", "#[derive(Debug)] struct S;", "train",
  ].join("\n");
  const found = tokens(mode, rust).filter(([, token]) => token && token !== "operator");
  assert.deepStrictEqual(found, [
    ["%%rust", "meta"], [":dep plotters", "meta"], ["/* a /* b */", "comment"],
    ["c */", "comment"], ["fn", "keyword"], ["add", "def"], ["'a", "string-2"],
    ["x", "variable"], ["'a", "string-2"], ["str", "builtin"], ["Vec", "builtin"],
    ["f64", "builtin"], ["let", "keyword"], ["s", "variable"], ['r#"a "b', "string"],
    ['c"#', "string"], ["// end", "comment"], ["println!", "variable-2"],
    ['"a \\" {}"', "string"], ["1_000.5e3f64", "number"], ["0xffu8", "number"],
    ["if", "keyword"], ["x", "variable"], ["'b'", "string"], ["1", "number"],
    ["2", "number"], ["#[derive(Debug)]", "meta"], ["struct", "keyword"],
    ["S", "builtin"], ["train", "variable"],
  ]);
  // In a script, or below the first line, it is no cell of Rust.
  assert.strictEqual(tokens(mode, "lstm 4\n%%rust")[0][1], "def");
}

main();

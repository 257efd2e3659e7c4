// Rust as a stream mode of CodeMirror, for the cells that begin with `%%rust`. The state
// is flat, as CodeMirror copies it: `comment` counts the open `/*`, `closing` is what
// ends an open string, `defines` is set between `fn` and its name.
const RUST = {
  keyword: new Set([
    "as async await break const continue crate dyn else enum extern false fn for if impl",
    "in let loop match mod move mut pub ref return self Self static struct super trait",
    "true type union unsafe use where while yield",
  ].join(" ").split(" ")),
  builtin: new Set([
    "bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize",
  ].join(" ").split(" ")),
  number: /^(?:0[xob][\da-fA-F_]+|\d[\d_]*(?:\.(?![.\p{L}_])[\d_]*)?(?:[eE][+-]?[\d_]+)?)(?:[iu](?:8|16|32|64|128|size)|f32|f64)?/u,
  character: /^b?'(?:[^'\\]|\\(?:u\{[^}]*\}|x[\da-fA-F]{2}|.))'/u,
  name: /^(?:r#)?[\p{L}_][\p{L}\p{M}\p{N}_]*/u,
};

function rustToken(stream, state) {
  if (state.comment > 0) return rustComment(stream, state);
  if (state.closing) return rustString(stream, state);
  if (stream.sol() && stream.match(/^:\w.*/)) return "meta"; // `:dep`, to evcxr
  if (stream.eatSpace()) return null;
  if (stream.match(/^\/\/.*/)) return "comment";
  if (stream.match("/*")) {
    state.comment = 1;
    return rustComment(stream, state);
  }
  const raw = stream.match(/^[bc]?r(#*)"/);
  if (raw || stream.match(/^[bc]?"/)) {
    state.closing = '"' + (raw ? raw[1] : "");
    state.raw = Boolean(raw);
    return rustString(stream, state);
  }
  if (stream.match(RUST.character)) return "string";
  if (stream.match(/^'[\p{L}_][\p{L}\p{N}_]*/u)) return "string-2"; // a lifetime
  if (stream.match(RUST.number)) return "number";
  if (stream.match(/^#!?\[[^\]]*\]?/)) return "meta";
  const name = stream.match(RUST.name);
  if (name) return rustName(name[0], stream, state);
  if (stream.match(/^[-+*\/%=<>!&|^~?@:.]/)) return "operator";
  stream.next();
  return null;
}

function rustName(name, stream, state) {
  const defines = state.defines;
  state.defines = name === "fn";
  if (RUST.keyword.has(name)) return "keyword";
  if (defines) return "def";
  if (stream.match(/^!(?!=)/)) return "variable-2"; // a macro
  return RUST.builtin.has(name) || /^\p{Lu}/u.test(name) ? "builtin" : "variable";
}

// Comments stand in comments.
function rustComment(stream, state) {
  while (state.comment > 0 && !stream.eol()) {
    if (stream.match("/*")) state.comment += 1;
    else if (stream.match("*/")) state.comment -= 1;
    else stream.next();
  }
  return "comment";
}

function rustString(stream, state) {
  while (!stream.eol()) {
    if (stream.match(state.closing)) {
      state.closing = "";
      break;
    }
    if (stream.next() === "\\" && !state.raw) stream.next();
  }
  return "string";
}

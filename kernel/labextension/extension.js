// A module of webpack's federation, written by hand: JupyterLab hands over what it
// shares, and gets a plugin that tells its editors of the language.
let scope;

// What JupyterLab shares under a name, in its newest version.
async function shared(name) {
  const versions = scope[name];
  if (!versions) throw new Error(`carousel-language: JupyterLab does not share ${name}`);
  const newest = Object.keys(versions)
    .sort((a, b) => a.localeCompare(b, undefined, { numeric: true }))
    .pop();
  return (await versions[newest].get())();
}

window._JUPYTERLAB = window._JUPYTERLAB || {};
window._JUPYTERLAB["carousel-language"] = {
  init(shares) {
    scope = shares;
  },
  async get(module) {
    if (module !== "./extension") throw new Error(`carousel-language has no ${module}`);
    const { IEditorLanguageRegistry } = await shared("@jupyterlab/codemirror");
    const { LanguageSupport, StreamLanguage } = await shared("@codemirror/language");
    const plugin = {
      id: "carousel-language:plugin",
      description: "Highlights the Carousel language, and Rust in its %%rust cells.",
      autoStart: true,
      requires: [IEditorLanguageRegistry],
      activate: (_app, languages) => {
        languages.addLanguage({
          name: "carousel",
          displayName: "Carousel",
          mime: "text/x-carousel",
          extensions: ["lstm"],
          support: new LanguageSupport(StreamLanguage.define(MODE)),
        });
      },
    };
    return () => ({ __esModule: true, default: plugin });
  },
};

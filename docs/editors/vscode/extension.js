// Starts `carousel lsp` for `.lstm` files, and says so where the command is missing.
const { window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

async function activate(context) {
  const command = workspace.getConfiguration("carousel").get("command", "carousel");
  client = new LanguageClient(
    "carousel",
    "Carousel",
    { command, args: ["lsp"] },
    {
      documentSelector: [{ language: "carousel" }],
      // What a script reads decides what is said of it.
      synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{lstm,csv}") },
    },
  );
  context.subscriptions.push(client);
  try {
    await client.start();
  } catch (error) {
    window.showWarningMessage(
      `\`${command} lsp\` does not start: ${error.message}. ` +
        "Set `carousel.command` to the path of the command; colours work without it.",
    );
  }
}

function deactivate() {
  return client?.stop();
}

module.exports = { activate, deactivate };

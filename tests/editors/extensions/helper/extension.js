// Opens what has no file, and writes down what VS Code gets from all extensions together for the cursor's place.
const { writeFileSync } = require("node:fs");
const vscode = require("vscode");

const SCHEMA = "model Lonely {\n  id Nope @id\n}\n";

exports.activate = (context) => {
  const open = async (document) => {
    await vscode.window.showTextDocument(await vscode.languages.setTextDocumentLanguage(document, "prisma"));
  };
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider("helper", { provideTextDocumentContent: () => SCHEMA }),
    vscode.commands.registerCommand("helper.untitled", async () =>
      open(await vscode.workspace.openTextDocument({ content: SCHEMA })),
    ),
    vscode.commands.registerCommand("helper.virtual", async () =>
      open(await vscode.workspace.openTextDocument(vscode.Uri.parse("helper:/old/schema.prisma"))),
    ),
    vscode.commands.registerCommand("helper.ask", async () => {
      const { document, selection } = vscode.window.activeTextEditor;
      const ask = (provider, ...more) => vscode.commands.executeCommand(`vscode.execute${provider}`, document.uri, ...more);
      const at = selection.active;
      const hovers = await ask("HoverProvider", at);
      const rename = await ask("DocumentRenameProvider", at, "renamed");
      const actions = await ask("CodeActionProvider", new vscode.Range(0, 0, document.lineCount, 0));
      const answer = {
        hovers: hovers.flatMap((one) => one.contents.map((content) => content.value ?? content)),
        layout: ((await ask("FormatDocumentProvider", { tabSize: 2, insertSpaces: true })) ?? []).map((one) => one.newText),
        proposals: (await ask("CompletionItemProvider", at)).items
          .filter((one) => one.kind !== vscode.CompletionItemKind.Snippet && one.kind !== vscode.CompletionItemKind.Text)
          .map((one) => one.label.label ?? one.label),
        definitions: (await ask("DefinitionProvider", at)).map((one) => (one.range ?? one.targetRange).start.line),
        references: (await ask("ReferenceProvider", at)).map((one) => one.range.start.line),
        rename: rename.entries().flatMap(([, edits]) => edits.map((one) => one.newText)),
        symbols: (await ask("DocumentSymbolProvider")).map((one) => one.name),
        fixes: actions.map((one) => one.title),
        findings: vscode.languages.getDiagnostics(document.uri).map((one) => one.source ?? one.message),
      };
      writeFileSync(process.env.PRISMA_LSP_ANSWER, JSON.stringify(answer));
    }),
  );
};

// Does what Prisma's own extension does, as recognisably as can be.
const vscode = require("vscode");

exports.activate = (context) => {
  const selector = { language: "prisma" };
  const start = new vscode.Range(0, 0, 0, 0);
  const errors = vscode.languages.createDiagnosticCollection("official");
  const check = (document) => {
    if (document.languageId === "prisma") {
      errors.set(document.uri, [new vscode.Diagnostic(start, "official finding", vscode.DiagnosticSeverity.Error)]);
    }
  };
  vscode.workspace.textDocuments.forEach(check);
  context.subscriptions.push(
    errors,
    vscode.workspace.onDidOpenTextDocument(check),
    vscode.languages.registerHoverProvider(selector, { provideHover: () => new vscode.Hover("official hover") }),
    vscode.languages.registerDocumentFormattingEditProvider(selector, {
      provideDocumentFormattingEdits: () => [vscode.TextEdit.insert(start.start, "// official layout\n")],
    }),
    vscode.languages.registerCompletionItemProvider(selector, {
      provideCompletionItems: () => [new vscode.CompletionItem("official proposal")],
    }),
    vscode.languages.registerDefinitionProvider(selector, {
      provideDefinition: (document) => new vscode.Location(document.uri, start),
    }),
    vscode.languages.registerReferenceProvider(selector, {
      provideReferences: (document) => [new vscode.Location(document.uri, start)],
    }),
    vscode.languages.registerRenameProvider(selector, {
      provideRenameEdits: (document) => {
        const edit = new vscode.WorkspaceEdit();
        edit.insert(document.uri, start.start, "// official rename\n");
        return edit;
      },
    }),
    vscode.languages.registerDocumentSymbolProvider(selector, {
      provideDocumentSymbols: () => [
        new vscode.DocumentSymbol("official symbol", "", vscode.SymbolKind.Class, start, start),
      ],
    }),
  );
};

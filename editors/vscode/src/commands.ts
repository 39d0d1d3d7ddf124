// The commands about findings: repair them all, compare the answers to one, read why a rule exists.

import * as vscode from "vscode";
import { ExecuteCommandRequest, type LanguageClient } from "vscode-languageclient/node";
import { rules } from "./settings";

const FIX_ALL = "source.fixAll.prisma-lsp";
const EXPLAIN = "prisma-lsp.explainRule";
const OPTIONS = "prisma-lsp.showOptions";
const SOURCE = "prisma-lsp";

type Client = () => LanguageClient | undefined;

export async function fixAll(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== "prisma") {
    void vscode.window.showInformationMessage("Open a Prisma schema to repair it.");
    return;
  }
  const everything = new vscode.Range(0, 0, editor.document.lineCount, 0);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    editor.document.uri,
    everything,
    FIX_ALL,
  );
  const edit = actions.find((action) => action.edit !== undefined)?.edit;
  if (edit === undefined) {
    void vscode.window.showInformationMessage("Nothing here can be repaired without a migration.");
    return;
  }
  await vscode.workspace.applyEdit(edit);
}

export async function showOptions(client: Client): Promise<void> {
  const names = namesAtCursor();
  if (names.length === 0) {
    void vscode.window.showInformationMessage("No finding of prisma-lsp is under the cursor.");
    return;
  }
  const items = rules().filter(({ name }) => names.includes(name));
  await ask(client, OPTIONS, items.length > 1 ? await choose(items) : names[0]);
}

export async function explainRule(client: Client): Promise<void> {
  const here = namesAtCursor();
  const all = rules();
  // Those under the cursor first.
  all.sort((one, other) => Number(here.includes(other.name)) - Number(here.includes(one.name)));
  await ask(client, EXPLAIN, await choose(all));
}

async function choose(items: { name: string; summary: string }[]): Promise<string | undefined> {
  const shown = items.map(({ name, summary }) => ({ label: name, detail: summary }));
  const options = { title: "prisma-lsp: which rule?", matchOnDetail: true };
  return (await vscode.window.showQuickPick(shown, options))?.label;
}

async function ask(client: Client, command: string, name: string | undefined): Promise<void> {
  if (name !== undefined) {
    await client()?.sendRequest(ExecuteCommandRequest.type, { command, arguments: [name] });
  }
}

/** The rules whose findings are under the cursor, else on its line. */
function namesAtCursor(): string[] {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return [];
  }
  const at = editor.selection;
  const ours = vscode.languages.getDiagnostics(editor.document.uri).filter((one) => one.source === SOURCE);
  const under = ours.filter((one) => one.range.intersection(at) !== undefined);
  const near = ours.filter((one) => one.range.start.line <= at.end.line && one.range.end.line >= at.start.line);
  return [...new Set((under.length > 0 ? under : near).map(codeOf))];
}

function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === "object" ? code.value : code);
}

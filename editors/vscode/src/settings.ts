// What the server is told: what the user has chosen, and who else is here.

import * as vscode from "vscode";

export const SECTION = "prismaLsp";
const OFFICIAL_EXTENSION = "Prisma.prisma";
const OURS = "prisma-lsp.prisma-lsp";

/** Only what somebody chose: a default sent along would override the project's own `prisma-lsp.toml`. */
export function settings(resource?: vscode.Uri): Record<string, unknown> {
  const configured = vscode.workspace.getConfiguration(SECTION, resource);
  const told: Record<string, unknown> = {};
  for (const name of names()) {
    if (isChosen(configured, name)) {
      told[name] = configured.get(name);
    }
  }
  if ((told["validity"] ?? "auto") === "auto" && vscode.extensions.getExtension(OFFICIAL_EXTENSION) !== undefined) {
    told["validity"] = "off"; // Prisma's own extension shows the same errors
  }
  return told;
}

function names(): string[] {
  const manifest = vscode.extensions.getExtension(OURS)?.packageJSON as
    | { contributes: { configuration: { properties: Record<string, unknown> } } }
    | undefined;
  const all = Object.keys(manifest?.contributes.configuration.properties ?? {});
  return all.map((key) => key.slice(SECTION.length + 1)).filter((name) => name !== "path");
}

function isChosen(configured: vscode.WorkspaceConfiguration, name: string): boolean {
  const values = configured.inspect(name);
  return [values?.globalValue, values?.workspaceValue, values?.workspaceFolderValue].some((value) => value !== undefined);
}

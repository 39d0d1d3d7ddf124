// What the server is told: what the user has chosen, and who else is here.

import * as vscode from "vscode";

export const SECTION = "prismaLsp";
const OFFICIAL_EXTENSION = "Prisma.prisma";
const OURS = "prisma-lsp.prisma-lsp";

/** What the server has no business with: it says how the server is started. */
export const STARTING = ["path", "interpreter", "importStrategy"];

/** Only what somebody chose: a default sent along would override the project's own `prisma-lsp.toml`. */
export function settings(resource?: vscode.Uri): Record<string, unknown> {
  const configured = vscode.workspace.getConfiguration(SECTION, resource);
  const told: Record<string, unknown> = {};
  for (const name of names()) {
    if (isChosen(configured, name)) {
      told[name] = configured.get(name);
    }
  }
  told["stepBack"] = stepsBack() ? "on" : "off";
  return told;
}

/** Whether Prisma's own extension is to do what both can do. */
export function stepsBack(): boolean {
  const chosen = vscode.workspace.getConfiguration(SECTION).get<string>("stepBack", "auto");
  return chosen === "on" || (chosen === "auto" && vscode.extensions.getExtension(OFFICIAL_EXTENSION) !== undefined);
}

/** The rules and their first sentences. */
export function rules(): { name: string; summary: string }[] {
  const known = properties()[`${SECTION}.rules`]?.properties ?? {};
  return Object.entries(known).map(([name, rule]) => ({ name, summary: rule.description ?? "" }));
}

interface Property {
  description?: string;
  properties?: Record<string, Property>;
}

function properties(): Record<string, Property> {
  const manifest = vscode.extensions.getExtension(OURS)?.packageJSON as
    | { contributes: { configuration: { properties: Record<string, Property> } } }
    | undefined;
  return manifest?.contributes.configuration.properties ?? {};
}

function names(): string[] {
  return Object.keys(properties())
    .map((key) => key.slice(SECTION.length + 1))
    .filter((name) => !STARTING.includes(name));
}

function isChosen(configured: vscode.WorkspaceConfiguration, name: string): boolean {
  const values = configured.inspect(name);
  return [values?.globalValue, values?.workspaceValue, values?.workspaceFolderValue].some((value) => value !== undefined);
}

// Where the server is: the `prismaLsp.path` setting, else `prisma-lsp` on the PATH, else a Python that has the module.

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { SECTION } from "./settings";

export type Found = { kind: "found"; command: string; args: string[] } | { kind: "missing"; reason: string };

const WINDOWS = process.platform === "win32";
const SERVE = ["serve", "--stdio"];

export async function findServer(): Promise<Found> {
  // In an untrusted workspace VS Code itself leaves out what the workspace says about this setting.
  const chosen = vscode.workspace.getConfiguration(SECTION).get<string>("path", "").trim();
  if (chosen !== "") {
    const command = expand(chosen);
    if (await isProgram(command)) {
      return { kind: "found", command, args: SERVE };
    }
    return { kind: "missing", reason: `The setting ${SECTION}.path names ${command}, which is not a program.` };
  }
  const command = await onPath("prisma-lsp");
  if (command !== undefined) {
    return { kind: "found", command, args: SERVE };
  }
  for (const name of WINDOWS ? ["python", "py"] : ["python3"]) {
    const python = await onPath(name);
    // -P keeps the opened folder out of the module path: nothing in it may pose as the server.
    if (python !== undefined && (await succeeds(python, ["-P", "-c", "import prisma_lsp, pygls"]))) {
      return { kind: "found", command: python, args: ["-P", "-m", "prisma_lsp", ...SERVE] };
    }
  }
  return {
    kind: "missing",
    reason: `There is no prisma-lsp on the PATH, and Python has no module prisma_lsp. Install the server, or name it in the setting ${SECTION}.path.`,
  };
}

function expand(chosen: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const named = chosen.replace(/^~(?=[\\/])/, homedir()).replaceAll("${workspaceFolder}", folder);
  return path.resolve(folder, named);
}

async function onPath(name: string): Promise<string | undefined> {
  const file = WINDOWS ? `${name}.exe` : name;
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  for (const folder of folders) {
    const candidate = path.join(folder, file);
    if (await isProgram(candidate)) {
      return candidate;
    }
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function succeeds(command: string, args: string[]): Promise<boolean> {
  try {
    await promisify(execFile)(command, args, { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

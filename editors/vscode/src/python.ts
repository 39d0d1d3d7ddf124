// Which Pythons are here: the one that is chosen for the workspace, and those on the PATH.

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { SECTION } from "./settings";

/** The oldest Python that the server runs on. */
export const OLDEST: readonly [number, number] = [3, 11];

export const PYTHON_EXTENSION = "ms-python.python";
const PATIENCE = 10_000;
const WINDOWS = process.platform === "win32";

export interface Python {
  command: string;
  /** As it says itself: `3.12.4`. */
  version: string;
  isNewEnough: boolean;
  /** Whether it can import the server and what that needs. */
  hasServer: boolean;
}

/** The part of the Python extension's interface that we use. */
export interface PythonExtension {
  environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(environment: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

const QUESTION =
  "import importlib.util as u, sys; print('%d.%d.%d' % sys.version_info[:3], int(bool(u.find_spec('prisma_lsp') and u.find_spec('pygls'))))";

/** What a Python says of itself; undefined where it does not run. */
export async function ask(command: string): Promise<Python | undefined> {
  try {
    // -I: neither the opened folder nor the environment may pose as the server.
    const { stdout } = await promisify(execFile)(command, ["-I", "-c", QUESTION], { timeout: PATIENCE });
    const [version = "", found] = stdout.trim().split(" ");
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const isNewEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
    return { command, version, isNewEnough, hasServer: found === "1" };
  } catch {
    return undefined;
  }
}

/** The setting's interpreter, else the one that the Python extension runs the workspace's code with. */
export async function chosenInterpreter(): Promise<string | undefined> {
  const named = vscode.workspace.getConfiguration(SECTION).get<string>("interpreter", "").trim();
  if (named !== "") {
    return expand(named);
  }
  try {
    const python = await inTime(pythonExtension());
    const active = python?.environments.getActiveEnvironmentPath(vscode.workspace.workspaceFolders?.[0]?.uri);
    const environment = active && (await inTime(python?.environments.resolveEnvironment(active)));
    return environment?.executable.uri?.fsPath;
  } catch {
    return undefined;
  }
}

export async function pythonExtension(): Promise<PythonExtension | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>(PYTHON_EXTENSION);
  return extension === undefined || extension.isActive ? extension?.exports : extension.activate();
}

async function inTime<T>(task: Promise<T> | undefined): Promise<T | undefined> {
  return Promise.race([task, new Promise<undefined>((done) => setTimeout(done, PATIENCE, undefined))]);
}

/** Every Python on the PATH, the usual one first. */
export async function* pythonsOnPath(): AsyncGenerator<string> {
  const names = WINDOWS ? ["python", "py"] : ["python3", "python", ...[15, 14, 13, 12, 11].map((n) => `python3.${n}`)];
  for (const name of names) {
    const found = await onPath(name);
    if (found !== undefined) {
      yield found;
    }
  }
}

export async function onPath(name: string): Promise<string | undefined> {
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

export async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await vscode.workspace.fs.stat(vscode.Uri.file(file))).type !== vscode.FileType.Directory;
  } catch {
    return false;
  }
}

export function expand(chosen: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const named = chosen.replace(/^~(?=[\\/])/, homedir()).replaceAll("${workspaceFolder}", folder);
  return path.resolve(folder, named);
}

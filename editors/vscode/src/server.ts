// Which server to start. In an untrusted workspace the one that came along; else the program that the settings name,
// the one of the workspace's Python, the one on the PATH, and in the end again the one that came along.

import * as vscode from "vscode";
import { ask, chosenInterpreter, expand, isProgram, OLDEST, onPath, pythonsOnPath, type Python } from "./python";
import { SECTION } from "./settings";

export interface Found {
  kind: "found";
  command: string;
  args: string[];
  /** For people: where it is from. */
  origin: string;
  isBundled: boolean;
  /** What the user should know although a server was found. */
  warning?: string;
}

export interface Missing {
  kind: "missing";
  reason: string;
  /** What has to be chosen to repair it. */
  wants: "program" | "python";
}

const SERVE = ["serve", "--stdio"];

export async function findServer(context: vscode.ExtensionContext): Promise<Found | Missing> {
  if (!vscode.workspace.isTrusted) {
    // Nothing that the workspace says or holds may choose a program.
    return bundled(context, [], "the workspace is not trusted");
  }
  const configured = vscode.workspace.getConfiguration(SECTION);
  const named = configured.get<string>("path", "").trim();
  if (named !== "") {
    const command = expand(named);
    return (await isProgram(command))
      ? { kind: "found", command, args: SERVE, origin: `the setting ${SECTION}.path`, isBundled: false }
      : {
          kind: "missing",
          reason: `The setting ${SECTION}.path names ${command}, which is not a program that can be run.`,
          wants: "program",
        };
  }
  const interpreter = await chosenInterpreter();
  const notes: string[] = [];
  if (configured.get<string>("importStrategy") === "useBundled") {
    return bundled(context, interpreter === undefined ? [] : [interpreter], `the setting ${SECTION}.importStrategy`);
  }
  if (interpreter !== undefined) {
    const python = await ask(interpreter);
    if (python?.hasServer && python.isNewEnough) {
      const args = ["-I", "-m", "prisma_lsp", ...SERVE];
      return { kind: "found", command: interpreter, args, origin: "the workspace's Python", isBundled: false };
    }
    if (python === undefined) {
      notes.push(`The workspace's Python, ${interpreter}, does not run.`);
    }
  }
  const command = await onPath("prisma-lsp");
  if (command !== undefined) {
    const found: Found = { kind: "found", command, args: SERVE, origin: "the PATH", isBundled: false };
    return noted(found, notes);
  }
  const last = await bundled(context, interpreter === undefined ? [] : [interpreter], "no other is installed");
  return last.kind === "found" ? noted(last, notes) : last;
}

function noted(found: Found, notes: string[]): Found {
  const taken = `The server of ${found.origin} is used instead.`;
  return notes.length === 0 ? found : { ...found, warning: [...notes, taken].join(" ") };
}

/** The server that came with the extension, run by the first Python that is new enough. */
async function bundled(context: vscode.ExtensionContext, first: string[], why: string): Promise<Found | Missing> {
  const script = context.asAbsolutePath("bundled/serve.py");
  const tooOld: Python[] = [];
  const candidates = async function* () {
    yield* first;
    yield* pythonsOnPath();
  };
  for await (const command of candidates()) {
    const python = await ask(command);
    if (python?.isNewEnough) {
      const origin = `the extension (${why}), run by Python ${python.version}`;
      return { kind: "found", command, args: ["-I", script, ...SERVE], origin, isBundled: true };
    }
    if (python !== undefined) {
      tooOld.push(python);
    }
  }
  const found = tooOld.map(({ command, version }) => `${command} is ${version}`).join(", ");
  const here = found === "" ? "No Python that runs was found." : `Found here: ${found}.`;
  return { kind: "missing", reason: `Python ${OLDEST.join(".")} or later is needed. ${here}`, wants: "python" };
}

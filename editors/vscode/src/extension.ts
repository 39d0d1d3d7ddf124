// Finds the server, starts it, and keeps it in step with the settings. Everything else is the server's.

import * as vscode from "vscode";
import {
  CloseAction,
  DidChangeConfigurationNotification,
  ErrorAction,
  LanguageClient,
  ReferencesRequest,
  type ClientCapabilities,
  type Executable,
  type LanguageClientOptions,
  type Position,
} from "vscode-languageclient/node";
import { findServer } from "./server";
import { SECTION, settings } from "./settings";

/** A server that ends by itself is started again, so many times within so many milliseconds. */
const RESTARTS = 3;
const CALM = 180_000;

/** What a lens runs; the server uses it where it is announced as `experimental.commands`. */
const SHOW_REFERENCES = "prismaLsp.showReferences";

let client: LanguageClient | undefined;
let log: vscode.LogOutputChannel;
let turn: Promise<void> = Promise.resolve();

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  log = vscode.window.createOutputChannel("prisma-lsp", { log: true });
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand("prismaLsp.restart", restart),
    vscode.commands.registerCommand("prismaLsp.showLog", () => log.show()),
    vscode.commands.registerCommand(SHOW_REFERENCES, showReferences),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration(`${SECTION}.path`)) {
        await restart();
      } else if (change.affectsConfiguration(SECTION)) {
        await sendSettings();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.extensions.onDidChange(sendSettings),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  await inTurn(stop);
}

function restart(): Promise<void> {
  return inTurn(async () => {
    await stop();
    await start();
  });
}

/** One start or stop at a time, however fast the settings change. */
function inTurn(task: () => Promise<void>): Promise<void> {
  turn = turn.then(task, task);
  return turn;
}

async function start(): Promise<void> {
  const found = await findServer();
  if (found.kind === "missing") {
    log.error(found.reason);
    void offer(found.reason);
    return;
  }
  log.info(`starting ${[found.command, ...found.args].join(" ")}`);
  let ready = false;
  const ends: number[] = [];
  const executable: Executable = { command: found.command, args: found.args };
  const options: LanguageClientOptions = {
    documentSelector: [
      { scheme: "file", language: "prisma" },
      { scheme: "untitled", language: "prisma" },
    ],
    outputChannel: log,
    initializationFailedHandler: () => false,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        ends.push(Date.now());
        const recent = ends.filter((end) => Date.now() - end < CALM);
        if (ready && recent.length <= RESTARTS) {
          return { action: CloseAction.Restart, handled: true };
        }
        if (ready) {
          void offer(`The server has ended ${recent.length} times in a row.`);
        }
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
    initializationOptions: { [SECTION]: settings() },
    middleware: {
      workspace: {
        // The library would send every default along; `sendSettings` tells only what was chosen.
        didChangeConfiguration: async () => {},
        configuration: async (params, token, next) => {
          const answers = await next(params, token);
          if (!Array.isArray(answers)) {
            return answers;
          }
          return params.items.map((item, index) => {
            const resource = item.scopeUri === undefined ? undefined : vscode.Uri.parse(item.scopeUri);
            return item.section === SECTION ? settings(resource) : answers[index];
          });
        },
      },
    },
  };
  client = new QuietClient(SECTION, "prisma-lsp", executable, options);
  client.registerFeature({
    fillClientCapabilities: (capabilities: ClientCapabilities) => {
      capabilities.experimental = { commands: [SHOW_REFERENCES] };
    },
    initialize: () => {},
    getState: () => ({ kind: "static" }),
    clear: () => {},
  });
  try {
    await client.start();
    ready = true;
  } catch (error) {
    client = undefined;
    log.error(error instanceof Error ? error : String(error));
    void offer(`${found.command} did not start as a language server; the log says why.`);
  }
}

/** Writes its troubles to the log; what to do about them is said once, by `offer`. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

async function showReferences(uri: string, { line, character }: Position): Promise<void> {
  // Not by VS Code's own command, which would count the declaration as well.
  const found = await client?.sendRequest(ReferencesRequest.type, {
    textDocument: { uri },
    position: { line, character },
    context: { includeDeclaration: false },
  });
  const places = (await client?.protocol2CodeConverter.asReferences(found)) ?? [];
  const at = new vscode.Position(line, character);
  await vscode.commands.executeCommand("editor.action.showReferences", vscode.Uri.parse(uri), at, places);
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  try {
    await running?.dispose();
  } catch (error) {
    log.warn(`the server did not stop in order: ${String(error)}`);
  }
}

async function sendSettings(): Promise<void> {
  if (client?.isRunning()) {
    await client.sendNotification(DidChangeConfigurationNotification.type, { settings: { [SECTION]: settings() } });
  }
}

async function offer(reason: string): Promise<void> {
  const choose = "Choose the Program";
  const again = "Try Again";
  const show = "Show the Log";
  switch (await vscode.window.showErrorMessage(`prisma-lsp: ${reason}`, choose, again, show)) {
    case choose: {
      const [program] = (await vscode.window.showOpenDialog({ title: "The program prisma-lsp" })) ?? [];
      if (program !== undefined) {
        // The change starts the server.
        const configured = vscode.workspace.getConfiguration(SECTION);
        await configured.update("path", program.fsPath, vscode.ConfigurationTarget.Global);
      }
      break;
    }
    case again:
      await restart();
      break;
    case show:
      log.show();
      break;
  }
}

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
import { explainRule, fixAll, showOptions } from "./commands";
import { isServed, keepToSchemas, SERVED } from "./documents";
import { PYTHON_EXTENSION, pythonExtension } from "./python";
import { findServer, type Found, type Missing } from "./server";
import { SECTION, settings, STARTING, stepsBack } from "./settings";
import { Status } from "./status";

/** A server that ends by itself is started again, so many times within so many milliseconds. */
const RESTARTS = 3;
const CALM = 180_000;

/** What a lens runs; the server uses it where it is announced as `experimental.commands`. */
const SHOW_REFERENCES = "prismaLsp.showReferences";

let client: LanguageClient | undefined;
let context: vscode.ExtensionContext;
let log: vscode.LogOutputChannel;
let status: Status;
/** As the running server was told; undefined before the first one. */
let steppedBack: boolean | undefined;
let turn: Promise<void> = Promise.resolve();

const COMMANDS: Record<string, () => unknown> = {
  "prismaLsp.restart": () => restart(),
  "prismaLsp.showOutput": () => log.show(),
  "prismaLsp.fixAll": () => fixAll(),
  "prismaLsp.showOptions": () => showOptions(() => client),
  "prismaLsp.explainRule": () => explainRule(() => client),
  "prismaLsp.showStatus": () => showStatus(),
};

export async function activate(given: vscode.ExtensionContext): Promise<void> {
  context = given;
  log = vscode.window.createOutputChannel("prisma-lsp", { log: true });
  status = new Status("prismaLsp.showStatus");
  context.subscriptions.push(
    log,
    status,
    ...Object.entries(COMMANDS).map(([name, run]) => vscode.commands.registerCommand(name, run)),
    vscode.commands.registerCommand(SHOW_REFERENCES, showReferences),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (STARTING.some((name) => change.affectsConfiguration(`${SECTION}.${name}`))) {
        await restart();
      } else if (change.affectsConfiguration(SECTION)) {
        await tellSettings();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.extensions.onDidChange(tellSettings),
  );
  void untilNeeded().then(restart).then(watchPython);
}

/** Somebody may have opened any SQL; the server is for schemas and migrations. */
function untilNeeded(): Promise<void> {
  const needs = (document: vscode.TextDocument) => document.languageId === "prisma" || isServed(document);
  if (vscode.workspace.textDocuments.some(needs)) {
    return Promise.resolve();
  }
  return new Promise((done) => {
    const listening = vscode.workspace.onDidOpenTextDocument((document) => {
      if (needs(document)) {
        listening.dispose();
        done();
      }
    });
    context.subscriptions.push(listening);
  });
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
  const found = await findServer(context);
  if (found.kind === "missing") {
    log.error(found.reason);
    status.stopped(found.reason);
    void offer(found.reason, found);
    return;
  }
  log.info(`starting ${[found.command, ...found.args].join(" ")} (from ${found.origin})`);
  if (found.warning !== undefined) {
    log.warn(found.warning);
    void vscode.window.showWarningMessage(`prisma-lsp: ${found.warning}`);
  }
  status.starting(found);
  steppedBack = stepsBack();
  let ready = false;
  const ends: number[] = [];
  const executable: Executable = { command: found.command, args: found.args };
  const options: LanguageClientOptions = {
    documentSelector: SERVED,
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
          const reason = `The server has ended ${recent.length} times in a row.`;
          status.stopped(reason);
          void offer(reason, found);
        }
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
    initializationOptions: () => ({ [SECTION]: settings() }),
    middleware: {
      window: {
        showDocument: async (params, token, next) => {
          if (!params.uri.endsWith(".md")) {
            return next(params, token);
          }
          // The page of a rule, to be read.
          await vscode.commands.executeCommand("markdown.showPreview", vscode.Uri.parse(params.uri));
          return { success: true };
        },
      },
      workspace: {
        // The library would send every default along; `tellSettings` tells only what was chosen.
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
      capabilities.experimental = { commands: [SHOW_REFERENCES], previewsWhole: true };
    },
    initialize: () => {},
    getState: () => ({ kind: "static" }),
    clear: () => {},
  });
  keepToSchemas(client);
  try {
    await client.start();
    ready = true;
    status.running(client);
  } catch (error) {
    client = undefined;
    log.error(error instanceof Error ? error : String(error));
    const reason = `${found.command} did not start as a language server; the output says why.`;
    status.stopped(reason);
    void offer(reason, found);
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

async function showStatus(): Promise<void> {
  const show = "Show the Output";
  const again = "Restart the Server";
  const said = await vscode.window.showInformationMessage(
    "prisma-lsp",
    { modal: true, detail: await status.inWords() },
    show,
    again,
  );
  if (said !== undefined) {
    await (said === again ? restart() : log.show());
  }
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

async function tellSettings(): Promise<void> {
  if (steppedBack !== undefined && stepsBack() !== steppedBack) {
    // What the server announces at its start is another set of features now.
    await restart();
  } else if (client?.isRunning()) {
    await client.sendNotification(DidChangeConfigurationNotification.type, { settings: { [SECTION]: settings() } });
  }
}

/** Another Python for the workspace may have another server, or none. */
async function watchPython(): Promise<void> {
  if (vscode.extensions.getExtension(PYTHON_EXTENSION) !== undefined) {
    const python = await pythonExtension();
    const changes = python?.environments.onDidChangeActiveEnvironmentPath;
    if (changes !== undefined) {
      context.subscriptions.push(changes(() => restart()));
    }
  }
}

/** Says what is wrong, once, with what can be done about it. */
async function offer(reason: string, about: Found | Missing): Promise<void> {
  const chooses = about.kind === "missing" && about.wants === "python" ? "Choose a Python" : "Choose the Program";
  const own = "Use the Extension's Own Server";
  const again = "Try Again";
  const show = "Show the Output";
  const hasOwn = about.kind === "missing" ? about.wants === "program" : !about.isBundled;
  const offered = [...(hasOwn ? [own] : []), chooses, again, show];
  const configured = vscode.workspace.getConfiguration(SECTION);
  // A change of the settings starts the server.
  switch (await vscode.window.showErrorMessage(`prisma-lsp: ${reason}`, ...offered)) {
    case chooses: {
      const [file] = (await vscode.window.showOpenDialog({ title: chooses })) ?? [];
      if (file !== undefined) {
        const setting = chooses === "Choose a Python" ? "interpreter" : "path";
        await configured.update(setting, file.fsPath, vscode.ConfigurationTarget.Global);
      }
      break;
    }
    case own:
      await configured.update("path", undefined, vscode.ConfigurationTarget.Global);
      await configured.update("importStrategy", "useBundled", vscode.ConfigurationTarget.Global);
      break;
    case again:
      await restart();
      break;
    case show:
      log.show();
      break;
  }
}

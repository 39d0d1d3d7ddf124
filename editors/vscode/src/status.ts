// What the status bar shows: the findings of the schema that is open, and how the server is.

import * as vscode from "vscode";
import { ExecuteCommandRequest, type LanguageClient } from "vscode-languageclient/node";
import { isServed } from "./documents";
import type { Found } from "./server";

/** The answer of the server's command `prisma-lsp.status`. */
interface Answer {
  version: string;
  python: string;
  schemas: number;
  schema: {
    folder: string;
    files: number;
    findings: Partial<Record<"error" | "warning" | "info" | "hint", number>>;
    checked: boolean;
    preset: string;
    settings: string | null;
    prisma: string | null;
    validity: boolean;
    stepsBack: boolean;
    migrations: boolean;
  } | null;
}

export type State = "starting" | "running" | "stopped";

const COMMAND = "prisma-lsp.status";
const PAUSE = 300;
const LEVELS = { error: "error", warning: "warning", info: "info", hint: "lightbulb" } as const;

export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("prisma-lsp.status", vscode.StatusBarAlignment.Right, 90);
  private readonly subscriptions: vscode.Disposable[];
  private client: LanguageClient | undefined;
  private state: State = "stopped";
  private origin = "";
  private reason = "";
  private timer: NodeJS.Timeout | undefined;

  constructor(showStatus: string) {
    this.item.name = "prisma-lsp";
    this.item.command = showStatus;
    this.subscriptions = [
      this.item,
      vscode.window.onDidChangeActiveTextEditor(() => this.later(0)),
      vscode.languages.onDidChangeDiagnostics(() => this.later(PAUSE)),
      vscode.workspace.onDidChangeTextDocument(() => this.later(PAUSE)),
    ];
    this.later(0);
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  starting(found: Found): void {
    this.origin = `${found.origin}: ${[found.command, ...found.args].join(" ")}`;
    this.become("starting", undefined, "");
  }

  running(client: LanguageClient): void {
    this.become("running", client, "");
  }

  stopped(reason: string): void {
    this.become("stopped", undefined, reason);
  }

  /** All of it in words, for the command. */
  async inWords(): Promise<string> {
    const answer = await this.ask();
    if (this.state !== "running" || answer === undefined) {
      return [`The server is ${this.state === "running" ? "busy" : this.state}.`, this.reason].join("\n").trim();
    }
    const lines = [`Version ${answer.version}, Python ${answer.python}`, `From ${this.origin}`];
    const document = prismaDocument();
    const schema = answer.schema;
    if (document !== undefined && !isServed(document)) {
      lines.push(notServed(document));
    } else if (schema !== null) {
      lines.push(
        "",
        `Schema: ${schema.folder} (${count(schema.files, "file")})`,
        `Findings: ${findingsInWords(schema.findings)}${schema.checked ? "" : ", still checking"}`,
        `Preset: ${schema.preset}; settings: ${schema.settings ?? "the editor's"}`,
        `Prisma: ${schema.prisma ?? "version unknown"}; migrations: ${schema.migrations ? "read" : "none"}`,
        `What Prisma rejects: ${schema.validity ? "reported" : "left to Prisma"}`,
      );
      if (schema.stepsBack) {
        lines.push("Prisma's own extension is here: what both can do is left to it.");
      }
    }
    return lines.join("\n");
  }

  private become(state: State, client: LanguageClient | undefined, reason: string): void {
    this.state = state;
    this.client = client;
    this.reason = reason;
    this.later(0);
  }

  private later(pause: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.show(), pause);
  }

  private async show(): Promise<void> {
    const document = prismaDocument();
    if (document === undefined) {
      this.item.hide();
      return;
    }
    this.item.backgroundColor = undefined;
    if (!isServed(document)) {
      this.say("$(circle-slash) Prisma", notServed(document));
    } else if (this.state === "starting") {
      this.say("$(sync~spin) Prisma", "The server is starting.");
    } else if (this.state === "stopped") {
      this.item.backgroundColor = new vscode.ThemeColor("statusBarItem.errorBackground");
      this.say("$(error) Prisma", `The server does not run. ${this.reason}`.trim());
    } else {
      const schema = (await this.ask())?.schema;
      const found = schema?.findings ?? findingsOf(document);
      const shown = Object.entries(LEVELS).flatMap(([level, icon]) => {
        const number = found[level as keyof typeof LEVELS] ?? 0;
        return number > 0 ? [`$(${icon}) ${number}`] : [];
      });
      const where = schema ? `in ${count(schema.files, "file")} of ${schema.folder}` : "in this file";
      const busy = schema && !schema.checked ? "$(sync~spin) " : "";
      this.say(`${busy}Prisma: ${shown.join(" ") || "$(check)"}`, `${findingsInWords(found)} ${where}`);
    }
  }

  private say(text: string, tooltip: string): void {
    this.item.text = text;
    this.item.tooltip = `prisma-lsp: ${tooltip}`;
    this.item.accessibilityInformation = { label: this.item.tooltip };
    this.item.show();
  }

  private async ask(): Promise<Answer | undefined> {
    const document = prismaDocument();
    try {
      const uri = document && this.client?.code2ProtocolConverter.asUri(document.uri);
      const wanted = { command: COMMAND, arguments: [uri ?? ""] };
      return ((await this.client?.sendRequest(ExecuteCommandRequest.type, wanted)) as Answer | null) ?? undefined;
    } catch {
      return undefined; // an older server knows no such command; one that is just ending answers nothing
    }
  }
}

function notServed(document: vscode.TextDocument): string {
  return `This document is not checked: it is no file on a disk (${document.uri.scheme}:).`;
}

function prismaDocument(): vscode.TextDocument | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === "prisma" ? document : undefined;
}

function findingsOf(document: vscode.TextDocument): Partial<Record<keyof typeof LEVELS, number>> {
  const found: Partial<Record<keyof typeof LEVELS, number>> = {};
  const levels = ["error", "warning", "info", "hint"] as const;
  for (const one of vscode.languages.getDiagnostics(document.uri)) {
    const level = levels[one.severity];
    found[level] = (found[level] ?? 0) + 1;
  }
  return found;
}

function findingsInWords(found: Partial<Record<keyof typeof LEVELS, number>>): string {
  const words = (Object.keys(LEVELS) as (keyof typeof LEVELS)[]).flatMap((level) => {
    const number = found[level] ?? 0;
    return number > 0 ? [count(number, level)] : [];
  });
  return words.join(", ") || "nothing found";
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 || noun === "info" ? "" : "s"}`;
}

// Which documents are the server's: schemas, and the migrations of a schema for what may be wrong in them.

import * as vscode from "vscode";
import type { DocumentSelector, LanguageClient, StaticFeature } from "vscode-languageclient/node";

const SCHEMES = ["file", "untitled"];
const SCHEMAS: DocumentSelector = SCHEMES.map((scheme) => ({ scheme, language: "prisma" }));
const MIGRATIONS: DocumentSelector = [{ scheme: "file", pattern: "**/migrations/*/migration.sql" }];

export const SERVED: DocumentSelector = [...SCHEMAS, ...MIGRATIONS];

/** What is of no use in a migration; as a second formatter of SQL we would even be in the way. */
const SCHEMAS_ONLY = [
  "textDocument/codeLens",
  "textDocument/completion",
  "textDocument/declaration",
  "textDocument/definition",
  "textDocument/documentHighlight",
  "textDocument/documentLink",
  "textDocument/documentSymbol",
  "textDocument/foldingRange",
  "textDocument/formatting",
  "textDocument/hover",
  "textDocument/inlayHint",
  "textDocument/onTypeFormatting",
  "textDocument/prepareTypeHierarchy",
  "textDocument/rangeFormatting",
  "textDocument/references",
  "textDocument/rename",
  "textDocument/selectionRange",
  "textDocument/semanticTokens",
  "textDocument/signatureHelp",
  "textDocument/typeDefinition",
];

/** Has the client do those things for schemas alone; before it is started. */
export function keepToSchemas(client: LanguageClient): void {
  for (const method of SCHEMAS_ONLY) {
    const feature = client.getFeature(method as "textDocument/hover") as StaticFeature | undefined;
    if (feature !== undefined) {
      const initialize = feature.initialize.bind(feature);
      feature.initialize = (capabilities) => initialize(capabilities, SCHEMAS);
    }
  }
}

export function isServed(document: vscode.TextDocument): boolean {
  return vscode.languages.match(SERVED as vscode.DocumentSelector, document) > 0;
}

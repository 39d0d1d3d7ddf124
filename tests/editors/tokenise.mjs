// The scopes that VS Code's own engine gives to each piece of a schema: text in, one JSON list of [piece, scope] out.
//
//   node tokenise.mjs NODE_MODULES_OF_VSCODE GRAMMAR < schema.prisma

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, file] = process.argv.slice(2);
const require = createRequire(`${modules}/package.json`);
const { INITIAL, Registry, parseRawGrammar } = require("vscode-textmate");
const { OnigScanner, OnigString, loadWASM } = require("vscode-oniguruma");

await loadWASM(new Uint8Array(readFileSync(`${modules}/vscode-oniguruma/release/onig.wasm`)).buffer);
const registry = new Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new OnigScanner(patterns),
    createOnigString: (text) => new OnigString(text),
  }),
  loadGrammar: async () => parseRawGrammar(readFileSync(file, "utf8"), file),
});
const grammar = await registry.loadGrammar("source.prisma");
const pieces = [];
let state = INITIAL;
for (const line of readFileSync(0, "utf8").split("\n")) {
  const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
  state = ruleStack;
  for (const { startIndex, endIndex, scopes } of tokens) {
    pieces.push([line.slice(startIndex, endIndex).trim(), scopes.at(-1)]);
  }
}
console.log(JSON.stringify(pieces.filter(([piece]) => piece)));

// Judges schemas: one JSON line [[name, text], …] each on stdin, one JSON line of findings on stdout;
// null where the engine itself fails.
const { createInterface } = require('node:readline')
const engine = process.argv[2]
globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: () => {} }
let wasm = require(engine)

function judge(files) {
  try {
    return JSON.parse(wasm.lint(JSON.stringify(files)))
  } catch {
    // After a panic an instance answers nothing more.
    for (const key of Object.keys(require.cache)) if (key.startsWith(engine)) delete require.cache[key]
    wasm = require(engine)
    return null
  }
}

createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
  if (!line.trim()) return
  const files = JSON.parse(line).map(([name, text]) => ['file:///' + name, text])
  const found = judge(files)?.map((f) => [
    (f.file_name ?? files[0][0]).replace('file:///', ''),
    f.start,
    f.is_warning ? 'warning' : 'error',
  ])
  console.log(JSON.stringify(found ?? null))
})

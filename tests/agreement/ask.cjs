// Judges schemas: one JSON line [[name, text], …] each on stdin, one JSON line of findings on stdout.
const { createInterface } = require('node:readline')
const engine = process.argv[2]
globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: () => {} }
const wasm = require(engine)
const uri = (name) => 'file:///' + name

createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
  if (!line.trim()) return
  const files = JSON.parse(line).map(([name, text]) => [uri(name), text])
  const found = JSON.parse(wasm.lint(JSON.stringify(files)))
  const short = found.map((f) => [
    (f.file_name ?? files[0][0]).replace('file:///', ''),
    f.start,
    f.is_warning ? 'warning' : 'error',
  ])
  console.log(JSON.stringify(short))
})

// What Prisma Migrate would write: one JSON line {"from", "to"} of PostgreSQL schemas (without their
// datasource) each on stdin, one JSON line {"sql"} or {"error"} on stdout.  No database is needed: of
// the one it is told about the engine asks for nothing but the version.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const modules = `${process.argv[2]}/node_modules/@prisma`
const load = (path) => import(pathToFileURL(`${modules}/${path}`).href)
const bindings = await load('schema-engine-wasm/schema_engine_bg.js')
const { default: utils, ...named } = await load('driver-adapter-utils/dist/index.js')
const bind = named.bindMigrationAwareSqlAdapterFactory ?? utils.bindMigrationAwareSqlAdapterFactory
const code = new WebAssembly.Module(readFileSync(`${modules}/schema-engine-wasm/schema_engine_bg.wasm`))
const { exports } = new WebAssembly.Instance(code, { './schema_engine_bg.js': bindings })
bindings.__wbg_set_wasm(exports)
exports.__wbindgen_start()

const nothing = async () => undefined
const database = async () => ({
  adapterName: 'none',
  provider: 'postgres',
  getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
  queryRaw: async () => ({
    rows: [['PostgreSQL 16.0', 160000, true]],
    columnNames: ['version', 'numeric_version', 'schema_exists'],
    columnTypes: [7, 0, 5],
  }),
  executeRaw: async () => 0,
  executeScript: nothing,
  startTransaction: nothing,
  dispose: nothing,
})
const factory = bind({ adapterName: 'none', provider: 'postgres', connect: database, connectToShadowDb: database })
const schema = (text) => ({
  tag: 'schemaDatamodel',
  files: [{ path: 'schema.prisma', content: `datasource db {\n  provider = "postgresql"\n}\n${text}` }],
})

for await (const line of createInterface({ input: process.stdin })) {
  const { from, to } = JSON.parse(line)
  let answer
  try {
    const engine = await bindings.SchemaEngine.new({ datamodels: undefined }, () => {}, factory)
    const filters = { externalTables: [], externalEnums: [] }
    const options = { from: schema(from), to: schema(to), script: true, shadowDatabaseUrl: null, exitCode: null, filters }
    answer = { sql: (await engine.diff(options)).stdout }
  } catch (fault) {
    answer = { error: String(fault.message ?? fault) }
  }
  console.log(JSON.stringify(answer))
}

// Runs the real sst.config.ts with SST's real components under Pulumi's mocks: no account, no network, no Pulumi.
//
//   node tests/infra/evaluate.mjs STAGE deploy|dev FILE     writes the resources to FILE
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runBundled } from './bundle.mjs'
import { answerTo, made, plain, regionOf } from './cloud.mjs'
import { platform, root, work } from './platform.mjs'
import { startSstServer } from './sst-server.mjs'

/** @typedef {import('./cloud.mjs').Asked} Asked */
/** @typedef {import('./cloud.mjs').Resource} Resource */
/** @typedef {Record<string, any> & { name: string, providers: Record<string, any> }} App */

const [stage = 'production', command = 'deploy', file = 'resources.json'] = process.argv.slice(2)
const dev = command === 'dev'
const config = JSON.stringify(path.join(root, 'sst.config.ts'))
const requireOf = createRequire(path.join(platform, 'package.json'))
/** @type {Resource[]} */
const resources = []

// The project as a config sees it: our files, and a site that was built.
const seen = mkdtempSync(path.join(tmpdir(), 'meridian-sst-'))
mkdirSync(path.join(seen, 'dist', 'app', 'assets'), { recursive: true })
writeFileSync(path.join(seen, 'dist', 'app', 'index.html'), '<!doctype html>')
writeFileSync(path.join(seen, 'dist', 'app', 'sw.js'), '')
writeFileSync(path.join(seen, 'dist', 'app', 'assets', 'index-1.js'), '')
symlinkSync(path.join(root, 'sync-api'), path.join(seen, 'sync-api'))

const app = await readApp()
const server = await startSstServer(path.join(seen, 'builds'))
await mock(app)
const outputs = await runConfig(app)

// Resources are made when what they depend on is known. Nothing is left to do: then all of them were; were a promise
// left that nothing will settle, Pulumi would end the process with an error.
process.once('beforeExit', () => {
  const { builds } = server
  writeFileSync(file, JSON.stringify({ app, outputs: Object.keys(outputs), builds, resources }))
  rmSync(seen, { recursive: true })
})

/** What `app()` of the config answers, with what SST adds. */
async function readApp() {
  const code = `import config from ${config}; export default config.app(${JSON.stringify({ stage })});`
  const globals = 'const $config = (config) => config;'
  const told = /** @type {App} */ (await runBundled('app', code, { globals }))
  const app = { stage, removal: 'retain', protect: false, ...told }
  app.providers['aws'].defaultTags ??= { tags: { 'sst:app': app.name, 'sst:stage': stage } }
  return app
}

/** @param {App} app */
async function mock(app) {
  const pulumi = requireOf('@pulumi/pulumi')
  const settings = Object.entries(app.providers).flatMap(([provider, options]) =>
    Object.entries(options).map(([key, value]) => [
      `${provider}:${key}`,
      typeof value === 'string' ? value : JSON.stringify(value)
    ])
  )
  pulumi.runtime.setAllConfig(Object.fromEntries(settings))
  const home = app.providers['aws'].region
  const mocks = {
    newResource: (/** @type {Asked} */ asked) => {
      const region = regionOf(asked.provider, home)
      const { id, state } = made(asked, region)
      const { type, name, inputs } = asked
      resources.push({
        type,
        name,
        region,
        inputs: plain(inputs),
        outputs: plain({ ...state, id })
      })
      return { id, state }
    },
    call: (
      /** @type {{ token: string, inputs: Record<string, unknown>, provider?: string }} */ asked
    ) => {
      const { region: named } = asked.inputs
      const region = typeof named === 'string' ? named : regionOf(asked.provider, home)
      return answerTo(asked.token, asked.inputs, region)
    }
  }
  await pulumi.runtime.setMocks(mocks, app.name, stage, false, 'organization')
}

/**
 * @param {App} app
 * @returns {Promise<Record<string, unknown>>}
 */
async function runConfig(app) {
  /** @type {{ alias: string, package: string }[]} */
  const providers = JSON.parse(readFileSync(path.join(work, 'provider-lock.json'), 'utf8'))
  const globals = [
    ...providers.map((provider) => `import * as ${provider.alias} from "${provider.package}";`),
    `import * as sst from ${JSON.stringify(path.join(platform, 'src/components'))};`
  ].join('\n')
  const paths = { home: seen, root: seen, work, platform }
  const cli = { command: 'deploy', dev, paths, state: { version: {} } }
  const code = `import { run } from ${JSON.stringify(path.join(platform, 'src/auto/run.ts'))};
import config from ${config};
export default () => run(config.run);`
  const define = { $app: JSON.stringify(app), $cli: JSON.stringify(cli), $dev: String(dev) }
  const inject = [path.join(platform, 'src/shim/run.js')]
  const { runInPulumiStack } = requireOf('@pulumi/pulumi/runtime/stack')
  // Inside the stack, or there is no root for resources to belong to.
  return runInPulumiStack(async () => {
    const run = /** @type {() => Promise<Record<string, unknown>>} */ (
      await runBundled('run', code, { globals, define, inject })
    )
    return run()
  })
}

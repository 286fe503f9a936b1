// Who may import whom: docs/architecture.md's table, as data. Everything not listed is forbidden.

export type Layer = {
  /** The first of these that a path starts with decides its layer. */
  readonly at: string
  /** Paths of the project it may import, besides its own. */
  readonly may: readonly string[]
  /** Packages it may import: names, or families ending in `*`. `*` alone is any. */
  readonly packages: readonly string[]
}

const protocol = 'sync-api/protocol/'
const core = 'sync-api/core/'
const forms = 'sync-api/forms/'
const crdt = ['yjs', 'lib0', 'y-protocols']

export const layers: readonly Layer[] = [
  { at: protocol, may: [], packages: ['lib0'] },
  { at: core, may: [protocol], packages: crdt },
  { at: forms, may: [protocol], packages: ['yjs'] },
  { at: 'sync-api/http/', may: [core, protocol], packages: ['hono', 'jose', 'lib0'] },
  { at: 'sync-api/adapters/memory/', may: [core, protocol], packages: crdt },
  { at: 'sync-api/adapters/node/', may: [core, forms, protocol], packages: ['*'] },
  { at: 'sync-api/adapters/aws/', may: [core, protocol], packages: ['*'] },
  { at: 'sync-api/edge/', may: [protocol], packages: [] },
  {
    at: 'sync-api/infra/',
    may: [protocol, 'sync-api/adapters/aws/deployed-names', 'sync-api/adapters/aws/metric-names'],
    packages: ['*']
  },
  {
    at: 'sync-api/hosts/',
    may: [protocol, core, 'sync-api/http/', 'sync-api/adapters/'],
    packages: ['*']
  },
  {
    at: 'sync-api/local-cloud/',
    may: [
      'sync-api/hosts/',
      'sync-api/edge/',
      'sync-api/infra/',
      'sync-api/adapters/aws/deployed-names',
      protocol
    ],
    packages: ['*']
  },
  { at: 'app/store/', may: [protocol], packages: [...crdt, 'dexie', 'y-indexeddb'] },
  { at: 'app/identity/', may: ['app/store/', protocol], packages: crdt },
  { at: 'app/replica/', may: ['app/store/', protocol], packages: crdt },
  {
    at: 'app/sync/',
    may: ['app/store/', 'app/identity/', protocol],
    packages: [...crdt, '@preact/signals-core']
  },
  {
    at: 'app/editor/',
    may: ['sync-api/protocol/roles'],
    packages: [...crdt, 'prosemirror-*', 'y-prosemirror', 'lit', 'lucide', '@preact/signals-core']
  },
  { at: 'app/browser/', may: [], packages: ['workbox-window', '@preact/signals-core'] },
  {
    at: 'app/shell/',
    may: [
      'app/identity/',
      'app/editor/',
      'app/replica/',
      'app/store/',
      'app/browser/',
      'app/sync/status',
      protocol
    ],
    packages: ['lit', 'lucide', '@preact/signals-core', 'yjs', '@fontsource-variable/*']
  },
  { at: 'app/', may: ['app/', forms, protocol], packages: ['*'] },
  {
    at: 'sw/',
    may: [protocol, 'app/identity/', 'app/store/', 'app/sync/', 'app/browser/messages'],
    packages: ['workbox-*']
  },
  // Tests may import everything; nothing may import them. So may the tools at the root.
  { at: 'tests/', may: [''], packages: ['*'] },
  { at: 'sst.config.ts', may: ['sync-api/infra/'], packages: [] },
  { at: '', may: [], packages: ['*'] }
]

/** The layer a file belongs to. */
export function layerOf(file: string): Layer {
  const found = layers.find((layer) => file.startsWith(layer.at))
  if (found === undefined) throw new Error(`No layer holds ${file}`)
  return found
}

/** Whether a file may import another file of the project. */
export function mayImport(from: string, to: string): boolean {
  const layer = layerOf(from)
  if (layer === layerOf(to)) return true
  if (to.startsWith('tests/')) return false
  return layer.may.some((path) => to.startsWith(path))
}

/** Whether a file may import a package, given as it is imported (`lit/directives/repeat.js`). */
export function mayImportPackage(from: string, specifier: string): boolean {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  return layerOf(from).packages.some((allowed) =>
    allowed.endsWith('*') ? name.startsWith(allowed.slice(0, -1)) : name === allowed
  )
}

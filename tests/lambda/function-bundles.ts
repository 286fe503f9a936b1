// The functions as they are deployed: bundled as SST does it (`pkg/runtime/node/build.go`), by the esbuild that is inside it.
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { bundling } from '../../sync-api/infra/bundling'
import { functionNames, type FunctionName } from '../../sync-api/infra/names'

const root = join(import.meta.dirname, '../..')

export type FunctionBundle = {
  /** What Lambda imports. */
  readonly file: string
  /** What is loaded with it at a cold start, itself included. */
  readonly initial: Chunks
  /** What is loaded when it is first needed, if ever. */
  readonly later: Chunks
}

export type Chunks = {
  /** Bytes of all of them, and those of each compressed by itself together. */
  readonly bytes: number
  readonly gzipBytes: number
  /** The packages with code in them, in alphabetical order. */
  readonly packages: readonly string[]
}

/** Each into a folder of its own in `folder`. */
export async function bundleFunctions(
  folder: string
): Promise<Readonly<Record<FunctionName, FunctionBundle>>> {
  const made = functionNames.map(
    async (name) => [name, await bundleFunction(name, join(folder, name))] as const
  )
  return Object.fromEntries(await Promise.all(made)) as Record<FunctionName, FunctionBundle>
}

/** `without` are packages that have nothing in them: what is left can be loaded, not run. */
export async function bundleFunction(
  name: FunctionName,
  folder: string,
  without: readonly string[] = []
): Promise<FunctionBundle> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`sync-api/hosts/lambda/${name}.ts`],
    ...{ bundle: true, metafile: true, ...bundling.nodejs, keepNames: true, sourcemap: 'linked' },
    ...{ format: 'esm', platform: 'node', target: targets[bundling.runtime] },
    ...{ mainFields: ['module', 'main'], banner: { js: banner }, logLevel: 'error' },
    alias: Object.fromEntries(without.map((one) => [one, anything])),
    ...{ outdir: folder, entryNames: 'bundle', outExtension: { '.js': '.mjs' } }
  })
  const file = join(folder, 'bundle.mjs')
  const chunks = Object.keys(metafile.outputs).filter((one) => one.endsWith('.mjs'))
  const initial = withImports(metafile, relative(root, file))
  return {
    file,
    initial: await chunksOf(metafile, [...initial]),
    later: await chunksOf(
      metafile,
      chunks.filter((one) => !initial.has(one))
    )
  }
}

/** A module that exports whatever is imported. */
const anything = join(import.meta.dirname, 'anything.cjs')

const targets = { 'nodejs24.x': 'es2024' } as const

// The bundle is an ES module, but packages in it use what CommonJS has.
const banner = `import { createRequire as topLevelCreateRequire } from 'module';
const require = topLevelCreateRequire(import.meta.url);
import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"
const __filename = topLevelFileUrlToPath(import.meta.url)
const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))
`

/** The chunk and all that it imports statically. */
function withImports({ outputs }: Metafile, first: string): ReadonlySet<string> {
  // A set is walked to its end while it grows.
  const found = new Set([first])
  for (const chunk of found) {
    for (const { path, kind, external } of outputs[chunk]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) found.add(path)
    }
  }
  return found
}

async function chunksOf({ outputs }: Metafile, chunks: readonly string[]): Promise<Chunks> {
  const codes = await Promise.all(chunks.map((chunk) => readFile(join(root, chunk))))
  const sources = chunks.flatMap((chunk) => Object.entries(outputs[chunk]?.inputs ?? {}))
  const packages = sources.flatMap(([source, { bytesInOutput }]) =>
    bytesInOutput === 0 ? [] : (packageOf(source) ?? [])
  )
  return {
    bytes: codes.reduce((sum, code) => sum + code.length, 0),
    gzipBytes: codes.reduce((sum, code) => sum + gzipSync(code).length, 0),
    packages: [...new Set(packages)].sort()
  }
}

/** Null for what is no package's. */
function packageOf(source: string): string | null {
  const path = source.split('node_modules/').at(-1)
  if (path === undefined || path === source) return null
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/')
}

// Bundles sst.config.ts as SST does: globals as imports on top of our files, `$app`, `$dev` and `$cli` as constants.
import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { platform, root, work } from './platform.mjs'

/**
 * What is used of the platform's own esbuild.
 * @typedef {{ build(options: Record<string, unknown>): Promise<unknown> }} Esbuild
 * @typedef {{ onLoad(filter: { filter: RegExp }, load: (file: { path: string }) => unknown): void }} Build
 */

const external = ['@pulumi/*', 'undici', '@pulumiverse/*', '@sst-provider/*', '@aws-sdk/*']
const alsoExternal = ['esbuild', 'archiver', 'glob', 'vite']

// The bundle is an ES module, but the platform's code uses what CommonJS has.
const banner = `import { createRequire as _cr } from 'node:module'; import { dirname as _dn } from 'node:path'; import { fileURLToPath as _fp } from 'node:url';
const require = _cr(import.meta.url), __filename = _fp(import.meta.url), __dirname = _dn(__filename);`

/**
 * Runs `code` and answers its default export.
 * @param {string} name of the bundle
 * @param {string} code
 * @param {{ globals: string, define?: Record<string, string>, inject?: string[] }} options
 * @returns {Promise<unknown>}
 */
export async function runBundled(name, code, { globals, define = {}, inject = [] }) {
  const requireOf = createRequire(path.join(platform, 'package.json'))
  /** @type {Esbuild} */
  const esbuild = requireOf('esbuild')
  // Inside the platform, so that it finds the platform's packages.
  const outfile = path.join(platform, `evaluated.${name}.${process.pid}.mjs`)
  await esbuild.build({
    stdin: { contents: code, resolveDir: root, sourcefile: 'evaluated.ts', loader: 'ts' },
    plugins: [
      { name: 'globals', setup: (/** @type {Build} */ build) => addGlobals(build, globals) }
    ],
    nodePaths: [path.join(platform, 'node_modules')],
    external: [...external, ...alsoExternal],
    banner: { js: banner },
    mainFields: ['module', 'main'],
    format: 'esm',
    platform: 'node',
    bundle: true,
    logLevel: 'error',
    define,
    inject,
    outfile
  })
  try {
    const module = await import(pathToFileURL(outfile).href)
    return await module.default
  } finally {
    rmSync(outfile)
  }
}

/**
 * @param {Build} build
 * @param {string} globals
 */
function addGlobals(build, globals) {
  build.onLoad({ filter: /\.(js|ts|jsx|tsx)$/ }, (file) => {
    if (file.path.startsWith(work)) return undefined
    return { contents: `${globals}\n${readFileSync(file.path, 'utf8')}`, loader: 'default' }
  })
}

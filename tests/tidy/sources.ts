// The project's own files, as the tidy tests read them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const projectRoot = fileURLToPath(new URL('../../', import.meta.url))

/** Folders that hold code; `dist` and installed packages are not ours. */
const folders = ['app', 'sw', 'sync-api', 'tests', 'docs', '.ci']
const notOurs = new Set(['node_modules', 'dist', 'coverage', 'test-results', '.git', '.meridian'])

/** A file below the root: its path with forward slashes, and its text. */
export type SourceFile = { readonly path: string; readonly text: string }

/** Every text file of the project that people write, in the order of their paths. */
export function textFiles(root: string): SourceFile[] {
  const below = folders.flatMap((folder) => filesIn(path.join(root, folder)))
  const beside = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'package-lock.json')
    .map((entry) => path.join(root, entry.name))
  return [...below, ...beside]
    .filter((file) => !/\.(gz|br|png|woff2|ico|jpe?g|webp|lock)$|package-lock\.json$/.test(file))
    .map((file) => ({
      path: path.relative(root, file).split(path.sep).join('/'),
      text: readFileSync(file, 'utf8')
    }))
    .sort((one, other) => (one.path < other.path ? -1 : 1))
}

/** TypeScript and JavaScript of the project, its configuration at the root included. */
export function codeFiles(root: string): SourceFile[] {
  return textFiles(root).filter((file) => /\.(ts|mts|cts|js|mjs|cjs)$/.test(file.path))
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.has(entry.name)) return []
    const found = path.join(folder, entry.name)
    return entry.isDirectory() ? filesIn(found) : [found]
  })
}

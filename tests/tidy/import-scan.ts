// Reads every import of the project, as TypeScript's own scanner sees it.
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { mayImport, mayImportPackage } from './import-table'
import { codeFiles } from './sources'

/** One import: `to` is a path of the project, or null when `specifier` names a package. */
export type Import = {
  readonly from: string
  readonly specifier: string
  readonly to: string | null
}

export type ImportScan = {
  /** Every file that was read. */
  readonly files: readonly string[]
  readonly imports: readonly Import[]
}

/** Throws when a relative import leads to no file. */
export function scanImports(root: string): ImportScan {
  const files = codeFiles(root).filter((file) => !file.path.startsWith('tests/bench/'))
  const imports = files.flatMap((file) =>
    ts
      .preProcessFile(file.text, true, true)
      .importedFiles.map(({ fileName }) => importOf(root, file.path, fileName))
  )
  return { files: files.map((file) => file.path), imports }
}

/** Imports that the table forbids, as sentences. */
export function forbiddenImports(scan: ImportScan): string[] {
  return scan.imports.flatMap(({ from, specifier, to }) => {
    const allowed = to === null ? mayImportPackage(from, specifier) : mayImport(from, to)
    return allowed ? [] : [`${from} may not import ${to ?? specifier}`]
  })
}

/** Packages reached from `start` over any number of imports, each with the file that names it. */
export function packagesReachedFrom(scan: ImportScan, start: string): ReadonlyMap<string, string> {
  const packages = new Map<string, string>()
  const seen = new Set<string>()
  const open = scan.files.filter((file) => file.startsWith(start))
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    for (const one of scan.imports) {
      if (one.from !== file) continue
      if (one.to === null) packages.set(one.specifier, file)
      else open.push(one.to)
    }
  }
  return packages
}

function importOf(root: string, from: string, specifier: string): Import {
  if (!specifier.startsWith('.')) return { from, specifier, to: null }
  // A query asks Vite for the same file in another form.
  const target = path.posix.join(path.posix.dirname(from), specifier.replace(/\?.*$/, ''))
  const found = [target, `${target}.ts`, `${target}.mjs`].find((candidate) => {
    const file = path.join(root, candidate)
    return existsSync(file) && statSync(file).isFile()
  })
  if (found === undefined) throw new Error(`${from} imports ${specifier}, which is no file`)
  return { from, specifier, to: found }
}

// The import table holds, and the test that says so would notice if it did not.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forbiddenImports, packagesReachedFrom, scanImports } from './import-scan'
import { codeFiles, projectRoot } from './sources'

describe('imports', () => {
  const scan = scanImports(projectRoot)

  test('every source file was read', () => {
    const all = codeFiles(projectRoot).filter((file) => !file.path.startsWith('tests/bench/'))
    expect(scan.files).toHaveLength(all.length)
    expect(scan.files.length).toBeGreaterThan(50)
    expect(scan.imports.length).toBeGreaterThan(scan.files.length)
  })

  test('each layer imports only what the table allows', () => {
    expect(forbiddenImports(scan)).toEqual([])
  })

  test('the service worker reaches neither Lit nor ProseMirror', () => {
    const reached = packagesReachedFrom(scan, 'sw/')
    const heavy = [...reached].filter(([name]) => /^(lit|prosemirror|y-prosemirror)/.test(name))
    expect(heavy).toEqual([])
  })
})

describe('a planted import', () => {
  let copy: string

  beforeAll(() => {
    copy = mkdtempSync(path.join(tmpdir(), 'meridian-tidy-'))
    for (const folder of ['app', 'sync-api', 'sw']) {
      cpSync(path.join(projectRoot, folder), path.join(copy, folder), { recursive: true })
    }
  })

  afterAll(() => rmSync(copy, { recursive: true }))

  test.each([
    ['app/replica/planted.ts', "import '../sync/status'"],
    ['app/sync/planted.ts', "import '../replica/replica'"],
    ['app/editor/planted.ts', "import type { Notice } from '../store/notices'"],
    ['app/store/planted.ts', "export * from '../sync/status'"],
    ['app/shell/planted.ts', "import '../sync/session'"],
    ['app/store/planted.ts', "import '../../sync-api/core/ports'"],
    ['sync-api/protocol/planted.ts', "import '../core/ports'"],
    ['sync-api/protocol/planted.ts', "import 'yjs'"],
    ['sync-api/core/planted.ts', "import { writeFile } from 'node:fs/promises'"],
    ['sync-api/core/planted.ts', "const late = () => import('lmdb')"],
    ['sync-api/http/planted.ts', "import '../adapters/node/web-server'"],
    ['app/browser/planted.ts', "import '../store/ports'"],
    ['app/shell/planted.ts', "import '../../sw/planted'"]
  ])('in %s is found: %s', (file, text) => {
    const planted = path.join(copy, file)
    const target = path.join(copy, 'sw/planted.ts')
    writeFileSync(target, '')
    writeFileSync(planted, text)
    expect(forbiddenImports(scanImports(copy)).filter((one) => one.startsWith(file))).toHaveLength(
      1
    )
    rmSync(planted)
    rmSync(target)
  })

  test('that makes the service worker reach Lit is found', () => {
    const worker = path.join(copy, 'sw/planted.ts')
    writeFileSync(worker, "import '../app/shell/planted'")
    writeFileSync(path.join(copy, 'app/shell/planted.ts'), "import 'lit'")
    expect(packagesReachedFrom(scanImports(copy), 'sw/planted').has('lit')).toBe(true)
    rmSync(worker)
  })
})

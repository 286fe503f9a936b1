// The app's files as browsers get them.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadStaticFiles, type StaticFiles } from '../../sync-api/adapters/node/static-files'

let folder: string
let files: StaticFiles
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meridian-app-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<title>Meridian</title>')
  await writeFile(join(folder, 'sw.js'), 'worker')
  await writeFile(join(folder, 'assets/main-abc.js'), 'script')
  await writeFile(join(folder, 'assets/main-abc.js.br'), 'as brotli')
  await writeFile(join(folder, 'assets/main-abc.js.gz'), 'as gzip')
  files = await loadStaticFiles(folder)
})
afterAll(() => rm(folder, { recursive: true }))

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  files.answer(new Request(`http://relay${path}`, { headers, method }))
const page = { Accept: 'text/html,application/xhtml+xml' }

test('a file is sent in the best encoding that the browser takes', async () => {
  const path = '/assets/main-abc.js'
  expect(await get(path, { 'Accept-Encoding': 'gzip, br' })?.text()).toBe('as brotli')
  expect(await get(path, { 'Accept-Encoding': 'gzip;q=1' })?.text()).toBe('as gzip')
  const plain = get(path)
  expect(plain?.headers.get('Content-Encoding')).toBe(null)
  expect(await plain?.text()).toBe('script')
})

test('files named by their content are kept for ever, all others asked for again', () => {
  const cache = (path: string) => get(path)?.headers.get('Cache-Control')
  expect(cache('/assets/main-abc.js')).toContain('immutable')
  for (const path of ['/', '/index.html', '/sw.js']) expect(cache(path)).toBe('no-cache')
})

test('what the browser has is not sent again', () => {
  const tag = get('/sw.js')?.headers.get('ETag') ?? ''
  expect(get('/sw.js', { 'If-None-Match': tag })?.status).toBe(304)
  expect(get('/sw.js', { 'If-None-Match': '"other"' })?.status).toBe(200)
})

test('every address a person goes to is answered by the app', async () => {
  for (const path of ['/', '/d/AAAAAAAAAAAAAAAAAAAAAA', '/settings']) {
    expect(await get(path, page)?.text()).toContain('Meridian')
  }
})

test('a missing file is missing, also for a page, and so are encodings under their own names', () => {
  expect(get('/assets/gone-def.js', page)).toBe(null)
  expect(get('/d/AAAAAAAAAAAAAAAAAAAAAA')).toBe(null)
  expect(get('/assets/main-abc.js.br')).toBe(null)
  expect(get('/../package.json')).toBe(null)
})

test('HEAD is answered without a body', async () => {
  const answer = get('/sw.js', {}, 'HEAD')
  expect(answer?.headers.get('Content-Length')).toBe('6')
  expect(await answer?.text()).toBe('')
})

test('an app that was not built answers nothing', async () => {
  const none = await loadStaticFiles(join(folder, 'nowhere'))
  expect(none.answer(new Request('http://relay/', { headers: page }))).toBe(null)
})

// Everything in open forms, from the running host.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { runTool, startHost, type TestHost } from '../host'
import { pushOf, shareDocument, subscribeTo, type SharedDocument } from './bed'
import { newOutbox } from './device'

let base: string
let host: TestHost
let shared: SharedDocument
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'meridian-export-'))
  host = await startHost({ data: join(base, 'data') })
  shared = await shareDocument(host.url)
})
afterEach(async () => {
  await host.stop()
  await rm(base, { recursive: true, force: true })
})

/** Writes a title and a paragraph into the shared document, or only a title into another channel. */
async function write(title: string, text: string): Promise<Uint8Array> {
  const push = pushOf(shared.content, newOutbox(), 1, (doc) => {
    doc.getText('title').insert(0, title)
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [new Y.XmlText(text)])
    doc.getXmlFragment('body').insert(0, [paragraph])
  })
  await shared.owner.bulk(subscribeTo(shared.document), push)
  return push.update
}

async function exported(): Promise<{ folder: string; document: string }> {
  const { code, output } = await runTool('export', ['--data', host.data, join(base, 'out')])
  expect([code, output]).toEqual([0, expect.stringContaining('Exported 1 documents')])
  const [name, ...others] = await readdir(join(base, 'out', 'documents'))
  expect(others).toEqual([])
  return { folder: join(base, 'out'), document: join(base, 'out', 'documents', name!) }
}

const json = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'))

test('a document is a folder with its text, its exact state and the rights of its people', async () => {
  const update = await write('Minutes', 'We met.')
  const { guest, link } = await shared.invite('editor')
  const { folder, document } = await exported()
  expect(document).toBe(join(folder, 'documents', `Minutes ${shared.document}`))
  expect(await readFile(join(document, 'text.md'), 'utf8')).toBe('# Minutes\n\nWe met.\n')
  const doc = new Y.Doc()
  Y.applyUpdate(doc, await readFile(join(document, 'state.yjs')))
  const before = Y.encodeStateVector(doc)
  Y.applyUpdate(doc, update)
  expect(Y.encodeStateVector(doc)).toEqual(before)
  const { owner } = shared
  expect(await json(join(document, 'rights.json'))).toEqual({
    document: shared.document,
    title: 'Minutes',
    owner: owner.person,
    people: [
      { person: owner.person, name: null, role: 'owner', links: [] },
      { person: guest.person, name: 'editor', role: 'editor', links: [link] }
    ],
    links: [{ link, role: 'editor', madeAt: expect.any(String), withdrawn: false }]
  })
  const people = (await json(join(folder, 'people.json'))) as { person: string }[]
  expect(people.map(({ person }) => person).sort()).toEqual([owner.person, guest.person].sort())
  expect(await readdir(join(folder, 'libraries', owner.person))).toContain('documents.json')
})

test.each([
  ['../../etc/passwd', 'etc passwd'],
  ['-rf ~/*', 'rf ~'],
  ['a\u0000b\u202e\nc', 'a b c'],
  ['  ', 'Untitled'],
  [`${'x'.repeat(59)}🎈🎈`, 'x'.repeat(59)]
])('the title %j makes a folder no file system minds', async (title, name) => {
  await write(title, 'text')
  const { folder, document } = await exported()
  expect(document).toBe(join(folder, 'documents', `${name} ${shared.document}`))
})

test('it replaces nothing', async () => {
  const { code, output } = await runTool('export', ['--data', host.data, base])
  expect([code, output]).toEqual([1, expect.stringContaining('exists already. Name a folder')])
})

// Everything in open forms: a folder a document, with its Yjs state, its text and who may do what.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as Y from 'yjs'
import { documentMarkdown } from '../../forms/markdown'
import { libraryIdOf, type DocumentId, type PersonId } from '../../protocol/ids'
import { roleOf, type Rights } from '../../protocol/rights'
import { contentRoots, libraryRoots } from '../../protocol/roots'
import { readFolder, type ReadDocument, type Tell } from './inspection'
import { makeNewFolder } from './new-folder'

export type Export = { readonly documents: number; readonly libraries: number }

/** Exports a data folder or backup to the new folder `target`. Rejects as `makeNewFolder` does. */
export function exportFolder(path: string, target: string, tell: Tell): Promise<Export> {
  return makeNewFolder(target, async (draft) => {
    const count = { documents: 0, libraries: 0 }
    const people: object[] = []
    for await (const document of readFolder(path, tell)) {
      const { content, rights } = document
      if (rights.owner !== null && libraryIdOf(rights.owner) === document.id) {
        count.libraries += 1
        people.push(personOf(rights.owner, content, rights))
        await write(join(draft, 'libraries', rights.owner), document, libraryFilesOf(content))
      } else {
        count.documents += 1
        await write(join(draft, 'documents', folderNameOf(document)), document, {
          'text.md': documentMarkdown(content)
        })
      }
    }
    await writeFile(join(draft, 'people.json'), jsonOf(people), { flush: true })
    return count
  })
}

async function write(
  folder: string,
  { id, content, comments, rights }: ReadDocument,
  more: Readonly<Record<string, string>>
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const files: Record<string, string | Uint8Array> = {
    'state.yjs': Y.encodeStateAsUpdate(content),
    'rights.json': jsonOf(rightsOf(id, titleOf(content), rights)),
    ...more
  }
  if (comments !== null) files['comments.yjs'] = Y.encodeStateAsUpdate(comments)
  for (const [name, bytes] of Object.entries(files)) {
    await writeFile(join(folder, name), bytes, { flag: 'wx', flush: true })
  }
}

function titleOf(content: Y.Doc): string {
  return content.getText(contentRoots.title).toString()
}

/** UTF-16 units of a title in a folder's name: with the id below what every file system takes. */
const nameLengthMax = 60

/** The title as far as every file system takes it, and the id, which makes it the only one. */
function folderNameOf({ id, content }: ReadDocument): string {
  const title = titleOf(content)
    .normalize('NFC')
    .replaceAll(/[\p{C}\p{Z}\s/\\:*?"<>|]+/gu, ' ')
    .trim()
    .replace(/^[.~\s-]+/, '')
  // By whole characters: half of one is no name.
  const short = [...title].reduce(
    (name, char) => (name.length + char.length > nameLengthMax ? name : name + char),
    ''
  )
  return `${short.trim() || 'Untitled'} ${id}`
}

function rightsOf(document: DocumentId, title: string, rights: Rights): object {
  const people = new Set<PersonId>([
    ...(rights.owner === null ? [] : [rights.owner]),
    ...rights.grants.keys()
  ])
  return {
    document,
    title,
    owner: rights.owner,
    people: [...people].map((person) => ({
      person,
      name: rights.grants.get(person)?.at(-1)?.name ?? null,
      role: roleOf(rights, person),
      links: (rights.grants.get(person) ?? []).flatMap(({ link }) => link ?? [])
    })),
    links: [...rights.links].map(([link, { role, at, withdrawn }]) => ({
      link,
      role,
      madeAt: new Date(at).toISOString(),
      withdrawn
    }))
  }
}

function personOf(person: PersonId, library: Y.Doc, { devices }: Rights): object {
  const name: unknown = library.getMap(libraryRoots.profile).get('name')
  return {
    person,
    name: typeof name === 'string' ? name : null,
    devices: [...devices.values()].map((device) => ({
      name: device.name,
      addedAt: new Date(device.at).toISOString()
    }))
  }
}

function libraryFilesOf(library: Y.Doc): Record<string, string> {
  return { 'documents.json': jsonOf(library.getMap(libraryRoots.documents).toJSON()) }
}

function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

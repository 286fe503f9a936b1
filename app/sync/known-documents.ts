// The documents of this device as the network side sees them: the library and the catalogue.
import {
  libraryIdOf,
  libraryNonce,
  type DocumentId,
  type PersonId
} from '../../sync-api/protocol/ids'
import type { Role } from '../../sync-api/protocol/roles'
import type { Catalogue } from '../store/catalogue'

export type KnownDocuments = {
  readonly library: DocumentId
  /** Every document, the library first, then by last edit, newest first. Reads the catalogue anew. */
  list(): Promise<readonly DocumentId[]>
  /** Whether the last `list` had it. */
  knows(document: DocumentId): boolean
  /** The proof that this person made it; null for documents of others. As of the last `list`. */
  nonceOf(document: DocumentId): string | null
  /** Facts the relay told; written only when they are news. */
  setRole(document: DocumentId, role: Role | null): Promise<void>
  setSchemaMajor(document: DocumentId, schemaMajor: number): Promise<void>
  setOnDevice(document: DocumentId): Promise<void>
}

export function createKnownDocuments(
  person: PersonId,
  catalogue: Pick<Catalogue, 'list' | 'change'>
): KnownDocuments {
  const library = libraryIdOf(person)
  let rows: ReadonlyMap<DocumentId, Awaited<ReturnType<Catalogue['list']>>[number]> = new Map()
  return {
    library,
    async list() {
      const all = [...(await catalogue.list())].sort((a, b) => b.editedAt - a.editedAt)
      rows = new Map(all.map((row) => [row.document, row]))
      return [library, ...rows.keys()]
    },
    knows: (document) => document === library || rows.has(document),
    nonceOf: (document) =>
      document === library ? libraryNonce : (rows.get(document)?.nonce ?? null),
    async setRole(document, role) {
      if (rows.get(document)?.role !== role) await catalogue.change(document, { role })
    },
    async setSchemaMajor(document, schemaMajor) {
      await catalogue.change(document, { schemaMajor })
    },
    async setOnDevice(document) {
      // Also where the last list did not have it: a row added since must not stay without its text.
      if (rows.get(document)?.onDevice !== true) {
        await catalogue.change(document, { onDevice: true })
      }
    }
  }
}

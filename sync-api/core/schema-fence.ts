// The schema fence: what major of the schema a document was written under, kept with its rights.
import type { DocumentId, PersonId } from '../protocol/ids'
import type { Push } from '../protocol/messages'
import { firstSchemaMajor, roleOf } from '../protocol/rights'
import { mayWrite } from '../protocol/roles'
import type { Access } from './access'
import type { Documents } from './document'
import type { Author } from './subscription'

export type SchemaFence = {
  /**
   * Null for a push that raises nothing. Else it resolves when the document's major is recorded and
   * told to everybody who has the document open; the push is appended after that.
   */
  raise(push: Push, person: PersonId): Promise<void> | null
  /** Tells one who subscribed, if the document is not of the first major. */
  tell(document: DocumentId, author: Author): void
}

type Parts = {
  readonly access: Access
  readonly documents: Pick<Documents, 'inUse'>
  /** The relay's own: no push raises a document above it, since nobody could be given what opens it. */
  readonly ownMajor: number
}

export function createSchemaFence({ access, documents, ownMajor }: Parts): SchemaFence {
  async function record(document: DocumentId, major: number, person: PersonId): Promise<void> {
    let raised = false
    await access.change(document, person, (rights) => {
      raised = rights.schemaMajor < major && mayWrite(roleOf(rights, person), 'content')
      return raised ? [{ kind: 'schema-raised', major }] : []
    })
    if (!raised) return
    for (const { connection } of documents.inUse({ document, channel: 'content' })?.listeners ??
      []) {
      connection.answer({ type: 'schema-raised', document, major })
    }
  }

  return {
    raise({ document, channel, schemaMajor }, person) {
      const major = Math.min(schemaMajor, ownMajor)
      if (channel !== 'content' || major <= firstSchemaMajor) return null
      if (major <= (access.rightsNow(document)?.schemaMajor ?? 0)) return null
      return record(document, major, person)
    },
    tell(document, author) {
      const major = access.rightsNow(document)?.schemaMajor ?? firstSchemaMajor
      if (major > firstSchemaMajor) author.answer({ type: 'schema-raised', document, major })
    }
  }
}

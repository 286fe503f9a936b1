// Who is in a document, and where: in Redis alone, since it is of this moment. Without it people see each other come and move, and
// whoever comes new sees nobody until they do.
import type { ConnectionId } from '../../core/ports'
import { peoplePerDocumentMax, tabsPerDocumentMax } from '../../core/limits'
import { isPersonId, isTabId, type DocumentId, type PersonId, type TabId } from '../../protocol/ids'
import type { Presence } from '../../protocol/messages'
import { presenceLifetimeS } from './limits'
import { endPresenceScript, peopleScript, setPresenceScript } from './presence-scripts'
import type { ScriptRunner } from './redis-tail'
import { CacheUnreachable } from './tail'

/** `late`: a newer state of the tab was told already. `full`: the document or the connection has no room for one more. */
export type Standing = 'stands' | 'late' | 'full'

export type Tab = {
  readonly document: DocumentId
  readonly person: PersonId
  readonly tab: TabId
  readonly connection: ConnectionId
}

/** Every call rejects with CacheUnreachable where the cache cannot be reached. */
export type PresenceStore = {
  /** Null ends the tab, if it is the connection's own. `at`: when the gateway took it, ms since 1970. */
  set(tab: Tab, state: string | null, at: number): Promise<Standing>
  /** Ends all tabs of a connection, and answers them as others are told. */
  end(document: DocumentId, connection: ConnectionId): Promise<readonly Presence[]>
  /** Everybody there but the connection's own tabs. */
  others(document: DocumentId, connection: ConnectionId): Promise<readonly Presence[]>
}

export function createPresence(redis: ScriptRunner): PresenceStore {
  async function call(
    document: DocumentId,
    script: string,
    given: readonly string[]
  ): Promise<unknown> {
    try {
      return await redis.run(script, [`a:{${document}}`], given)
    } catch (cause) {
      throw new CacheUnreachable(cause)
    }
  }

  return {
    async set({ document, person, tab, connection }, state, at) {
      const limits = [tabsPerDocumentMax, peoplePerDocumentMax, presenceLifetimeS].map(String)
      const given = [`${person}/${tab}`, connection, state ?? '', String(at), ...limits]
      const answer = Number(await call(document, setPresenceScript, given))
      if (answer === 1) return 'stands'
      return answer === 0 ? 'late' : 'full'
    },

    async end(document, connection) {
      const ended = textsOf(await call(document, endPresenceScript, [connection]))
      return ended.map((name) => ({ ...tabOf(name), state: null }))
    },

    async others(document, connection) {
      const told = textsOf(await call(document, peopleScript, []))
      const people: Presence[] = []
      for (let at = 0; at + 2 < told.length; at += 3) {
        const [name = '', by, state = ''] = told.slice(at, at + 3)
        if (by !== connection) people.push({ ...tabOf(name), state })
      }
      return people
    }
  }
}

function textsOf(answer: unknown): readonly string[] {
  if (!Array.isArray(answer)) throw unexpected()
  return answer.map((one) => {
    if (!(one instanceof Uint8Array)) throw unexpected()
    return Buffer.from(one).toString('utf8')
  })
}

function tabOf(name: string): { readonly person: PersonId; readonly tab: TabId } {
  const [person, tab] = name.split('/')
  if (!isPersonId(person) || !isTabId(tab)) throw unexpected()
  return { person, tab }
}

function unexpected(): Error {
  return new Error('The cache holds something that is no presence')
}

// What a host gives a request of the API beside the request itself.
import type { Hono } from 'hono'
import type { PersonId } from '../protocol/ids'

export type ApiEnv = {
  Bindings: {
    /** Where the call comes from, as the host trusts it: the socket's address or a proxy's word. */
    readonly address: string
  }
  Variables: {
    /** Who calls: set by `requirePerson`, from a valid ticket. */
    person: PersonId
  }
}

export type Api = Hono<ApiEnv>

/** What may be written down about a call: no content, names, ids, tickets or secrets. */
export type ApiLog = {
  answered(call: { method: string; route: string; status: number; ms: number }): void
  /** Our bug, or a port that failed: a person got status 500 for it. */
  failed(call: { method: string; route: string; failure: unknown }): void
}

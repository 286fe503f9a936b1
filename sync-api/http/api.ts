// The HTTP API as one Hono app: host-free, so that the same runs in one process and under Lambda.
import { Hono } from 'hono'
import { routePath } from 'hono/route'
import { paths } from '../protocol/http'
import type { Clock, Randomness, Tickets } from '../core/ports'
import { Refusal } from '../core/refusal'
import type { Relay } from '../core/relay'
import { answerFailure } from './answers'
import type { Api, ApiEnv, ApiLog } from './env'
import { createNonces } from './nonces'
import { refuseOtherOrigins, type Origins } from './origins'
import { addPeople } from './people'
import { addSharing } from './sharing'
import { addSync } from './sync'
import { addTickets } from './tickets'
import { createTries } from './tries'

export type ApiParts = {
  readonly relay: Pick<Relay, 'bulk' | 'sharing' | 'people'>
  readonly tickets: Tickets
  readonly clock: Clock
  readonly random: Randomness
  /** 32 secret bytes, the same on every instance that answers for one address. */
  readonly nonceKey: Uint8Array
  readonly origins: Origins
  readonly log: ApiLog
  /** Whether this instance takes new work; false while it stops. */
  ready(): boolean
  /** Why nothing can be stored at the moment, as a sentence for who runs it; null when it can. */
  trouble(): Promise<string | null>
}

/** Every path of protocol/http.ts but the socket and the metrics, which are the host's. */
export function createApi(parts: ApiParts): Api {
  const api = new Hono<ApiEnv>()
  api.onError((failure, context) => answerFailure(context, failure, parts.log))
  api.use('*', async (context, next) => {
    const startedAt = parts.clock.now()
    await next()
    context.header('Cache-Control', 'no-store')
    context.header('X-Content-Type-Options', 'nosniff')
    // The route and not the path: a path holds ids of documents and people.
    const route = routePath(context, -1)
    const { status } = context.res
    const ms = parts.clock.now() - startedAt
    parts.log.answered({ method: context.req.method, route, status, ms })
  })
  api.use('/api/*', refuseOtherOrigins(parts.origins))
  api.get(paths.health, async (context) => {
    if (!parts.ready()) return context.json({ status: 'stopping' }, 503)
    const reason = await parts.trouble()
    if (reason !== null) return context.json({ status: 'read-only', reason }, 503)
    return context.json({ status: 'ok' })
  })
  api.use('/api/*', async (_, next) => {
    if (!parts.ready()) throw new Refusal('storage-failed')
    await next()
  })
  addTickets(api, parts, createNonces(parts))
  addSync(api, parts)
  addSharing(api, parts)
  addPeople(api, parts, createTries(parts.clock))
  api.notFound(() => {
    throw new Refusal('not-found')
  })
  return api
}

// The bulk call: messages to POST /api/sync and back, with a ticket that is renewed when refused.
import { decodeServerFrame, encodeClientMessage, joinFrame } from '../../sync-api/protocol/codec'
import { paths, protocolHeader } from '../../sync-api/protocol/http'
import { protocolVersion } from '../../sync-api/protocol/version'
import type { AskTicket, Post } from './surroundings'

/** A call that takes longer is given up, ms: 4 MB over a slow link, and a relay that must answer. */
export const callMsMax = 60_000

/** What the relay refused concerns one document: others may be sent all the same. */
export class DocumentFailure extends Error {}

/** `base` is the relay's origin; empty for the page's own. */
export function createPost(ask: AskTicket, base = '', request: typeof fetch = fetch): Post {
  async function send(body: Uint8Array<ArrayBuffer>, fresh: boolean): Promise<Response> {
    const wish = await ask(fresh)
    if (wish.kind === 'refused') throw new Error('The relay does not know this device')
    return request(base + paths.sync, {
      method: 'POST',
      body,
      headers: {
        Authorization: `Bearer ${wish.ticket}`,
        'Content-Type': 'application/octet-stream',
        [protocolHeader]: String(protocolVersion)
      },
      signal: AbortSignal.timeout(callMsMax)
    })
  }

  return async (messages) => {
    const body = joinFrame(messages.map(encodeClientMessage)).slice()
    let answer = await send(body, false)
    if (answer.status === 401) answer = await send(body, true)
    if (!answer.ok) throw failureOf(answer.status)
    return decodeServerFrame(new Uint8Array(await answer.arrayBuffer()))
  }
}

/** Who is not known, comes too often or finds the relay in trouble has no luck with others either. */
function failureOf(status: number): Error {
  const sentence = `The relay answered ${status} to a bulk call`
  const ofAll = status === 401 || status === 429 || status < 400 || status >= 500
  return ofAll ? new Error(sentence) : new DocumentFailure(sentence)
}

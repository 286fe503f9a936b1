// Connections of a region: they come, speak and go. The acknowledgement rides on the answer to the message.
// Loaded at once here: whoever opens a document waits for a call of the function that has time.
import '../../adapters/aws/invoking'
import { isPersonId } from '../../protocol/ids'
import { fromText } from '../../protocol/coat'
import { ProtocolError } from '../../protocol/errors'
import { subprotocol } from '../../protocol/version'
import type { TicketClaims } from '../../core/ports'
import { handlerOf, type Handler } from './entry'
import { hear } from './hearing'
import { openRegion, type Region } from './region'
import type { Settings } from './settings'
import type { Surroundings } from './surroundings'
import { tellOwn } from './telling'

export type SocketEvent = {
  readonly requestContext: {
    readonly connectionId: string
    readonly routeKey: string
    /** ms since 1970. */
    readonly requestTimeEpoch: number
    /** What the authorizer said, as texts. */
    readonly authorizer?: Readonly<Record<string, unknown>>
  }
  readonly body?: string
}

export type SocketAnswer = {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const fine: SocketAnswer = { statusCode: 200 }

async function makeSocket(
  settings: Settings,
  surroundings: Surroundings
): Promise<Handler<SocketEvent, SocketAnswer>> {
  const region = await openRegion(settings, surroundings)
  return async (event) => {
    const { routeKey, connectionId } = event.requestContext
    switch (routeKey) {
      case '$connect':
        return { ...fine, headers: { 'Sec-WebSocket-Protocol': subprotocol } }
      case '$disconnect':
        region.rooms.gone(connectionId)
        await region.rest()
        return fine
      default:
        return answer(region, event)
    }
  }
}

async function answer(region: Region, event: SocketEvent): Promise<SocketAnswer> {
  const { connectionId: connection, requestTimeEpoch: at } = event.requestContext
  const claims = claimsIn(event)
  const frame = frameIn(event.body ?? '')
  const close = async (): Promise<SocketAnswer> => {
    await region.callbacks.close(connection)
    region.rooms.gone(connection)
    return fine
  }
  try {
    if (claims === null || frame === null) return await close()
    const said = await hear(region, { connection, claims, frame, at, mayHandOver: true })
    const body = await tellOwn(region, connection, said)
    return body === '' ? fine : { ...fine, body }
  } catch (cause) {
    // What it said may have been half done: it comes again, and says again what was not acknowledged.
    region.report('Could not answer a message', cause)
    return await close()
  } finally {
    // Whatever happens: what is under way when it returns is frozen in the middle.
    await region.rest()
  }
}

function claimsIn({ requestContext }: SocketEvent): TicketClaims | null {
  const { person, expiresAt } = requestContext.authorizer ?? {}
  const time = Number(expiresAt)
  return isPersonId(person) && Number.isSafeInteger(time) ? { person, expiresAt: time } : null
}

/** Null for what is none of ours. */
function frameIn(body: string): Uint8Array | null {
  try {
    return fromText(body)
  } catch (cause) {
    if (cause instanceof ProtocolError) return null
    throw cause
  }
}

export const createSocket = (surroundings: Surroundings): Handler<SocketEvent, SocketAnswer> =>
  handlerOf(makeSocket, surroundings)

export const handler = handlerOf(makeSocket)

// The HTTP API of a region: the same Hono app as everywhere, behind API Gateway and CloudFront.
import { randomBytes } from 'node:crypto'
import { originHeader } from '../../adapters/aws/deployed-names'
import { paths } from '../../protocol/http'
import type { Relay } from '../../core/relay'
import { createApi } from '../../http/api'
import { createOrigins } from '../../http/origins'
import { handlerOf, type Handler } from './entry'
import { headerOf } from './headers'
import { addressOf, answerOf, requestOf, type HttpAnswer, type HttpEvent } from './http-events'
import { openRegion, type Region } from './region'
import { isSecret } from './secrets'
import type { Settings } from './settings'
import type { Surroundings } from './surroundings'
import { wishesOf } from './wishes'

async function makeHttp(
  settings: Settings,
  surroundings: Surroundings
): Promise<Handler<HttpEvent, HttpAnswer>> {
  const region = await openRegion(settings, surroundings)
  const { tickets, report } = region
  const api = createApi({
    relay: { ...region.relay, bulk: renewing(region.relay) },
    ...{ tickets, nonceKey: settings.nonceKey, random: randomBytes },
    clock: { now: region.now },
    // CloudFront is known by its secret; what it says of the name is not needed, since there is one.
    origins: createOrigins([settings.origin], false),
    log: {
      answered: () => undefined,
      failed: ({ method, route, failure }) => report(`Could not answer ${method} ${route}`, failure)
    },
    ready: () => true,
    trouble: () => troubleOf(region)
  })
  return async (event) => {
    const known = isSecret(headerOf(event, originHeader), settings.originSecret)
    if (!known && event.rawPath !== paths.health) return turnedAway
    try {
      const address = addressOf(event)
      return await answerOf(await api.fetch(requestOf(event), { address }))
    } finally {
      await region.rest()
    }
  }
}

const turnedAway: HttpAnswer = {
  ...{ statusCode: 403, isBase64Encoded: false, cookies: [] },
  headers: { 'content-type': 'text/plain' },
  body: 'Only the address of the app itself leads here.\n'
}

/** As a socket does before each message. */
function renewing(relay: Relay): Relay['bulk'] {
  return async (person, messages, protocol) => {
    const wishes = messages.flatMap((message) => wishesOf(person, message))
    for (const wish of wishes) await relay.renew(wish)
    return relay.bulk(person, messages, protocol)
  }
}

/** A region that cannot read and write its log is not well, and people are sent to another. */
async function troubleOf({ table, settings, now, report }: Region): Promise<string | null> {
  const { region } = settings
  const row = { pk: 'HEALTH', sk: region, body: new Uint8Array(1), region, at: now() }
  try {
    const [before] = await table.get(row.pk, [row.sk])
    await table.putNext({ ...row, revision: (before?.revision ?? 0) + 1 })
    return null
  } catch (cause) {
    report('The log cannot be written', cause)
    return 'The log of this region cannot be written.'
  }
}

export const createHttp = (surroundings: Surroundings): Handler<HttpEvent, HttpAnswer> =>
  handlerOf(makeHttp, surroundings)

export const handler = handlerOf(makeHttp)

// The keys that speak for a person: their devices, the recovery key, codes for a new device.
import { paths, type CodeAnswer, type DevicesAnswer, type JoinAnswer } from '../protocol/http'
import { deviceCodeLifetimeMs } from '../protocol/limits'
import type { Rights } from '../protocol/rights'
import type { Tickets } from '../core/ports'
import { Refusal } from '../core/refusal'
import type { Relay } from '../core/relay'
import {
  limitJson,
  parseJoinRequest,
  parseRecoverRequest,
  parseRecoveryRequest,
  readJson
} from './bodies'
import { requirePerson } from './callers'
import type { Api } from './env'
import { deviceKeyOf } from './keys'
import type { Tries } from './tries'

type Parts = { readonly relay: Pick<Relay, 'people'>; readonly tickets: Tickets }

export function addPeople(api: Api, { relay, tickets }: Parts, tries: Tries): void {
  const { people } = relay
  api.post(paths.recover, limitJson, async (context) => {
    const { secret, key, name } = await readJson(context, parseRecoverRequest)
    await deviceKeyOf(key)
    const guess = (): Promise<JoinAnswer['person']> => people.recover(secret, key, name)
    const body: JoinAnswer = { person: await tries.spend(context.env.address, guess) }
    return context.json(body)
  })
  api.post(paths.join, limitJson, async (context) => {
    const { code, key, name } = await readJson(context, parseJoinRequest)
    await deviceKeyOf(key)
    const guess = (): Promise<JoinAnswer['person']> => people.join(code, key, name)
    const body: JoinAnswer = { person: await tries.spend(context.env.address, guess) }
    return context.json(body)
  })
  api.use('/api/people/*', requirePerson(tickets))
  api.put(paths.recovery, limitJson, async (context) => {
    const { hash } = await readJson(context, parseRecoveryRequest)
    await people.setRecovery(context.var.person, hash)
    return context.body(null, 204)
  })
  api.post(paths.codes, async (context) => {
    const code = await people.makeCode(context.var.person)
    const body: CodeAnswer = { code, lifetimeMs: deviceCodeLifetimeMs }
    return context.json(body)
  })
  api.get(paths.devices, async (context) =>
    context.json(devicesAnswer(await people.devices(context.var.person)))
  )
  api.delete('/api/people/devices/:key', async (context) => {
    const key = context.req.param('key')
    if (!/^[\w-]{43}\.[\w-]{43}$/.test(key)) throw new Refusal('not-found')
    await people.removeDevice(context.var.person, key)
    return context.body(null, 204)
  })
}

function devicesAnswer(rights: Rights): DevicesAnswer {
  const devices = [...rights.devices].map(([key, { name, at }]) => ({ key, name, at }))
  return { devices, recovery: rights.recoveryHash !== null }
}

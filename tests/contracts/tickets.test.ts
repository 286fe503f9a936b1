// The tickets' contract, in memory and as signed tokens; and what only signed ones must withstand.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMemoryTickets } from '../../sync-api/adapters/memory/tickets'
import { loadTicketKeys, type TicketKeys } from '../../sync-api/adapters/node/ticket-keys'
import { createTickets } from '../../sync-api/adapters/node/tickets'
import { ticketLifetimeS } from '../../sync-api/protocol/limits'
import { personOf } from './log-samples'
import { ticketsContract } from './tickets'

let folder: string
let keys: TicketKeys
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meridian-keys-'))
  keys = await loadTicketKeys(join(folder, 'ticket-key.json'))
})
afterAll(() => rm(folder, { recursive: true }))

const clock = { now: () => 1_700_000_000_000 }
const place = { issuer: 'meridian', audience: 'here', clock }

ticketsContract('in memory', async (now) => createMemoryTickets(now, ticketLifetimeS * 1_000))
ticketsContract('signed', async (now) => createTickets(keys, { ...place, clock: now }))

describe('signed tickets', () => {
  const claims = { sub: personOf(1), jti: 'x', iat: 1_700_000_000, exp: 1_700_000_100 }
  const standard = { iss: 'meridian', aud: 'here' }

  it('of another relay are not accepted [TK4]', async () => {
    const otherKeys = await loadTicketKeys(join(folder, 'other.json'))
    const tickets = createTickets(keys, place)
    for (const other of [
      createTickets(otherKeys, place),
      createTickets(keys, { ...place, issuer: 'another' }),
      createTickets(keys, { ...place, audience: 'elsewhere' })
    ]) {
      expect(await tickets.verify(await other.issue(personOf(1)))).toBeNull()
    }
  })

  it('without a signature, or signed in another way, are not accepted [TK4]', async () => {
    const tickets = createTickets(keys, place)
    const bare = new UnsecuredJWT({ ...claims, ...standard }).encode()
    expect(await tickets.verify(bare)).toBeNull()
    const secret = new TextEncoder().encode('a secret that everybody could know')
    const symmetric = new SignJWT({ ...claims, ...standard }).setProtectedHeader({ alg: 'HS256' })
    expect(await tickets.verify(await symmetric.sign(secret))).toBeNull()
  })

  it('that lack a claim are not accepted [TK4]', async () => {
    const tickets = createTickets(keys, place)
    for (const missing of ['sub', 'jti', 'iat', 'exp', 'iss', 'aud']) {
      const all: Record<string, unknown> = { ...claims, ...standard }
      delete all[missing]
      const signed = new SignJWT(all).setProtectedHeader({ alg: 'ES256' })
      expect(await tickets.verify(await signed.sign(keys.privateKey))).toBeNull()
    }
  })

  it('stay valid after a restart, since the key is kept', async () => {
    const ticket = await createTickets(keys, place).issue(personOf(1))
    const again = await loadTicketKeys(join(folder, 'ticket-key.json'))
    expect(await createTickets(again, place).verify(ticket)).not.toBeNull()
  })

  it('are signed with a key that only its owner can read', async () => {
    const { mode } = await stat(join(folder, 'ticket-key.json'))
    expect(mode & 0o777).toBe(0o600)
    expect(await readFile(join(folder, 'ticket-key.json'), 'utf8')).toContain('P-256')
  })

  it('cannot be made from a file that holds no key, and the error says what to do', async () => {
    const file = join(folder, 'broken.json')
    await writeFile(file, '{"kty":"EC"}')
    await expect(loadTicketKeys(file)).rejects.toThrow('Remove it to have a new one made')
  })
})

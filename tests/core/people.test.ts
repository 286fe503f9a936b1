// Keys that speak for a person: the first, those added, and those taken away.
import { expect, it } from 'vitest'
import type { Refusal } from '../../sync-api/core/relay'
import { personIdOf } from '../../sync-api/protocol/ids'
import { deviceCodeLifetimeMs } from '../../sync-api/protocol/limits'
import { keyName, type PublicKey } from '../../sync-api/protocol/rights'
import { createBed, secret, secretHash, type Bed } from './relay-bed'

const refusedWith = (code: string): Partial<Refusal> => expect.objectContaining({ code })

/** A key in form; whether a signature fits it is checked before the core is asked. */
function keyOf(letter: string): PublicKey {
  return { kty: 'EC', crv: 'P-256', x: letter.repeat(43), y: letter.repeat(43) }
}
const spki = new Uint8Array(91).fill(1)
const person = personIdOf(spki)

async function registered(bed: Bed): Promise<Bed['relay']['people']> {
  await bed.relay.people.admit(person, keyOf('a'), spki)
  return bed.relay.people
}

it('registers the key whose hash the person is, and no other [TK2]', async () => {
  const bed = createBed()
  const stranger = bed.relay.people.admit(person, keyOf('b'), new Uint8Array(91).fill(2))
  await expect(stranger).rejects.toEqual(refusedWith('ticket-invalid'))
  const people = await registered(bed)
  await people.admit(person, keyOf('a'), spki)
  expect([...(await people.devices(person)).devices.keys()]).toEqual([keyName(keyOf('a'))])
})

it('adds a device by a code, once, until it runs out [TK3]', async () => {
  const bed = createBed()
  const people = await registered(bed)
  const code = await people.makeCode(person)
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/)
  const typed = `${code.slice(0, 4)}-${code.slice(4)}`.toLowerCase()
  expect(await people.join(typed, keyOf('b'), 'Laptop')).toBe(person)
  const again = people.join(code, keyOf('c'), 'Thief')
  await expect(again).rejects.toEqual(refusedWith('code-invalid'))
  await people.admit(person, keyOf('b'), spki)
  const late = await people.makeCode(person)
  bed.time.now += deviceCodeLifetimeMs
  const tooLate = people.join(late, keyOf('c'), 'Late')
  await expect(tooLate).rejects.toEqual(refusedWith('code-invalid'))
})

it('adds a device to whoever shows the recovery key [AC8]', async () => {
  const bed = createBed()
  const people = await registered(bed)
  await people.setRecovery(person, secretHash)
  const wrong = people.recover(secret.replace(/^./, 'B'), keyOf('b'), '')
  await expect(wrong).rejects.toEqual(refusedWith('recovery-invalid'))
  expect(await people.recover(secret, keyOf('b'), 'New')).toBe(person)
  await people.admit(person, keyOf('b'), spki)
})

it('forgets the recovery key that another one replaced [AC8]', async () => {
  const bed = createBed()
  const people = await registered(bed)
  await people.setRecovery(person, secretHash)
  await people.setRecovery(person, 'A'.repeat(43))
  const old = people.recover(secret, keyOf('b'), '')
  await expect(old).rejects.toEqual(refusedWith('recovery-invalid'))
})

it('lets a removed key speak for nobody, the first one too [TK2]', async () => {
  const bed = createBed()
  const people = await registered(bed)
  const first = keyName(keyOf('a'))
  await expect(people.removeDevice(person, first)).rejects.toEqual(refusedWith('not-allowed'))
  await people.join(await people.makeCode(person), keyOf('b'), 'Laptop')
  await people.removeDevice(person, first)
  const removed = people.admit(person, keyOf('a'), spki)
  await expect(removed).rejects.toEqual(refusedWith('ticket-invalid'))
})

// Updates that are well-formed and mean harm, by somebody who may write: about any ids, in any places.
import { UpdateEncoderV1 } from 'yjs'
import * as encoding from 'lib0/encoding'
import { foldUpdates } from '../../sync-api/core/fold'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { createSeeded, type Seeded } from '../protocol/seeded'
import { hex, judge, notice, whyNotWhole, type Fuzzed } from './mutants'
import { createCheckedLog } from './relay-double'
import { recordSession } from './yjs-people'

/** Hostile updates of one session, one after the other into one log. */
const perSession = 20

/** The client ids of the attacker. */
const own = [9_000_001, 9_000_002]

export function fuzzHostile(fuzzed: Fuzzed, seed: number, count: number): void {
  for (let done = 0; done < count; done += perSession) fuzzSession(fuzzed, seed + done)
}

function fuzzSession(fuzzed: Fuzzed, seed: number): void {
  const random = createSeeded(seed)
  const pushes = recordSession(seed, random, 40)
  const before = pushes.slice(0, 1 + random.below(pushes.length)).map(({ update }) => update)
  const log = createCheckedLog(before)
  const base = foldUpdates([entryZero, ...before])
  for (let run = 0; run < perSession; run++) {
    const ends = new Map([...log.known.clients].map(([client, { end }]) => [client, end]))
    const update = hostileUpdate(random, ends)
    const from = performance.now()
    const verdict = log.push(update, own)
    notice(fuzzed, verdict, performance.now() - from, `hostile, seed ${seed}: ${hex(update)}`)
    if (verdict === 'fine') fuzzed.accepted += 1
  }
  const hostile = log.entries.slice(before.length)
  const why = whyNotWhole(base, hostile)
  judge(fuzzed, why, `hostile, seed ${seed}`)
  // The same after a restart, when the relay knows only what the log says.
  const { clients } = log.known
  log.forget()
  for (const [client, { end }] of clients) {
    const again = log.known.clients.get(client)?.end ?? 0
    if (again !== end)
      fuzzed.broken.push(`seed ${seed}: ${client} is known to ${again}, not ${end}`)
  }
}

type World = {
  readonly random: Seeded
  readonly ends: Map<number, number>
  /** How far the update itself goes. */
  readonly next: Map<number, number>
}

function hostileUpdate(random: Seeded, ends: Map<number, number>): Uint8Array {
  const world: World = { random, ends, next: new Map(ends) }
  const encoder = new UpdateEncoderV1()
  const out = encoder.restEncoder
  const clients = random.below(12) === 0 ? [anyClient(world)] : own.slice(0, 1 + random.below(2))
  encoding.writeVarUint(out, clients.length)
  for (const client of clients) writeLane(world, out, client)
  writeDeletes(world, out)
  return encoder.toUint8Array()
}

function anyClient({ random, ends }: World): number {
  const all = [...ends.keys(), ...own, 77]
  return all[random.below(all.length)]!
}

/** Mostly an id that exists; now and then one that does not, or not yet. */
function writeId(world: World, out: encoding.Encoder): void {
  const { random, next } = world
  const client = anyClient(world)
  const end = next.get(client) ?? 0
  encoding.writeVarUint(out, client)
  const beyond = random.below(25) === 0 ? random.below(3) : 0
  encoding.writeVarUint(out, Math.max(0, random.below(Math.max(1, end)) + beyond))
}

function writeLane(world: World, out: encoding.Encoder, client: number): void {
  const { random, next } = world
  const count = 1 + random.below(4)
  const end = next.get(client) ?? 0
  const odd = random.below(20)
  const start = odd === 0 ? end + 1 : odd < 3 ? Math.max(0, end - 1 - random.below(3)) : end
  encoding.writeVarUint(out, count)
  encoding.writeVarUint(out, client)
  encoding.writeVarUint(out, start)
  let clock = start
  for (let left = count; left > 0; left--) {
    clock += writeStruct(world, out, client, clock)
    next.set(client, Math.max(next.get(client) ?? 0, clock))
  }
}

const names = ['body', 'title', 'documents', 'profile', 'evil']
const keys = ['level', 'href', '__proto__', 'one', 'title']

/** Answers its length. */
function writeStruct(world: World, out: encoding.Encoder, client: number, clock: number): number {
  const { random } = world
  const kind = [0, 1, 2, 3, 4, 4, 4, 5, 6, 6, 7, 7, 7, 8, 9, 10][random.below(16)]!
  if (kind === 0 || kind === 10) {
    const length = 1 + random.below(3)
    encoding.writeUint8(out, kind)
    encoding.writeVarUint(out, length)
    return length
  }
  const form = random.below(10)
  const left = form < 6 ? 128 : 0
  const right = form < 3 || form === 6 ? 64 : 0
  const keyed = random.below(4) === 0 ? 32 : 0
  encoding.writeUint8(out, kind | left | right | keyed)
  if (left > 0) {
    if (clock > 0 && random.below(2) === 0) {
      encoding.writeVarUint(out, client)
      encoding.writeVarUint(out, clock - 1)
    } else writeId(world, out)
  }
  if (right > 0) writeId(world, out)
  if (left === 0 && right === 0) {
    const root = random.below(2)
    encoding.writeVarUint(out, root)
    if (root === 1) encoding.writeVarString(out, names[random.below(names.length)]!)
    else writeId(world, out)
    if (keyed > 0) encoding.writeVarString(out, keys[random.below(keys.length)]!)
  }
  return writeContent(random, out, kind)
}

function writeContent(random: Seeded, out: encoding.Encoder, kind: number): number {
  switch (kind) {
    case 1: {
      const length = random.below(3)
      encoding.writeVarUint(out, length)
      return length
    }
    case 2:
      encoding.writeVarUint(out, 1)
      encoding.writeVarString(out, '1')
      return 1
    case 3:
      encoding.writeVarUint8Array(out, random.bytes(3))
      return 1
    case 4: {
      const text = ['a', 'abc', '', '😀'][random.below(4)]!
      encoding.writeVarString(out, text)
      return text.length
    }
    case 5:
      encoding.writeVarString(out, '{"a":1}')
      return 1
    case 6:
      encoding.writeVarString(out, ['strong', '__proto__', 'em'][random.below(3)]!)
      encoding.writeVarString(
        out,
        ['null', 'true', '{"__proto__":1}', '{', '1e999'][random.below(5)]!
      )
      return 1
    case 7: {
      const type = random.below(8)
      encoding.writeVarUint(out, type)
      if (type === 3 || type === 5) encoding.writeVarString(out, 'paragraph')
      return 1
    }
    case 8:
      encoding.writeVarUint(out, 1)
      encoding.writeAny(out, [null, 'x', { a: [1, { b: 2n }] }, 1e300][random.below(4)])
      return 1
    default:
      encoding.writeVarString(out, 'inner')
      encoding.writeAny(out, { autoLoad: true })
      return 1
  }
}

function writeDeletes(world: World, out: encoding.Encoder): void {
  const { random, next } = world
  const clients = random.below(3) === 0 ? [anyClient(world)] : []
  encoding.writeVarUint(out, clients.length)
  for (const client of clients) {
    const end = next.get(client) ?? 0
    encoding.writeVarUint(out, client)
    encoding.writeVarUint(out, 1)
    const from = random.below(Math.max(1, end))
    encoding.writeVarUint(out, from)
    const beyond = random.below(8) === 0 ? 5 : 0
    encoding.writeVarUint(out, Math.max(random.below(40) === 0 ? 0 : 1, end - from + beyond))
  }
}

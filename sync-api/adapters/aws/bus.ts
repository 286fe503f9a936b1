// What a region tells the others at once, by EventBridge: entries that are durable where they were written. A fast path beside
// replication, which brings all of it as well.
import { PutEventsCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge'
import type { NewEntry } from '../../core/ports'
import { channelKey, channelRefOf, type ChannelRef } from '../../protocol/ids'
import type { Breaker } from './breakers'
import { busDetailType, busSource } from './deployed-names'
import { busDetailBytesMax, busEntriesMax } from './limits'
import { decodeKeyedEntry, encodeKeyedEntry, type KeyedEntry } from './tail-entries'
import { rowsOfEntry } from './update-rows'

/** Changes when the form does; what another form says is passed over, since replication brings it too. */
const detailForm = 1

/** What an event says: entries of one log, or the keys of those that are too large for it. */
export type Announced = {
  readonly ref: ChannelRef
  readonly entries: readonly KeyedEntry[]
  readonly keys: readonly string[]
}

export type Bus = {
  /** Rejects when the bus does not take all of it. */
  announce(ref: ChannelRef, entries: readonly NewEntry[]): Promise<void>
}

export type BusParts = {
  readonly client: EventBridgeClient
  readonly breaker: Breaker
  readonly name: string
  readonly region: string
}

export function createBus({ client, breaker, name, region }: BusParts): Bus {
  async function put(details: readonly string[]): Promise<void> {
    const Entries = details.map((Detail) => ({
      ...{ EventBusName: name, Source: busSource, DetailType: busDetailType, Detail }
    }))
    const { FailedEntryCount = 0 } = await client.send(new PutEventsCommand({ Entries }))
    if (FailedEntryCount > 0) throw new Error(`The bus did not take ${FailedEntryCount} events`)
  }

  return {
    async announce(ref, entries) {
      const details = detailsOf(ref, entries, region)
      for (let from = 0; from < details.length; from += busEntriesMax) {
        await breaker.run(() => put(details.slice(from, from + busEntriesMax)))
      }
    }
  }
}

function detailsOf(
  ref: ChannelRef,
  entries: readonly NewEntry[],
  region: string
): readonly string[] {
  const details: string[] = []
  const about = { form: detailForm, region, log: channelKey(ref) }
  const tell = (more: object): void => void details.push(JSON.stringify({ ...about, ...more }))
  let inline: string[] = []
  let bytes = 0
  const flush = (): void => {
    if (inline.length > 0) tell({ entries: inline })
    inline = []
    bytes = 0
  }
  for (const entry of entries) {
    const { key } = rowsOfEntry(ref, entry, region)
    const told = Buffer.from(encodeKeyedEntry({ key, entry })).toString('base64')
    if (told.length > busDetailBytesMax) {
      tell({ keys: [key] })
      continue
    }
    if (bytes + told.length > busDetailBytesMax) flush()
    inline.push(told)
    bytes += told.length
  }
  flush()
  return details
}

/** What a detail says; null where another release said it. Throws on what no release says. */
export function announcedIn(detail: unknown): Announced | null {
  if (typeof detail !== 'object' || detail === null) throw unexpected('it is no object')
  const { form, log, entries = [], keys = [] } = detail as Record<string, unknown>
  if (form !== detailForm) return null
  if (typeof log !== 'string') throw unexpected('it names no log')
  return {
    ref: readable('it names no log', () => channelRefOf(log)),
    entries: textsOf(entries).map((text) =>
      readable('an entry of it cannot be read', () => decodeKeyedEntry(Buffer.from(text, 'base64')))
    ),
    keys: textsOf(keys)
  }
}

function readable<T>(why: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw unexpected(why, cause)
  }
}

function textsOf(list: unknown): readonly string[] {
  if (!Array.isArray(list) || !list.every((one) => typeof one === 'string')) {
    throw unexpected('a list is none')
  }
  return list
}

function unexpected(why: string, cause?: unknown): Error {
  return new Error(`An event that no region puts: ${why}`, { cause })
}

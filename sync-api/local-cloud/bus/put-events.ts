// PutEvents as a client of one region's bus calls it: all entries are judged, and each has its own answer.
import { failed, isObject, type JsonAnswer, type JsonObject } from '../json-server'
import type { LocalChance, LocalTime } from '../time'
import { bytesOfEntry, eventOf, type BusEvent, type EntryFault } from './events'
import { billedBytes, entriesBytesMax, entriesMax } from './limits'

export type BusUnits = {
  calls: number
  throttled: number
  /** Started 64 KB of entries that were put here, and of events that came from other regions. */
  published: number
  received: number
  invocations: number
}

export type PutEventsParts = {
  readonly region: string
  readonly busName: string
  readonly time: LocalTime
  readonly chance: LocalChance
  readonly newId: () => string
  /** Share of good entries that are refused all the same. */
  readonly failShare: number
  readonly units: BusUnits
  /** Whether this second's quota holds one more call; takes it. */
  readonly takeCall: () => boolean
  readonly publish: (event: BusEvent) => void
}

export function createPutEvents(
  parts: PutEventsParts
): (operation: string, body: JsonObject) => Promise<JsonAnswer> {
  const { region, units } = parts

  function judge(entry: JsonObject): { readonly EventId: string } | EntryFault {
    const event = eventOf(entry, parts.newId(), region, parts.time.now())
    if ('ErrorCode' in event) return event
    if (parts.chance() < parts.failShare) {
      return { ErrorCode: 'InternalFailure', ErrorMessage: 'The request processing has failed' }
    }
    units.published += billedFor(entry)
    parts.publish(event)
    return { EventId: event.id }
  }

  return async (operation, body) => {
    units.calls += 1
    if (operation !== 'PutEvents') {
      return failed(400, 'UnknownOperationException', `The stand-in does not know ${operation}`)
    }
    if (!parts.takeCall()) {
      units.throttled += 1
      return failed(400, 'ThrottlingException', 'Rate exceeded')
    }
    const wrong = whatIsWrong(body['Entries'], parts.busName)
    if (wrong !== null) return wrong
    const entries = (body['Entries'] as JsonObject[]).map(judge)
    const FailedEntryCount = entries.filter((entry) => 'ErrorCode' in entry).length
    return { status: 200, body: { FailedEntryCount, Entries: entries } }
  }
}

/** Events that an entry counts as on the bill. */
export function billedFor(entry: JsonObject): number {
  return Math.max(1, Math.ceil(bytesOfEntry(entry) / billedBytes))
}

function whatIsWrong(entries: unknown, busName: string): JsonAnswer | null {
  if (!Array.isArray(entries) || !entries.every(isObject)) {
    return failed(400, 'ValidationException', 'Entries must be a list')
  }
  if (entries.length < 1 || entries.length > entriesMax) {
    const message = `Member must have length less than or equal to ${entriesMax}, and at least 1`
    return failed(400, 'ValidationException', `1 validation error at 'entries': ${message}`)
  }
  if (entries.reduce((sum, entry) => sum + bytesOfEntry(entry), 0) > entriesBytesMax) {
    const message = 'Total size of the entries in the request is over the limit.'
    return failed(400, 'ValidationException', message)
  }
  const other = entries.find(({ EventBusName: name }) => !isNameOf(name, busName))
  if (other === undefined) return null
  return failed(400, 'ResourceNotFoundException', `No bus ${String(other['EventBusName'])}`)
}

/** A bus is named, or given as its ARN. */
function isNameOf(given: unknown, busName: string): boolean {
  return given === busName || String(given).endsWith(`:event-bus/${busName}`)
}

// An entry as it is put, and the event that a target gets.
import { isObject, type JsonObject } from '../json-server'

/** An event as Lambda hands it to a function. */
export type BusEvent = {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  /** Of the put, to the second. */
  readonly time: string
  /** Where it was put first: crossing to another bus changes nothing of it. */
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: JsonObject
}

/** What is wrong with an entry, as the answer tells it. */
export type EntryFault = { readonly ErrorCode: string; readonly ErrorMessage: string }

/** Bytes of an entry as they are counted (User guide, "Calculating PutEvents event entry size"). */
export function bytesOfEntry(entry: JsonObject): number {
  const { Time: time, Source: source, DetailType: type, Detail: detail, Resources: all } = entry
  const texts: unknown[] = [source, type, detail, ...(Array.isArray(all) ? (all as unknown[]) : [])]
  const bytes = texts.map((text) => (typeof text === 'string' ? Buffer.byteLength(text) : 0))
  return bytes.reduce((sum, one) => sum + one, time === undefined ? 0 : 14)
}

/** The event of an entry, or what is wrong with it. */
export function eventOf(
  entry: JsonObject,
  id: string,
  region: string,
  now: number
): BusEvent | EntryFault {
  const { Source: source, DetailType: type, Detail: text, Resources: resources } = entry
  if (typeof source !== 'string' || source === '') return missing('Source')
  if (typeof type !== 'string' || type === '') return missing('DetailType')
  if (typeof text !== 'string') return missing('Detail')
  if (source.startsWith('aws.')) {
    return {
      ErrorCode: 'NotAuthorizedForSourceException',
      ErrorMessage: `Not authorized: ${source}`
    }
  }
  const detail = parse(text)
  if (!isObject(detail)) {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
  }
  return {
    ...{ version: '0', id, 'detail-type': type, source, account: '000000000000', region, detail },
    time: `${new Date(now).toISOString().slice(0, 19)}Z`,
    resources: Array.isArray(resources) ? resources.map(String) : []
  }
}

function missing(name: string): EntryFault {
  const ErrorMessage = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`
  return { ErrorCode: 'InvalidArgument', ErrorMessage }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (failure) {
    if (failure instanceof SyntaxError) return undefined
    throw failure
  }
}

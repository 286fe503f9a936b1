// Work for the function that has time: folding, tending, and answers that read a whole log. Handed over by an asynchronous call.
import { channelKey, channelRefOf, isPersonId, type ChannelRef } from '../../protocol/ids'
import type { Greeted } from './connections'
import type { Invoke } from './invoking'

export type Work =
  /** Folds a log, or takes out what every region holds folded. */
  | { readonly kind: 'fold' | 'tend'; readonly ref: ChannelRef }
  /** Answers a message of a connection: a frame that holds nothing else. */
  | { readonly kind: 'answer'; readonly greeted: Greeted; readonly frame: Uint8Array }

/** Resolves when the work was taken over, to be done at least once. */
export type HandOver = (work: Work) => Promise<void>

export function createHandOver(invoke: Invoke, functionName: string): HandOver {
  return (work) => invoke(functionName, JSON.stringify(written(work)))
}

function written(work: Work): object {
  if (work.kind !== 'answer') return { kind: work.kind, log: channelKey(work.ref) }
  const { kind, greeted, frame } = work
  return { kind, greeted, frame: Buffer.from(frame).toString('base64') }
}

/** Throws on what no function hands over. */
export function workOf(event: unknown): Work {
  if (typeof event !== 'object' || event === null) throw unexpected('it is no object')
  const { kind, log, greeted, frame } = event as Record<string, unknown>
  switch (kind) {
    case 'fold':
    case 'tend':
      return { kind, ref: refOf(log) }
    case 'answer':
      if (typeof frame !== 'string') throw unexpected('it holds no frame')
      return { kind, greeted: greetedOf(greeted), frame: Buffer.from(frame, 'base64') }
    default:
      throw unexpected(`${String(kind)} is nothing to do`)
  }
}

function refOf(log: unknown): ChannelRef {
  if (typeof log !== 'string') throw unexpected('it names no log')
  try {
    return channelRefOf(log)
  } catch (cause) {
    throw unexpected('it names no log', cause)
  }
}

function greetedOf(told: unknown): Greeted {
  if (typeof told !== 'object' || told === null) throw unexpected('it names no connection')
  const { id, person, protocol, expiresAt } = told as Record<string, unknown>
  const known = typeof id === 'string' && isPersonId(person)
  if (!known || typeof protocol !== 'number' || typeof expiresAt !== 'number') {
    throw unexpected('its connection is none')
  }
  return { id, person, protocol, expiresAt }
}

function unexpected(why: string, cause?: unknown): Error {
  return new Error(`Work that no function hands over: ${why}`, { cause })
}

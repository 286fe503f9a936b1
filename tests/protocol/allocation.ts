// Counts what reading makes of bytes from outside, as [FR2] counts it.
import { expect } from 'vitest'

/** What reading may make for each byte that it was given, bytes. */
export const madePerByteMax = 4

/** A number, and a place in a list, bytes. */
const wordBytes = 8

/** Members of messages that are one of a closed list: the same constant in every message. */
const constants: ReadonlySet<string> = new Set(['type', 'channel', 'role', 'reason'])

export type Weight = {
  /** Texts at two bytes a UTF-16 unit, numbers, and places in lists. */
  readonly bytes: number
  /**
   * Messages, their parts, lists and views. They have no size that the language knows of, and in
   * every engine they weigh more than what they hold: so they are counted.
   */
  readonly objects: number
}

/** What messages weigh. Throws on byte strings that are no views of the frame they came in. */
export function weightOf(messages: readonly object[], frame: Uint8Array): Weight {
  let bytes = 0
  let objects = 0
  const add = (value: unknown): void => {
    if (typeof value === 'string') bytes += 2 * value.length
    else if (typeof value === 'number') bytes += wordBytes
    if (typeof value !== 'object' || value === null) return
    objects += 1
    if (value instanceof Uint8Array) {
      if (value.buffer !== frame.buffer) throw new Error('A copy where a view should be')
      return
    }
    if (Array.isArray(value)) bytes += wordBytes * value.length
    for (const [name, part] of Object.entries(value)) if (!constants.has(name)) add(part)
  }
  for (const message of messages) add(message)
  return { bytes, objects }
}

export type Counter = {
  /** Bytes of the arrays made since it was asked last. */
  take(): number
  stop(): void
}

/**
 * Counts the arrays that are made with a length: of bytes, and of anything else. Views cost
 * nothing, and texts on the way cannot be counted from within: base64.ts makes none.
 */
export function countArrays(): Counter {
  let made = 0
  const real = { Array, Uint8Array, slice: Uint8Array.prototype.slice }
  const counting = <T extends ArrayConstructor | Uint8ArrayConstructor>(of: T, each: number): T =>
    new Proxy(of, {
      construct(target, args: unknown[], newTarget) {
        const array = Reflect.construct(target, args, newTarget) as Uint8Array | unknown[]
        if (!(args[0] instanceof ArrayBuffer)) made += each * array.length
        return array
      }
    })
  globalThis.Array = counting(Array, wordBytes)
  globalThis.Uint8Array = counting(Uint8Array, 1)
  real.Uint8Array.prototype.slice = function slice(...args) {
    const copy = real.slice.apply(this, args)
    made += copy.length
    return copy
  }
  return {
    take() {
      const taken = made
      made = 0
      return taken
    },
    stop() {
      Object.assign(globalThis, { Array: real.Array, Uint8Array: real.Uint8Array })
      real.Uint8Array.prototype.slice = real.slice
    }
  }
}

/** Fails where more was made than what was received accounts for. */
export function expectFew(made: number, received: number): void {
  if (made > madePerByteMax * received) expect(made).toBeLessThanOrEqual(madePerByteMax * received)
}

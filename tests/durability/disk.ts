// What a disk may hold when the power fails: all that was flushed, and any part of the rest.
import type { Chance } from '../simulation/chance'
import type { Syscall, Trace } from './syscalls'

/** What a disk writes whole or not at all, bytes. */
const sectorBytes = 512

export type DiskWrite = {
  readonly offset: number
  readonly bytes: Uint8Array
  /** Lines of the trace where it was asked for, and from where on it is safe. */
  readonly began: number
  readonly safeFrom: number
}

/** The writes into one file, in order, and which flush made each of them safe. */
export function writesOf(calls: readonly Syscall[], { synchronous }: Trace): DiskWrite[] {
  const flushes = calls.filter(({ name }) => name === 'fdatasync' || name === 'fsync')
  return calls.flatMap((call): DiskWrite[] => {
    if (call.bytes === '' || call.offset === null) return []
    const flush = flushes.find(({ began }) => began > call.returned)
    const safeFrom = synchronous.has(call.fd) ? call.returned : (flush?.returned ?? Infinity)
    const bytes = new Uint8Array(Buffer.from(call.bytes, 'hex'))
    return [{ offset: call.offset, bytes, began: call.began, safeFrom }]
  })
}

/** The file after the power failed at a line: unsafe writes are there, torn, or not. */
export function imageAfter(
  writes: readonly DiskWrite[],
  line: number,
  chance: Chance
): Uint8Array<ArrayBuffer> {
  const asked = writes.filter(({ began }) => began < line)
  const end = Math.max(0, ...asked.map(({ offset, bytes }) => offset + bytes.length))
  const image = new Uint8Array(end)
  for (const write of asked) {
    if (write.safeFrom < line) image.set(write.bytes, write.offset)
    else putPart(image, write, chance)
  }
  return image
}

function putPart(image: Uint8Array, { offset, bytes }: DiskWrite, chance: Chance): void {
  const share = chance.pick([0, 0.5, 1])
  for (let at = 0; at < bytes.length;) {
    const next = Math.min(bytes.length, at + sectorBytes - ((offset + at) % sectorBytes))
    if (chance.happens(share)) image.set(bytes.subarray(at, next), offset + at)
    at = next
  }
}

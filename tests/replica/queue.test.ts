// The queue between a document and this device's storage.
import { describe, expect, test } from 'vitest'
import { commitEveryMs, createQueue, retryMsMin, type Queue } from '../../app/replica/queue'
import { StoreFailure, type LocalUpdate } from '../../app/store/ports'
import { aWriter, bytes } from '../contracts/store-samples'
import { createManualTime, type ManualTime } from './manual-time'

describe('the queue', () => {
  test('commits the first edit at once and gathers what follows', async () => {
    const { queue, commits, time } = createBed()
    queue.push(edit('a'))
    queue.push(edit('b'))
    queue.push(edit('c'))
    await time.advance(0)
    expect(commits).toEqual([['a']])
    await time.advance(commitEveryMs)
    expect(commits).toEqual([['a'], ['b', 'c']])
    await queue.written()
  })

  test('lets nothing overtake an edit whose commit failed', async () => {
    const bed = createBed()
    bed.failWith = new StoreFailure('quota', 'full')
    bed.queue.push(edit('a'))
    await bed.time.advance(0)
    bed.queue.push(edit('b'))
    await bed.time.advance(retryMsMin)
    bed.failWith = null
    bed.queue.push(edit('c'))
    await bed.time.advance(2 * retryMsMin)
    await bed.queue.written()
    expect(bed.commits.flat()).toEqual(['a', 'b', 'c'])
  })

  test('says what is in memory only, and why', async () => {
    const bed = createBed()
    const seen: [number, string | null][] = []
    bed.queue.watch((count, failure) => seen.push([count, failure?.reason ?? null]))
    bed.failWith = new StoreFailure('quota', 'full')
    bed.queue.push(edit('a'))
    await bed.time.advance(0)
    bed.failWith = null
    await bed.time.advance(retryMsMin)
    expect(seen).toEqual([
      [0, null],
      [1, null],
      [1, 'quota'],
      [0, null]
    ])
  })

  test('keeps an edit when a flush fails, and commits it when a later one does not', async () => {
    const bed = createBed()
    bed.failWith = new StoreFailure('closed', 'gone')
    bed.queue.push(edit('a'))
    await expect(bed.queue.flush()).rejects.toThrow('closed')
    bed.failWith = null
    await bed.queue.flush()
    expect(bed.commits).toEqual([['a']])
  })

  test('does not wait for its pause when flushed', async () => {
    const { queue, commits } = createBed()
    queue.push(edit('a'))
    queue.push(edit('b'))
    await queue.flush()
    expect(commits.flat()).toEqual(['a', 'b'])
  })

  test('commits every edit once, also what comes while a flush takes long', async () => {
    const bed = createBed()
    bed.queue.push(edit('a'))
    await bed.time.advance(0)
    bed.queue.push(edit('b'))
    bed.commitMs = 2 * commitEveryMs
    const flushed = bed.queue.flush()
    // The pause that was running ends while the flush still waits for its commit.
    await bed.time.advance(commitEveryMs)
    bed.queue.push(edit('c'))
    await bed.time.advance(1.5 * commitEveryMs)
    bed.queue.push(edit('d'))
    await bed.time.advance(10 * commitEveryMs)
    await flushed
    expect(bed.commits).toEqual([['a'], ['b'], ['c'], ['d']])
    expect(bed.queue.unwritten()).toEqual([])
  })
})

function edit(text: string): LocalUpdate {
  return { update: bytes(text), writer: aWriter(1) }
}

type Bed = {
  readonly time: ManualTime
  readonly commits: string[][]
  readonly queue: Queue
  failWith: StoreFailure | null
  /** How long a commit takes. */
  commitMs: number
}

function createBed(): Bed {
  const time = createManualTime()
  const bed: Bed = {
    time,
    commits: [],
    failWith: null,
    commitMs: 0,
    queue: createQueue({
      append(updates): Promise<void> {
        if (bed.failWith !== null) return Promise.reject(bed.failWith)
        bed.commits.push(updates.map(({ update }) => new TextDecoder().decode(update)))
        if (bed.commitMs === 0) return Promise.resolve()
        return new Promise((resolve) => time.after(bed.commitMs, resolve))
      },
      onCommitted: () => undefined,
      onTrouble: (cause) => {
        throw cause
      },
      after: time.after
    })
  }
  return bed
}

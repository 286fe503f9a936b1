// Work handed from one function to another, through the SDK client and the stand-in of Lambda.
import { afterEach, describe, expect, it } from 'vitest'
import { createInvoke } from '../../../sync-api/adapters/aws/invoking'
import {
  createHandOver,
  workOf,
  type HandOver,
  type Work
} from '../../../sync-api/adapters/aws/work'
import { chunkPayloadBytes, chunksToRelayMax } from '../../../sync-api/protocol/limits'
import { channelKey } from '../../../sync-api/protocol/ids'
import { channelOf, personOf } from '../../contracts/log-samples'
import { configOf, loads, startCalled, stopAll } from '../../local-cloud/lambda-bed'

afterEach(stopAll)

const ref = channelOf('document')
const greeted = { id: 'L0SM9cOFvHcCIhw=', person: personOf(1), protocol: 3, expiresAt: 1.8e12 }

/** A function that remembers what it was given to do, and what hands it over. */
async function startWorker(): Promise<{ handOver: HandOver; done: Work[] }> {
  const done: Work[] = []
  const load = loads(() => (event) => void done.push(workOf(event)))
  const invoke = createInvoke(await configOf(await startCalled({ load })))
  return { handOver: createHandOver(invoke, 'called:live'), done }
}

const answerOf = (frame: Uint8Array): Work => ({ kind: 'answer', greeted, frame })

/** A frame as it was, whatever holds its bytes. */
const plain = (work: Work | undefined): unknown =>
  work?.kind === 'answer' ? { ...work, frame: [...work.frame] } : work

describe('work that is handed over', () => {
  it.each<[string, Work]>([
    ['a fold', { kind: 'fold', ref }],
    ['tending', { kind: 'tend', ref: { ...ref, channel: 'rights' } }],
    ['an answer', answerOf(Uint8Array.from({ length: 256 }, (_, at) => at))],
    [
      'an answer to the largest message',
      answerOf(new Uint8Array(chunkPayloadBytes * chunksToRelayMax).fill(7))
    ]
  ])('comes to the other function as it was: %s', async (_, work) => {
    const { handOver, done } = await startWorker()
    await handOver(work)
    await expect.poll(() => done.length).toBe(1)
    expect(plain(done[0])).toEqual(plain(work))
  })

  it('is taken over before it is done', async () => {
    let finish = (): void => undefined
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const made = await startCalled({ load: loads(() => () => finished) })
    await createHandOver(createInvoke(await configOf(made)), 'called')({ kind: 'fold', ref })
    expect(made.waiting()).toBe(1)
    finish()
    await expect.poll(() => made.waiting()).toBe(0)
  })

  it('is not taken over by a function that is not there', async () => {
    const config = await configOf(await startCalled({ load: loads(() => () => null) }))
    const handOver = createHandOver(createInvoke(config), 'other')
    await expect(handOver({ kind: 'fold', ref })).rejects.toThrow('No function')
  })
})

describe('work that no function hands over', () => {
  const log = channelKey(ref)

  it.each([
    ['nothing', null, 'it is no object'],
    ['text', 'fold', 'it is no object'],
    ['an unknown kind', { kind: 'tidy', log }, 'tidy is nothing to do'],
    ['no kind', { log }, 'undefined is nothing to do'],
    ['a fold of nothing', { kind: 'fold' }, 'it names no log'],
    ['a fold of no log', { kind: 'fold', log: 'nowhere' }, 'it names no log'],
    ['tending of a number', { kind: 'tend', log: 7 }, 'it names no log'],
    ['an answer without a frame', { kind: 'answer', greeted }, 'it holds no frame'],
    ['an answer to nobody', { kind: 'answer', frame: '' }, 'it names no connection'],
    ['no name', answerTo({ id: 1 }), 'its connection is none'],
    ['no person', answerTo({ person: 'somebody' }), 'its connection is none'],
    ['no protocol', answerTo({ protocol: '3' }), 'its connection is none'],
    ['no end of a ticket', answerTo({ expiresAt: null }), 'its connection is none']
  ])('throws and says what is wrong: %s', (_, event, why) => {
    expect(() => workOf(event)).toThrow(`Work that no function hands over: ${why}`)
  })
})

function answerTo(more: object): object {
  return { kind: 'answer', greeted: { ...greeted, ...more }, frame: 'AAAA' }
}

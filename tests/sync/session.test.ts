// The rules of a session, one by one: see the table at the head of app/sync/session.ts.
import { describe, expect, test } from 'vitest'
import type { OutboxId } from '../../sync-api/protocol/ids'
import { socketUpdateBytesMax } from '../../sync-api/protocol/limits'
import type { SessionEvent } from '../../app/sync/session-events'
import {
  ack,
  after,
  at,
  batch,
  entry,
  givenBack,
  outbox,
  page,
  pageStored,
  sealed,
  start,
  stored,
  subscribed,
  words
} from './session-samples'

const connected: SessionEvent = { type: 'connected', start }
const eager: SessionEvent = { type: 'connected', start: { ...start, eager: true, cursor: at(4) } }
const outboxChanged: SessionEvent = { type: 'outbox-changed' }
const live = [connected, subscribed()]

describe('subscribing', () => {
  test('a connection makes it subscribe, and a document on screen pulls in the same breath', () => {
    expect(words(after(connected).asked)).toEqual(['subscribe'])
    expect(words(after(eager).asked)).toEqual(['subscribe', 'pull 4'])
  })

  test('a document that is up to date is live at once, a stale one pulls', () => {
    expect(after(...live).session.kind).toBe('live')
    const stale = after(connected, subscribed({ stale: true }))
    expect(stale.session.kind).toBe('catching-up')
    expect(words(stale.asked)).toEqual(['pull 0'])
  })

  test('a page that the cursor could not follow is asked for again from where it stands', () => {
    const stale = [connected, subscribed({ stale: true }), page(0, 4)]
    const followed = after(...stale, pageStored(4))
    expect(followed.session.kind).toBe('live')
    const moved = after(...stale, pageStored(1, false, 4))
    expect(moved.session.kind).toBe('catching-up')
    expect(words(moved.asked)).toEqual(['pull 1'])
  })

  test('after rows were lost here, the log is read from its beginning and given what it lacks', () => {
    const doubting: SessionEvent = {
      type: 'connected',
      start: { ...start, eager: true, cursor: at(4), compare: true }
    }
    expect(words(after(doubting).asked)).toEqual(['subscribe'])
    expect(words(after(doubting, subscribed()).asked)).toEqual(['pull 0'])
    const read = after(doubting, subscribed(), page(0, 6), pageStored(4))
    expect(words(read.asked)).toEqual(['give-back 4-6'])
    expect(read.asked[0]).toMatchObject({ held: [new Uint8Array([1])] })
  })

  test('what waits in the outbox is sealed once subscribed', () => {
    const unsent: SessionEvent = { type: 'connected', start: { ...start, unsent: true } }
    expect(words(after(unsent, subscribed()).asked)).toEqual(['seal'])
  })

  test('a disconnect closes it, and late answers of the store change nothing', () => {
    const { session, asked } = after(...live, { type: 'disconnected' }, stored(1, 1), sealed(1))
    expect(session.kind).toBe('closed')
    expect(asked).toEqual([])
  })
})

describe('catching up', () => {
  const catchingUp = [connected, subscribed({ stale: true })]

  test('[CU5] a page is stored before the next is pulled from where the store then stands', () => {
    expect(words(after(...catchingUp, page(0, 3, true)).asked)).toEqual(['store-page 0-3'])
    const next = after(...catchingUp, page(0, 3, true), pageStored(3, true))
    expect(words(next.asked)).toEqual(['pull 3'])
    expect(after(...catchingUp, page(0, 3), pageStored(3)).session.kind).toBe('live')
  })

  test('a page too large for the socket is pulled over HTTP', () => {
    const large: SessionEvent = { ...page(0, 0), overHttp: true } as SessionEvent
    expect(words(after(...catchingUp, large).asked)).toEqual(['pull 0 over http'])
  })

  test('[CU6] a live entry the cursor could not follow costs one more pull at the end', () => {
    const missed = after(...catchingUp, entry(5, 6), stored(0, 6), page(0, 5), pageStored(5))
    expect(words(missed.asked)).toEqual(['pull 5'])
  })

  test('[CU3] [CU7] a resync pulls from the beginning, and the cursor moves once all is compared', () => {
    const old: SessionEvent = { type: 'connected', start: { ...start, cursor: at(9) } }
    const resync = [old, subscribed({ stale: true }), { type: 'resync' } as const]
    expect(words(after(...resync).asked)).toEqual(['pull 0'])
    const first = [...resync, page(0, 2, true)]
    expect(words(after(...first).asked)).toEqual(['store-page 0-2'])
    const second = [...first, pageStored(9, true)]
    expect(words(after(...second).asked)).toEqual(['pull 2'])
    const last = [...second, page(2, 3), pageStored(9)]
    expect(words(after(...last).asked)).toEqual(['give-back 9-3'])
    const given = after(...last, givenBack(3, 1, 2))
    expect(words(given.asked)).toEqual(['pull 3', 'push 1', 'push 2'])
    expect(after(...last, givenBack(3), page(3, 3), pageStored(3)).session.kind).toBe('live')
  })

  test('a log that a reader has compared is compared again when they may write', () => {
    const old: SessionEvent = { type: 'connected', start: { ...start, cursor: at(9) } }
    const reader = [old, subscribed({ stale: true, role: 'viewer' }), { type: 'resync' } as const]
    const compared = [...reader, page(0, 2), pageStored(9), givenBack(2), page(2, 2), pageStored(2)]
    expect(after(...compared).session.kind).toBe('live')
    const editor: SessionEvent = { type: 'role-changed', role: 'editor' }
    expect(words(after(...compared, editor).asked)).toEqual(['pull 0'])
    const again = [...compared, editor, page(0, 2), pageStored(2)]
    expect(words(after(...again).asked)).toEqual(['give-back 2-2'])
    expect(after(...again).asked).toMatchObject([{ role: 'editor' }])
  })

  test('nothing goes under the old numbers once a log is compared', () => {
    const old: SessionEvent = { type: 'connected', start: { ...start, cursor: at(9) } }
    const resync = [old, subscribed({ stale: true }), sealed(7), { type: 'resync' } as const]
    const waiting = [...resync, page(0, 2), pageStored(9)]
    expect(words(after(...waiting, outboxChanged).asked)).toEqual([])
    expect(words(after(...waiting, ack(7, 2, 3)).asked)).toEqual([])
    expect(words(after(...waiting, givenBack(2, 1)).asked)).toEqual(['pull 2', 'push 1', 'seal'])
  })

  test('an acknowledgement of an outbox that was given up since has the log pulled', () => {
    expect(words(after(...live, ack(7, 3, 4)).asked)).toEqual(['pull 0'])
    expect(words(after(...live, ack(7, 4, 4)).asked)).toEqual([])
  })

  test('the answer to an older pull is kept and nothing waits for it', () => {
    expect(words(after(...live, page(0, 3)).asked)).toEqual(['store-entries 0-3'])
  })
})

describe('live', () => {
  test('[CU6] an entry is always stored; only when the cursor did not stand at `from` it pulls', () => {
    expect(words(after(...live, entry(0, 1)).asked)).toEqual(['store-entries 0-1'])
    expect(after(...live, entry(0, 1), stored(1, 1)).session.kind).toBe('live')
    const behind = after(...live, entry(1, 2), stored(0, 2))
    expect(behind.session.kind).toBe('catching-up')
    expect(words(behind.asked)).toEqual(['pull 0'])
  })

  test('[AC3] a lower role is taken over, no role ends it, and a new one subscribes again', () => {
    const viewer = after(...live, { type: 'role-changed', role: 'viewer' })
    expect(viewer.session).toMatchObject({ kind: 'live', role: 'viewer' })
    const gone = [...live, { type: 'role-changed', role: null } as const]
    expect(after(...gone).session.kind).toBe('withdrawn')
    expect(words(after(...gone, { type: 'role-changed', role: 'editor' }).asked)).toEqual([
      'subscribe'
    ])
  })
})

describe('pushing', () => {
  test('[NU1] [NU9] sealed batches go in order, up to the limit in flight', () => {
    const pushing = [...live, outboxChanged, sealed(1, 2, 3)]
    expect(words(after(...live, outboxChanged).asked)).toEqual(['seal'])
    expect(words(after(...pushing).asked)).toEqual(['push 1', 'push 2'])
    expect(words(after(...pushing, ack(1, 0, 1)).asked)).toEqual(['settle 1', 'push 3'])
  })

  test('what is written while the flight is full is sealed together when there is room', () => {
    const full = [...live, outboxChanged, sealed(1, 2), outboxChanged, outboxChanged]
    expect(words(after(...full).asked)).toEqual([])
    expect(words(after(...full, ack(1, 0, 1)).asked)).toEqual(['settle 1', 'seal'])
  })

  test('a seal that ran before a settle does not bring the acknowledged batch back', () => {
    const late = [...live, outboxChanged, sealed(1), outboxChanged, ack(1, 0, 1), sealed(1, 2)]
    expect(words(after(...late).asked)).toEqual(['push 2'])
  })

  test('an outbox that was numbered anew meanwhile goes from its first number on', () => {
    const anew = [1, 2].map((n) => ({ ...batch(n), outbox: 'AAAAAAAAAAI' as OutboxId }))
    const waiting = [
      ...live,
      outboxChanged,
      sealed(1, 2),
      outboxChanged,
      ack(1, 0, 1),
      ack(2, 1, 2)
    ]
    const { asked } = after(...waiting, { type: 'sealed', batches: anew })
    expect(words(asked)).toEqual(['push 1', 'push 2'])
  })

  test('[NU4] a gap goes back to the number after the last one had, alone until acknowledged', () => {
    const gap = { type: 'gap', outbox, have: 0 } as const
    const gapped = [...live, outboxChanged, sealed(1, 2, 3), gap]
    expect(words(after(...gapped).asked)).toEqual(['push 1'])
    expect(words(after(...gapped, gap).asked)).toEqual([])
    expect(words(after(...gapped, ack(1, 0, 1)).asked)).toEqual(['settle 1', 'push 2', 'push 3'])
  })

  test('[CU7] a gap before what was acknowledged compares: the relay has lost what it had', () => {
    const gap = { type: 'gap', outbox, have: 2 } as const
    const lost = after(...live, sealed(7), gap)
    expect(words(lost.asked)).toEqual(['pull 0'])
    expect(words(after(...live, sealed(7), gap, page(0, 2), pageStored(0)).asked)).toEqual([
      'give-back 0-2'
    ])
    const late = [...live, sealed(6, 7), ack(6, 0, 1), gap]
    expect(words(after(...late).asked)).toEqual([])
  })

  test('[NU10] what the log lacks is compared once a connection; then what waits is held for a while', () => {
    const unknown = { type: 'unknown', outbox, n: 7 } as const
    const asked = [...live, sealed(7, 8), unknown]
    expect(words(after(...asked).asked)).toEqual(['pull 0'])
    const gap = { type: 'gap', outbox, have: 6 } as const
    expect(words(after(...asked, gap).asked)).toEqual([])
    const compared = [...asked, page(0, 2), pageStored(0)]
    expect(words(after(...compared).asked)).toEqual(['give-back 0-2'])
    const given = [...compared, givenBack(2, 1, 7), page(2, 2), pageStored(2)]
    const again = [...given, { ...unknown, n: 1 }]
    expect(words(after(...again).asked)).toEqual([])
    // Not lost, and not said without a pause either.
    expect(words(after(...again, { ...gap, have: 0 }).asked)).toEqual([])
    expect(words(after(...again, { type: 'try-again' }).asked)).toEqual(['push 1', 'push 7'])
  })

  test('[NU9] after a reconnect the same bytes are pushed again', () => {
    const unsent: SessionEvent = { type: 'connected', start: { ...start, unsent: true } }
    const again = after(
      ...live,
      sealed(1),
      { type: 'disconnected' },
      unsent,
      subscribed(),
      sealed(1)
    )
    expect(again.asked).toEqual([{ type: 'push', batch: batch(1), epoch: 0 }])
  })

  test('a batch too large for the socket goes when nothing else is in flight, and alone', () => {
    const large: SessionEvent = {
      type: 'sealed',
      batches: [batch(1), batch(2, socketUpdateBytesMax + 1), batch(3)]
    }
    const pushing = [...live, outboxChanged, large]
    expect(words(after(...pushing).asked)).toEqual(['push 1'])
    expect(words(after(...pushing, ack(1, 0, 1)).asked)).toEqual(['settle 1', 'push 2'])
    expect(words(after(...pushing, ack(1, 0, 1), ack(2, 1, 2)).asked)).toEqual([
      'settle 2',
      'push 3'
    ])
  })

  test('[NU8] a refusal sets everything unacknowledged aside and begins anew', () => {
    const refusal = { type: 'refused', outbox, reason: 'not-allowed' } as const
    const refused = [...live, outboxChanged, sealed(1, 2), refusal]
    expect(words(after(...refused).asked)).toEqual(['set-aside not-allowed'])
    expect(words(after(...refused, { ...refusal }).asked)).toEqual([])
    const anew = after(...refused, { type: 'set-aside' })
    expect(anew.session.kind).toBe('catching-up')
    expect(words(anew.asked)).toEqual(['pull 0', 'seal'])
  })

  test('edits in a document of others without any right are set aside', () => {
    const gone = [connected, subscribed({ role: null })]
    expect(words(after(...gone).asked)).toEqual(['seal'])
    expect(words(after(...gone, sealed()).asked)).toEqual([])
    expect(words(after(...gone, sealed(1)).asked)).toEqual(['set-aside not-found'])
    const own: SessionEvent = { type: 'connected', start: { ...start, nonce: 'mine' } }
    expect(words(after(own, subscribed({ role: null }), sealed(1)).asked)).toEqual([])
  })

  test('the owner of a document the relay does not know asks again to make it', () => {
    const again = { type: 'try-again' } as const
    const own: SessionEvent = { type: 'connected', start: { ...start, nonce: 'mine' } }
    const gone = subscribed({ role: null })
    expect(words(after(own, gone, sealed(), again).asked)).toEqual(['subscribe'])
    expect(words(after(connected, gone, sealed(), again).asked)).toEqual([])
  })

  test('trying again says whatever has no answer', () => {
    const again = { type: 'try-again' } as const
    expect(words(after(connected, again).asked)).toEqual(['subscribe'])
    expect(words(after(connected, subscribed({ stale: true }), again).asked)).toEqual(['pull 0'])
    expect(words(after(...live, outboxChanged, sealed(1, 2), again).asked)).toEqual([
      'push 1',
      'push 2'
    ])
  })
})

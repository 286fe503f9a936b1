// Messages for tests: arbitrary ones for properties, and one fixed sample of every kind and choice.
import * as fc from 'fast-check'
import { digestBytes } from '../../sync-api/protocol/digest'
import { errorCodes, refusalReasons, type ErrorCode } from '../../sync-api/protocol/errors'
import { idOf, longIdBytes, shortIdBytes } from '../../sync-api/protocol/ids'
import type { DocumentId, OutboxId, PersonId, TabId, WriterId } from '../../sync-api/protocol/ids'
import {
  cursorBytesMax,
  itemsPerMessageMax,
  receiptBytesMax,
  writersPerPushMax
} from '../../sync-api/protocol/limits'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'
import { channels, roles } from '../../sync-api/protocol/roles'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const longId = <T extends DocumentId | PersonId>() => bytes(longIdBytes).map((of) => idOf<T>(of))
const shortId = <T extends OutboxId | WriterId | TabId>() =>
  bytes(shortIdBytes).map((of) => idOf<T>(of))

const count = fc.oneof(fc.nat(300), fc.maxSafeNat())
const cursor = fc.uint8Array({ maxLength: cursorBytesMax })
const update = fc.uint8Array({ maxLength: 400 })
// At most 16 code points are at most 64 bytes of UTF-8, the limit of a label.
const label = fc.string({ unit: 'binary', maxLength: 16 })
const state = fc.option(fc.string({ unit: 'binary', maxLength: 200 }))
const ref = { document: longId<DocumentId>(), channel: fc.constantFrom(...channels) }
const role = fc.option(fc.constantFrom(...roles))
const span = { from: cursor, to: cursor }
const entry = { outbox: shortId<OutboxId>(), n: count, update }
const receipt = fc.uint8Array({ minLength: 1, maxLength: receiptBytesMax })
const told = fc.record({ ...entry, receipt }, { requiredKeys: ['outbox', 'n', 'update'] })
const entries = fc.array(told, { maxLength: 12 })
const type = <T extends string>(name: T) => fc.constant(name)

/** Any message a client may send. */
export const clientMessages: fc.Arbitrary<ClientMessage> = fc.oneof(
  fc.record({
    type: type('hello'),
    protocol: count,
    schema: fc.record({ major: count, minor: count }),
    release: label
  }),
  fc.record({
    type: type('subscribe'),
    items: fc.array(fc.record({ ...ref, cursor, nonce: fc.option(label) }), {
      maxLength: itemsPerMessageMax
    })
  }),
  fc.record({ type: type('unsubscribe'), items: fc.array(fc.record(ref), { maxLength: 20 }) }),
  fc.record({ ...ref, type: type('pull'), cursor }),
  fc.record(
    {
      ...ref,
      ...entry,
      type: type('push'),
      epoch: count,
      schemaMajor: count,
      writers: fc.array(shortId<WriterId>(), { maxLength: writersPerPushMax }),
      voucher: fc.record({ outbox: shortId<OutboxId>(), n: count, receipt })
    },
    {
      requiredKeys: [
        ...(['document', 'channel', 'outbox', 'n', 'update'] as const),
        ...(['type', 'epoch', 'schemaMajor', 'writers'] as const)
      ]
    }
  ),
  fc.record({
    type: type('awareness'),
    document: longId<DocumentId>(),
    tab: shortId<TabId>(),
    state
  }),
  fc.record({ type: type('renew'), ticket: fc.string({ unit: 'grapheme-ascii' }) }),
  fc.record({ type: type('ping') }),
  fc.record({ ...ref, type: type('digest'), cursor, digest: bytes(digestBytes) })
)

/** Any message a relay may send. */
export const serverMessages: fc.Arbitrary<ServerMessage> = fc.oneof(
  fc.record({
    type: type('welcome'),
    protocol: count,
    person: longId<PersonId>(),
    binary: fc.boolean(),
    pushesInFlightMax: count,
    ticketMs: count,
    region: label
  }),
  fc.record({
    type: type('subscribed'),
    items: fc.array(fc.record({ ...ref, role, epoch: count, stale: fc.boolean() }), {
      maxLength: itemsPerMessageMax
    })
  }),
  fc.record({
    ...ref,
    ...span,
    type: type('catch-up'),
    more: fc.boolean(),
    overHttp: fc.boolean(),
    entries
  }),
  fc.record({ ...ref, ...span, type: type('ack'), outbox: shortId<OutboxId>(), n: count }),
  fc.record({ ...ref, ...span, type: type('entry'), entries }),
  fc.record({ ...ref, type: type('gap'), outbox: shortId<OutboxId>(), have: count }),
  fc.record({ ...ref, type: type('unknown'), outbox: shortId<OutboxId>(), n: count }),
  fc.record({
    ...ref,
    type: type('refused'),
    outbox: shortId<OutboxId>(),
    n: count,
    reason: fc.constantFrom(...refusalReasons)
  }),
  fc.record({ type: type('role-changed'), document: longId<DocumentId>(), role }),
  fc.record({ type: type('schema-raised'), document: longId<DocumentId>(), major: count }),
  fc.record({ ...ref, type: type('resync') }),
  fc.record({ ...ref, type: type('differs') }),
  fc.record({
    type: type('awareness'),
    document: longId<DocumentId>(),
    people: fc.array(fc.record({ person: longId<PersonId>(), tab: shortId<TabId>(), state }), {
      maxLength: 20
    })
  }),
  fc.record({ type: type('renewed'), ticketMs: count }),
  fc.record({ type: type('pong') }),
  fc.record({ type: type('hand-over'), afterMs: count }),
  fc.record({
    type: type('error'),
    code: fc.constantFrom(...(Object.keys(errorCodes) as ErrorCode[])),
    about: fc.option(fc.record(ref)),
    retryMs: count
  })
)

const document = idOf<DocumentId>(new Uint8Array(longIdBytes).fill(0xd0))
const person = idOf<PersonId>(new Uint8Array(longIdBytes).fill(0xee))
const outbox = idOf<OutboxId>(new Uint8Array(shortIdBytes).fill(0x0b))
const writer = idOf<WriterId>(new Uint8Array(shortIdBytes).fill(0x77))
const tab = idOf<TabId>(new Uint8Array(shortIdBytes).fill(0x7a))
const from = new Uint8Array([1, 2])
const to = new Uint8Array([3])
const fixedEntry = { outbox, n: 300, update: new Uint8Array([0, 0]) }
const receipted = { ...fixedEntry, receipt: new Uint8Array([9, 9]) }
const voucher = { outbox, n: 301, receipt: receipted.receipt }
const fixedRef = { document, channel: 'content' } as const

type SamplesOf<M extends { type: string }> = {
  readonly [T in M['type']]: readonly Extract<M, { type: T }>[]
}

/** Every kind of client message, with both sides of every choice it has. */
export const clientSamples: SamplesOf<ClientMessage> = {
  hello: [{ type: 'hello', protocol: 1, schema: { major: 2, minor: 3 }, release: '1.2.3' }],
  subscribe: [
    {
      type: 'subscribe',
      items: channels.map((channel, at) => ({
        document,
        channel,
        cursor: from,
        nonce: at === 0 ? 'a nonce' : null
      }))
    }
  ],
  unsubscribe: [{ type: 'unsubscribe', items: [fixedRef] }],
  pull: [{ type: 'pull', ...fixedRef, cursor: to }],
  push: [
    { type: 'push', ...fixedRef, ...fixedEntry, epoch: 4, schemaMajor: 1, writers: [writer] },
    { type: 'push', ...fixedRef, ...fixedEntry, epoch: 4, schemaMajor: 1, writers: [], voucher }
  ],
  awareness: [
    { type: 'awareness', document, tab, state: '{}' },
    { type: 'awareness', document, tab, state: null }
  ],
  renew: [{ type: 'renew', ticket: 'a.b.c' }],
  ping: [{ type: 'ping' }],
  digest: [
    { type: 'digest', ...fixedRef, cursor: to, digest: new Uint8Array(digestBytes).fill(0xd1) }
  ]
}

/** Every kind of server message, with both sides of every choice it has. */
export const serverSamples: SamplesOf<ServerMessage> = {
  welcome: [true, false].map((binary) => ({
    type: 'welcome',
    protocol: 1,
    person,
    binary,
    pushesInFlightMax: 16,
    ticketMs: 600_000,
    region: 'here'
  })),
  subscribed: [
    {
      type: 'subscribed',
      items: [null, ...roles].map((role) => ({ ...fixedRef, role, epoch: 5, stale: role === null }))
    }
  ],
  'catch-up': [
    { ...fixedRef, type: 'catch-up', from, to, more: true, overHttp: false, entries: [fixedEntry] },
    { ...fixedRef, type: 'catch-up', from, to, more: false, overHttp: true, entries: [] },
    { ...fixedRef, type: 'catch-up', from, to, more: false, overHttp: false, entries: [receipted] }
  ],
  ack: [{ ...fixedRef, type: 'ack', outbox, n: 6, from, to }],
  entry: [
    { ...fixedRef, type: 'entry', from, to, entries: [fixedEntry, fixedEntry] },
    { ...fixedRef, type: 'entry', from, to, entries: [receipted, fixedEntry] }
  ],
  gap: [{ ...fixedRef, type: 'gap', outbox, have: 7 }],
  refused: refusalReasons.map((reason) => ({ ...fixedRef, type: 'refused', outbox, n: 8, reason })),
  'role-changed': [null, ...roles].map((role) => ({ type: 'role-changed', document, role })),
  resync: [{ ...fixedRef, type: 'resync' }],
  'schema-raised': [{ type: 'schema-raised', document, major: 2 }],
  awareness: [{ type: 'awareness', document, people: [{ person, tab, state: null }] }],
  renewed: [{ type: 'renewed', ticketMs: 9 }],
  pong: [{ type: 'pong' }],
  'hand-over': [{ type: 'hand-over', afterMs: 10 }],
  error: (Object.keys(errorCodes) as ErrorCode[]).flatMap((code) => [
    { type: 'error', code, about: fixedRef, retryMs: 11 },
    { type: 'error', code, about: null, retryMs: 0 }
  ]),
  unknown: [{ ...fixedRef, type: 'unknown', outbox, n: 12 }],
  differs: [{ ...fixedRef, type: 'differs' }]
}

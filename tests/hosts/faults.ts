// Deployments that do one thing wrong, and the line by which that is found.
import { paths } from '../../sync-api/protocol/http'
import type { Entry, ServerMessage } from '../../sync-api/protocol/messages'
import type { Area } from '../../sync-api/hosts/verify/options'
import { createDevice } from '../wire/device'
import type { Fault, Reply } from './front'

type Planted = {
  /** Ends the sentence "a deployment that". */
  readonly what: string
  readonly area: Area
  /** A new one each time: some remember. */
  readonly fault: (relay: string) => Fault
  /** What the line of the failed check holds. */
  readonly line: string
  readonly args?: readonly string[]
}

/** Changes the entries that a pull gives. */
const pulled = (change: (entries: readonly Entry[]) => readonly Entry[]): Fault => ({
  told: (message) =>
    message.type === 'catch-up' ? [{ ...message, entries: change(message.entries) }] : [message]
})

/** Tells no message of a type. */
const without = (type: ServerMessage['type']): Fault => ({
  told: (message) => (message.type === type ? [] : [message])
})

/** Changes the answers to calls of a path. */
const answering = (path: RegExp, change: (reply: Reply) => Reply): Fault => ({
  async call(call, pass) {
    const reply = await pass(call)
    return path.test(call.path) ? change(reply) : reply
  }
})

/** Acknowledges pushes itself and keeps them from the relay. */
const swallowing = (which: (n: number) => boolean): Fault => ({
  said(message, answer) {
    if (message.type !== 'push' || !which(message.n)) return message
    const { document, channel, outbox, n } = message
    const nowhere = new Uint8Array(0)
    answer({ type: 'ack', document, channel, outbox, n, from: nowhere, to: nowhere })
    return null
  }
})

const withoutHeader =
  (name: string) =>
  (reply: Reply): Reply => {
    const { [name]: _, ...headers } = reply.headers
    return { ...reply, headers }
  }

const page = { status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from('<p>') }

export const faults: readonly Planted[] = [
  {
    what: 'cannot store',
    area: 'reach',
    fault: () =>
      answering(/^\/healthz/, () => ({
        status: 503,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from('{"status":"read-only","reason":"The table is gone."}')
      })),
    line: '/healthz says that all is well: answered 503: The table is gone.'
  },
  {
    what: 'answers the page where the API says no',
    area: 'reach',
    fault: () => answering(/^\/api\/none/, () => page),
    line: 'the API itself answers under /api, also at a path that it has not: answered 200, not 404'
  },
  {
    what: 'sends no Content-Security-Policy',
    area: 'reach',
    fault: () => answering(/^\/$/, withoutHeader('content-security-policy')),
    line: 'the app’s page tells browsers what not to do: no Content-Security-Policy'
  },
  {
    what: 'has its service worker cached',
    area: 'reach',
    fault: () =>
      answering(/^\/sw\.js/, (reply) => ({
        ...reply,
        headers: { ...reply.headers, 'cache-control': 'public, max-age=86400' }
      })),
    line: 'the service worker is there, and asked for again each time: Cache-Control says'
  },
  {
    what: 'welcomes whoever knocks',
    area: 'tickets',
    fault: (relay) => ({ ticket: () => anybody(relay) }),
    line: 'a ticket signed by another key opens nothing: a socket was welcomed'
  },
  {
    what: 'takes a forged ticket for calls',
    area: 'tickets',
    fault: (relay) => ({
      async call(call, pass) {
        if (call.path !== paths.devices) return pass(call)
        const authorization = `Bearer ${await anybody(relay)}`
        return pass({ ...call, headers: { ...call.headers, authorization } })
      }
    }),
    line: 'a ticket made to last longer opens nothing: a call was answered 200'
  },
  {
    what: 'can be called behind its edge',
    area: 'tickets',
    fault: () => ({}),
    line: 'straight is turned away: a call was answered 200',
    args: ['--behind', '<itself>']
  },
  {
    what: 'does not echo the subprotocol',
    area: 'tickets',
    fault: () => ({ subprotocol: false }),
    line: 'the answer to the handshake names no subprotocol; it must echo "meridian.1"'
  },
  {
    what: 'does not open sockets',
    area: 'tickets',
    fault: () => ({ ticket: () => Promise.resolve(null) }),
    line: 'the handshake was answered 401'
  },
  {
    what: 'speaks another language',
    area: 'wire',
    fault: () => ({ told: () => ['{"type":"welcome"}'] }),
    line: 'a hello is welcomed, and nothing comes before: the relay sent what is not of the protocol'
  },
  {
    what: 'steers the terminal of who looks',
    area: 'regions',
    fault: () => ({
      told: (message) =>
        message.type === 'welcome' ? [{ ...message, region: '\u001b[2J' }] : [message]
    }),
    args: ['--regions', 'near,far'],
    line: 'near welcomes, and knows the document: the region " [2J" welcomes'
  },
  {
    what: 'answers no push',
    area: 'wire',
    fault: () => without('ack'),
    line: 'a push is acknowledged: no answer to push 1 within 5 s'
  },
  {
    what: 'drops an entry on its way to others',
    area: 'wire',
    fault: () => without('entry'),
    line: 'an entry reaches the other person, byte for byte: no entry within 5 s'
  },
  {
    what: 'changes an entry on its way',
    area: 'wire',
    fault: () => ({
      told: (message) =>
        message.type === 'entry'
          ? [{ ...message, entries: message.entries.map(spoilt) }]
          : [message]
    }),
    line: 'byte for byte: the bytes told are not the bytes pushed'
  },
  {
    what: 'echoes an entry to who wrote it',
    area: 'wire',
    fault: () => {
      return {
        told: (message) =>
          message.type === 'ack' ? [message, { ...message, type: 'entry', entries: [] }] : [message]
      }
    },
    line: 'who wrote an entry is not told of it: the own entry came'
  },
  {
    what: 'gives an entry twice',
    area: 'wire',
    fault: () => pulled((entries) => [...entries, ...entries.slice(0, 1)]),
    line: 'a pull gives all of it, each once and in order: entry 1 comes twice'
  },
  {
    what: 'gives entries out of order',
    area: 'durability',
    fault: () => pulled((entries) => entries.toReversed()),
    line: 'what was acknowledged is there exactly once, over the socket: entry'
  },
  {
    what: 'takes a cursor of nowhere for the end',
    area: 'wire',
    fault: () => ({
      told: (message) =>
        message.type === 'resync'
          ? [
              {
                ...message,
                type: 'catch-up',
                ...endOf(),
                more: false,
                overHttp: false,
                entries: []
              }
            ]
          : [message]
    }),
    line: 'a cursor of nowhere is answered resync: it was answered catch-up'
  },
  {
    what: 'keeps presence for ever',
    area: 'wire',
    fault: () => ({
      told: (message) =>
        message.type === 'awareness' && message.people.some(({ state }) => state === null)
          ? []
          : [message]
    }),
    line: 'presence ends with its connection: no awareness within 5 s'
  },
  {
    what: 'finds no copy different',
    area: 'wire',
    fault: () => without('differs'),
    line: 'another digest is answered "differs": nothing was said'
  },
  {
    what: 'acknowledges what a viewer pushes',
    area: 'rights',
    fault: () => ({
      told: (message) =>
        message.type === 'refused' ? [{ ...message, type: 'ack', ...endOf() }] : [message]
    }),
    line: 'push is refused, over the socket and over HTTP: it was answered ack, not refused'
  },
  {
    what: 'tells nobody that a link was withdrawn',
    area: 'rights',
    fault: () => without('role-changed'),
    line: 'a withdrawn link is told to who is connected: no role-changed within 5 s'
  },
  {
    what: 'answers 200 to a bad body',
    area: 'sizes',
    fault: () =>
      answering(/^\/api\/tickets/, (reply) =>
        reply.status === 400 ? { ...page, status: 200 } : reply
      ),
    line: 'a body that is no JSON is refused: it was answered 200'
  },
  {
    what: 'acknowledges and forgets everything from a push on',
    area: 'durability',
    fault: () => swallowing((n) => n >= 30),
    line: 'what was acknowledged is there exactly once, over the socket: 31 of 60 are not there: 30, 31, 32, 33, 34, …'
  },
  {
    what: 'acknowledges and forgets the last push alone',
    area: 'durability',
    fault: () => swallowing((n) => n === 60),
    line: 'what was acknowledged is there exactly once, over the socket: 1 of 60 are not there: 60'
  },
  {
    what: 'acknowledges and forgets one push in between',
    area: 'durability',
    fault: () => swallowing((n) => n === 20),
    line: 'without a goodbye are acknowledged: it has 19 pushes after it acknowledged 20'
  },
  {
    what: 'is slower than its target',
    area: 'latency',
    fault: () => ({ lateMs: () => 100 }),
    line: 'an edit to its acknowledgement in the region takes less than 50 ms at the median: it takes',
    args: ['--strict']
  },
  {
    what: 'keeps one region from what is written in the other',
    area: 'regions',
    fault: () => ({
      told: (message, region) => {
        if (message.type === 'welcome') return [{ ...message, region }]
        if (region !== 'far') return [message]
        if (message.type === 'catch-up') return [{ ...message, entries: [] }]
        return message.type === 'entry' ? [] : [message]
      }
    }),
    args: ['--regions', 'near,far'],
    line: 'what is written in near is read in far: it is not there, also after 5 s'
  },
  {
    what: 'leads to another region than was asked for',
    area: 'regions',
    fault: () => ({
      told: (message) => (message.type === 'welcome' ? [{ ...message, region: 'near' }] : [message])
    }),
    args: ['--regions', 'near,far'],
    line: 'far welcomes, and knows the document: the region "near" welcomes at the address of far'
  }
]

/** A good ticket of somebody. */
async function anybody(relay: string): Promise<string> {
  return (await createDevice(relay)).ticket()
}

function endOf(): { readonly from: Uint8Array; readonly to: Uint8Array } {
  return { from: new Uint8Array(0), to: new Uint8Array(0) }
}

function spoilt(entry: Entry): Entry {
  const update = entry.update.slice()
  update[update.length - 2]! ^= 1
  return { ...entry, update }
}

// Deployments that do one thing wrong with what is said and stored, and the line by which that is found.
import {
  answering,
  endOf,
  page,
  pulled,
  pulledOverHttp,
  spoilt,
  swallowing,
  without,
  type Planted
} from './planting'

export const innerFaults: readonly Planted[] = [
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
    what: 'folds a log and loses the checkpoint',
    area: 'durability',
    fault: () => pulledOverHttp((entries) => entries.filter(({ n }) => n > 0)),
    line: 'a long log is one document all the time: '
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

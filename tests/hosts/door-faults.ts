// Deployments that are reached or entered wrongly, and the line by which that is found.
import { paths } from '../../sync-api/protocol/http'
import { anybody, answering, page, withoutHeader, type Planted } from './planting'

export const doorFaults: readonly Planted[] = [
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
    what: 'compresses nothing',
    area: 'reach',
    fault: () => ({
      call: (call, pass) =>
        pass({ ...call, headers: { ...call.headers, 'accept-encoding': 'identity' } })
    }),
    line: 'compressed, and kept for ever: it comes uncompressed, also after 5 s'
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
  }
]

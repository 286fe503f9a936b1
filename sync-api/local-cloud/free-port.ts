// Ports of this machine that nobody listens on.
import { createServer } from 'node:net'

/** A free port of 127.0.0.1. Somebody else may take it before it is used: then try another. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error('No port was given')
      server.close(() => resolve(address.port))
    })
  })
}

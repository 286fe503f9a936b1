// The floor's protocol: length and update, nothing else.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import type { Dialect } from '../dialect'
import { openSocket, randomClientId } from './socket'

export const floor: Dialect = {
  acknowledges: false,
  admit: async () => {},
  prepare: async () => {},
  open: async (origin, document, _person, ears) => {
    let enter = (): void => {}
    const entered = new Promise<void>((resolve) => (enter = resolve))
    const url = `${origin.replace('http', 'ws')}/${document.id}`
    const socket = await openSocket(url, [], (data) => {
      if (typeof data === 'string') throw new Error('The floor speaks binary')
      if (data.length === 0) return enter()
      const input = decoding.createDecoder(data)
      while (decoding.hasContent(input)) ears.update(decoding.readVarUint8Array(input))
    })
    await entered
    return {
      client: {
        clientId: randomClientId(),
        push: (update) =>
          socket.send(encoding.encode((out) => encoding.writeVarUint8Array(out, update))),
        close: () => socket.close()
      },
      updates: [],
      bytes: socket.bytes
    }
  }
}

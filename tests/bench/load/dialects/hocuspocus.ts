// Hocuspocus' protocol as its provider speaks it: token, both sync steps, updates, SyncStatus.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import type { Dialect } from '../dialect'
import { heartbeatMs } from '../../../../sync-api/protocol/limits'
import { openSocket, randomClientId } from './socket'

const types = { sync: 0, awareness: 1, auth: 2, queryAwareness: 3, syncReply: 4, syncStatus: 8 }
const steps = { one: 0, two: 1, update: 2 }
const emptyStateVector = new Uint8Array([0])
const emptyUpdate = new Uint8Array([0, 0])

export const hocuspocus: Dialect = {
  acknowledges: true,
  admit: async () => {},
  prepare: async () => {},
  open: async (origin, document, _person, ears) => {
    const updates: Uint8Array[] = []
    let acknowledged = 0
    let ready = false
    let finish = (): void => {}
    const finished = new Promise<void>((resolve) => (finish = resolve))
    const say = (type: number, write: (out: encoding.Encoder) => void): void =>
      socket.send(
        encoding.encode((out) => {
          encoding.writeVarString(out, document.id)
          encoding.writeVarUint(out, type)
          write(out)
        })
      )
    const sync = (step: number, bytes: Uint8Array): void =>
      say(types.sync, (out) => {
        encoding.writeVarUint(out, step)
        encoding.writeVarUint8Array(out, bytes)
      })
    const hearSync = (input: decoding.Decoder): void => {
      const step = decoding.readVarUint(input)
      if (step === steps.one) return sync(steps.two, emptyUpdate)
      const update = decoding.readVarUint8Array(input)
      if (ready) ears.update(update)
      else updates.push(update)
    }
    const hear = (data: Uint8Array | string): void => {
      if (typeof data === 'string') throw new Error('Hocuspocus speaks binary')
      const input = decoding.createDecoder(data)
      decoding.readVarString(input)
      switch (decoding.readVarUint(input)) {
        case types.auth:
          return sync(steps.one, emptyStateVector)
        case types.sync:
        case types.syncReply:
          return hearSync(input)
        case types.syncStatus:
          // The first status answers our empty step two, which comes after all the server had.
          if (ready) return ears.acknowledged(++acknowledged)
          ready = true
          return finish()
      }
    }
    const socket = await openSocket(origin.replace('http', 'ws'), [], hear)
    say(types.auth, (out) => {
      encoding.writeVarUint(out, 0)
      encoding.writeVarString(out, 'token')
    })
    await finished
    const heartbeat = setInterval(() => say(types.queryAwareness, () => {}), heartbeatMs)
    return {
      client: {
        clientId: randomClientId(),
        push: (update) => sync(steps.update, update),
        close: async () => {
          clearInterval(heartbeat)
          await socket.close()
        }
      },
      updates,
      bytes: socket.bytes
    }
  }
}

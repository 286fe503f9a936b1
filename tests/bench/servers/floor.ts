// The floor: a relay that keeps nothing. What anything on `ws` must at least cost.
import { WebSocketServer, type WebSocket } from 'ws'

type Room = Set<Guest>
type Guest = { readonly socket: WebSocket; waiting: Uint8Array[] }

const rooms = new Map<string, Room>()
const dirty = new Set<Guest>()

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The floor has no port')
  process.stdout.write(`http://127.0.0.1:${address.port}\n`)
})

server.on('connection', (socket, request) => {
  const name = request.url ?? '/'
  const room = rooms.get(name) ?? new Set<Guest>()
  rooms.set(name, room)
  const guest: Guest = { socket, waiting: [] }
  room.add(guest)
  // One empty message tells the client that it is in.
  socket.send(new Uint8Array(0))
  socket.on('message', (data: Buffer) => relay(room, guest, data))
  socket.on('close', () => {
    room.delete(guest)
    if (room.size === 0) rooms.delete(name)
  })
})

function relay(room: Room, from: Guest, data: Uint8Array): void {
  for (const guest of room) {
    if (guest === from) continue
    guest.waiting.push(data)
    if (dirty.size === 0) setImmediate(flush)
    dirty.add(guest)
  }
}

/** One write per socket and turn. Messages bring their own length, so joining them is enough. */
function flush(): void {
  for (const guest of dirty) {
    const [first] = guest.waiting
    const bytes = guest.waiting.length === 1 && first ? first : Buffer.concat(guest.waiting)
    guest.waiting = []
    guest.socket.send(bytes)
  }
  dirty.clear()
}

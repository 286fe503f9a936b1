// One environment's way to the region's Redis: bytes pass as they are, commands are counted as calls.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Calls, OpenCall } from './calls'
import type { Outlet } from './http-outlet'

/** What a client sends by a timer of its own; a frozen one would send it when it is thawed. */
const housekeeping = /^(auth|client|cluster|command|hello|info|ping|quit|readonly|select)$/i

/** Opens a way to the Redis at `target`, a redis URL. */
export async function openRedisOutlet(target: string, calls: Calls): Promise<Outlet> {
  const url = new URL(target)
  const targetPort = Number(url.port || 6379)
  const sockets = new Set<Socket>()
  let ownPort = 0
  const server = createServer((inner) => {
    const outer = connect(targetPort, url.hostname)
    for (const socket of [inner, outer]) {
      sockets.add(socket)
      // What either dies of, the other is told by its end.
      socket.on('error', () => socket.destroy())
    }
    join(inner, outer, calls, { own: () => ownPort, target: targetPort })
    inner.on('close', () => sockets.delete(inner) && outer.destroy())
    outer.on('close', () => sockets.delete(outer) && inner.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port was given')
  ownPort = address.port
  url.hostname = '127.0.0.1'
  url.port = String(ownPort)
  return {
    address: url.href,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    }
  }
}

type Ports = { own(): number; readonly target: number }

function join(inner: Socket, outer: Socket, calls: Calls, ports: Ports): void {
  let open: OpenCall[] = []
  let asksForNodes = false
  let order = Promise.resolve()

  const forward = async (bytes: Buffer): Promise<void> => {
    const commands = commandsOf(bytes)
    const counted = commands.filter((command) => !housekeeping.test(command))
    if (commands.some((command) => /^cluster$/i.test(command))) asksForNodes = true
    if (counted.length > 0) {
      const call = calls.begin(counted.join(' '))
      if (!(await call.leaves)) return void inner.destroy()
      open.push(call)
    }
    outer.write(bytes)
  }

  // In their order, also while a frozen one is held.
  inner.on('data', (bytes: Buffer) => {
    order = order.then(() => forward(bytes))
  })
  outer.on('data', (bytes: Buffer) => {
    const answered = open
    open = []
    if (answered.some((call) => !call.answered())) return void inner.destroy()
    inner.write(asksForNodes ? withPort(bytes, ports) : bytes)
  })
}

/** The names of the commands that begin in these bytes. */
function commandsOf(bytes: Buffer): string[] {
  const text = bytes.toString('latin1')
  return [...text.matchAll(/\*\d+\r\n\$\d+\r\n([A-Za-z]+)\r\n/g)].map((match) => match[1] ?? '')
}

/** A cluster tells its clients where its nodes are: they shall come back by this way. */
function withPort(bytes: Buffer, ports: Ports): Buffer {
  const text = bytes.toString('latin1')
  const told = text.replaceAll(`:${ports.target}\r\n`, `:${ports.own()}\r\n`)
  return Buffer.from(told, 'latin1')
}

// People who have a document open and do nothing: what each costs in memory, and what coming costs.
import type { Running } from '../contestants'
import { targetOf, type Stage } from '../stage'
import { figureOf, type Row } from './row'

export const idleRow: Row = {
  name: 'idle',
  title: '2,000 idle connections, each to a 20 KB document of its own',
  play: async (stage) => {
    const played = []
    for (const name of stage.settings.servers) {
      // One server at a time: memory is compared, and the others' would only be in the way.
      played.push(await stage.withServers([name], async ([server]) => await play(stage, server)))
    }
    return [
      await figureOf(
        'own memory of the server, KB a connection',
        1,
        played,
        (one) => one.own / 1024
      ),
      await figureOf(
        'with mapped files, KB a connection',
        1,
        played,
        (one) => one.withFiles / 1024
      ),
      await figureOf('server CPU, ms a connection', 2, played, (one) => one.cpuSeconds * 1000),
      await figureOf('own memory before, MB', 0, played, (one) => one.before.own / 1024 ** 2)
    ]
  }
}

async function play(stage: Stage, first: Running | undefined) {
  if (first === undefined) throw new Error('The server is missing')
  const { idleConnections, idleDocumentBytes } = stage.settings
  const keeps = first.name !== 'floor'
  const documents = await stage.generator.fill(targetOf(first), idleConnections, idleDocumentBytes)
  const server = await stage.restart(first, keeps ? 'stop' : 'kill')
  await stage.generator.prepare(targetOf(server), documents)
  const before = await server.settledMemory()
  const cpuBefore = server.cpuSeconds()
  const connections = await stage.generator.connect(targetOf(server), documents)
  const cpuSeconds = (server.cpuSeconds() - cpuBefore) / idleConnections
  const after = await server.settledMemory()
  const own = (after.own - before.own) / idleConnections
  const withFiles = (after.withFiles - before.withFiles) / idleConnections
  await stage.generator.disconnect(connections)
  return { name: server.name, before, own, withFiles, cpuSeconds }
}

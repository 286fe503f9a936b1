// kill -9 shortly after the last key: what was acknowledged must still be there.
import type { Running } from '../contestants'
import { targetOf, type Stage } from '../stage'
import { figureOf, type Row } from './row'

export const killRow: Row = {
  name: 'kill',
  title: 'Acknowledged edits lost when the server is killed (-9) 50 ms after the last key',
  play: async (stage) => {
    const played = await stage.withServers(stage.keepers, async (servers) => {
      const all = []
      for (const server of servers) all.push(await play(stage, server))
      return all
    })
    return [
      await figureOf('acknowledged', 0, played, (one) => one.acknowledged),
      await figureOf('acknowledged and lost', 0, played, (one) => one.lost)
    ]
  }
}

async function play(stage: Stage, first: Running) {
  let server = first
  let acknowledged = 0
  let lost = 0
  for (let kill = 0; kill < stage.settings.kills; kill++) {
    const burst = await stage.generator.burst(targetOf(server), stage.settings.killKeys)
    server = await stage.restart(server, 'kill')
    const kept = await stage.generator.kept(targetOf(server), burst.documents)
    acknowledged += burst.acknowledged
    lost += Math.max(0, burst.acknowledged - kept)
  }
  return { name: server.name, acknowledged, lost }
}

// Rows in which people type: passes of the servers in turn, so that a busy minute meets them all.
import type { Running } from '../contestants'
import type { DialectName } from '../load/dialect'
import type { Typed } from '../load/group'
import { median } from '../load/meter'
import { targetOf, type Stage } from '../stage'
import type { Figure } from '../table'
import { figureOf, type Row } from './row'

type Typing = {
  readonly name: string
  readonly title: string
  readonly documents: (stage: Stage) => number
  readonly people: number
  readonly keysPerSecond: (stage: Stage) => number
  readonly typists: 'one' | 'all'
}

type Pass = Typed & { readonly cpuSeconds: number }
type Played = { readonly name: DialectName; readonly passes: readonly Pass[] }

export function typingRow(typing: Typing): Row {
  return {
    name: typing.name,
    title: typing.title,
    play: (stage) =>
      stage.withServers(stage.settings.servers, (servers) => play(stage, typing, servers))
  }
}

async function play(
  stage: Stage,
  typing: Typing,
  servers: readonly Running[]
): Promise<readonly Figure[]> {
  const seats: { server: Running; group: number; passes: Pass[] }[] = []
  for (const server of servers) {
    const documents = typing.documents(stage)
    const group = await stage.generator.openGroup(targetOf(server), documents, typing.people)
    seats.push({ server, group, passes: [] })
  }
  const type = async (server: Running, group: number, seconds: number): Promise<Pass> => {
    const before = server.cpuSeconds()
    const keys = typing.keysPerSecond(stage)
    const typed = await stage.generator.type(group, seconds, keys, typing.typists)
    // What a server puts off is its cost too, and must not fall into the pass of the next one.
    await server.quiet()
    return { ...typed, cpuSeconds: server.cpuSeconds() - before }
  }
  // The first keys warm the compiler of both sides and are not counted.
  for (const { server, group } of seats) await type(server, group, 1)
  for (let pass = 0; pass < stage.settings.passes; pass++) {
    for (const { server, group, passes } of seats) {
      passes.push(await type(server, group, stage.settings.seconds))
    }
  }
  for (const { group } of seats) await stage.generator.closeGroup(group)
  return await figures(seats.map(({ server, passes }) => ({ name: server.name, passes })))
}

async function figures(played: readonly Played[]): Promise<readonly Figure[]> {
  const middle = (measure: string, digits: number, of: (pass: Pass) => number): Promise<Figure> =>
    figureOf(measure, digits, played, ({ passes }) => median(passes.map(of)))
  return [
    await middle('to the other screen, p50 ms', 2, (pass) => pass.arrival.p50),
    await middle('to the other screen, p99 ms', 2, (pass) => pass.arrival.p99),
    await middle('to the acknowledgement, p50 ms', 2, (pass) => pass.acknowledgement.p50),
    await middle('to the acknowledgement, p99 ms', 2, (pass) => pass.acknowledgement.p99),
    await middle(
      'server CPU, s per 10,000 deliveries',
      3,
      (pass) => (pass.cpuSeconds / pass.deliveries) * 10_000
    ),
    await middle('deliveries a pass', 0, (pass) => pass.deliveries),
    await middle('deliveries missing after 20 s', 0, (pass) => pass.missing),
    await middle("load generator's own lag, p99 ms", 2, (pass) => pass.lagMs)
  ]
}

export const typingRows: readonly Row[] = [
  typingRow({
    name: 'two-people',
    title: 'Two people in one document, each typing 20 keys a second',
    documents: () => 1,
    people: 2,
    keysPerSecond: () => 40,
    typists: 'all'
  }),
  typingRow({
    name: 'one-of-hundred',
    title: '100 people in one document, one types 20 keys a second',
    documents: () => 1,
    people: 100,
    keysPerSecond: () => 20,
    typists: 'one'
  }),
  typingRow({
    name: 'hundred',
    title: '100 people in one document, each types a key a second (9,900 deliveries a second)',
    documents: () => 1,
    people: 100,
    keysPerSecond: () => 100,
    typists: 'all'
  }),
  typingRow({
    name: 'many-documents',
    title: '500 documents with two people each, 2,000 keys a second altogether',
    documents: (stage) => stage.settings.manyDocuments,
    people: 2,
    keysPerSecond: (stage) => stage.settings.manyKeysPerSecond,
    typists: 'all'
  })
]

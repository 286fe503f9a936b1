// Kills a host again and again at random moments of its work, and looks each time at what it kept.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { checkpointOutbox } from '../../sync-api/core/catch-up'
import { unfoldedEntriesAtRestMax } from '../../sync-api/core/limits'
import { runTool, startHost, type TestHost } from '../host'
import { createChance, type Chance } from '../simulation/chance'
import { beginning, shareDocument, subscribeTo, type SharedDocument } from '../wire/bed'
import { connect } from '../wire/client'
import { pullAll } from '../wire/pulling'
import type { Entry } from '../../sync-api/protocol/messages'
import { createWriters, wrongWords, type WordWriter } from './word-writer'

const writersPerDocument = 4

/** Kills that one document outlives: a longer one makes looking at it the slowest part. */
const killsPerDocument = 15

/** One kill in so many comes while a backup is taken. */
const killsPerBackup = 10

/** Acknowledgements after which a kill comes, at most; often it comes sooner, also before the first. */
const acksMax = 800

/** Entries outside the checkpoint at which a fold is waited for. */
const foldsAwaitedFrom = 600

export type Killing = {
  readonly folder: string
  readonly kills: number
  readonly seed: number
  /** The folder of another build than this release's. */
  readonly build?: string
}

export type Killed = {
  /** Everything found wrong, in words. */
  readonly lost: readonly string[]
  /** Checkpoints seen, and backups that were complete although the host died meanwhile. */
  readonly folds: number
  readonly backups: number
  /** In one line, for people. */
  readonly report: string
}

type Written = {
  readonly shared: SharedDocument
  readonly writers: readonly WordWriter[]
  /** Entries outside the checkpoint when it was last looked at. */
  unfolded: number
}

type Tally = {
  kills: number
  acked: number
  folds: number
  cutFolds: number
  backups: number
  lost: string[]
}

/** Ends early when it found something wrong: what comes after that would follow from it. */
export async function startKilling(killing: Killing): Promise<Killed> {
  const { folder, kills, seed, build } = killing
  const data = join(folder, 'data')
  const host = await startHost({ data, ...(build === undefined ? {} : { build }) })
  const tally: Tally = { kills: 0, acked: 0, folds: 0, cutFolds: 0, backups: 0, lost: [] }
  try {
    await killAgainAndAgain(host, killing, tally)
  } catch (cause) {
    tally.lost.push(`after ${tally.kills} kills (seed ${seed}): ${String(cause)}`)
  } finally {
    await host.stop()
  }
  const verified = await runTool('verify', [data])
  if (verified.code !== 0) tally.lost.push(`verify: ${verified.output}`)
  const { lost, folds, backups, acked, cutFolds } = tally
  const report =
    `${tally.kills} of ${kills} kills (seed ${seed}): ${acked} acknowledged, ${lost.length} wrong, ${folds} folds ` +
    `done and ${cutFolds} cut short, ${backups} backups whole; ${verified.output.trim()}`
  return { lost, folds, backups, report }
}

async function killAgainAndAgain(
  host: TestHost,
  { folder, kills, seed, build }: Killing,
  tally: Tally
): Promise<void> {
  const chance = createChance(seed)
  const all: Written[] = []
  while (tally.kills < kills && tally.lost.length === 0) {
    if (all.length * killsPerDocument === tally.kills) all.push(await beginDocument(host))
    const current = all.at(-1)!
    tally.kills += 1
    if (tally.kills % killsPerBackup === 0) {
      const target = join(folder, `backup-${tally.kills}`)
      tally.lost.push(...(await killInBackup(host, current, chance, target, tally)))
    } else {
      await killWhileWriting(host, current, chance)
    }
    await host.restart(build)
    tally.lost.push(...(await look(host, current, tally)))
  }
  for (const written of all) {
    tally.lost.push(...(await look(host, written, tally)))
    for (const { acked } of written.writers) tally.acked += acked()
  }
}

async function beginDocument(host: TestHost): Promise<Written> {
  const shared = await shareDocument(host.url)
  return { shared, writers: createWriters(shared, writersPerDocument), unfolded: 0 }
}

/** Writes and kills after a random number of acknowledgements; resolves when all is over. */
async function killWhileWriting(host: TestHost, written: Written, chance: Chance): Promise<void> {
  // Often in the midst of a fold that the look before began, or before the first word is stored.
  const after = chance.below(chance.pick([1, 60, acksMax]))
  await writeUntil(host, written, (acks) => acks >= after)
}

/** Resolves when `isTime` said so of the acknowledgements until then, and the host is dead. */
async function writeUntil(
  host: TestHost,
  { shared, writers }: Written,
  isTime: (acks: number) => boolean
): Promise<void> {
  let acks = 0
  const exits: Promise<number | null>[] = []
  const look = (): void => {
    if (exits.length === 0 && isTime(acks)) exits.push(host.kill('SIGKILL'))
  }
  const ticket = await shared.owner.ticket()
  const writing = writers.map((writer) =>
    writer.writeUntilCut(host.url, ticket, () => {
      acks += 1
      look()
    })
  )
  look()
  await Promise.all(writing)
  await Promise.all(exits)
}

/**
 * Kills the host while a backup is taken of it. A backup that says it is whole is not damaged; one that
 * is not whole says so in a sentence.
 */
async function killInBackup(
  host: TestHost,
  written: Written,
  chance: Chance,
  target: string,
  tally: Tally
): Promise<readonly string[]> {
  let backup: ReturnType<typeof runTool> | null = null
  const after = chance.below(acksMax)
  await writeUntil(host, written, (acks) => {
    // It takes about as long to start as some hundred acknowledgements.
    backup ??= runTool('backup', ['--data', host.data, target])
    return acks >= after
  })
  const { code, output } = await backup!
  if (code !== 0) return output.includes('    at ') ? [`a backup failed with ${output}`] : []
  tally.backups += 1
  const verified = await runTool('verify', [target])
  await rm(target, { recursive: true })
  return verified.code === 0 ? [] : [`a backup that was called whole: ${verified.output}`]
}

/** Reads the document and says what is wrong with it; then a newcomer opens it and sets off a fold. */
async function look(host: TestHost, written: Written, tally: Tally): Promise<readonly string[]> {
  const { shared, writers } = written
  const { entries } = await pullAll(shared)
  const unfolded = unfoldedOf(entries)
  const wasDue = written.unfolded >= unfoldedEntriesAtRestMax
  if (unfolded < written.unfolded) tally.folds += 1
  else if (wasDue) tally.cutFolds += 1
  written.unfolded = unfolded
  const newcomer = await connect(host.url, await shared.owner.ticket(), { coat: 'binary' })
  newcomer.say(subscribeTo(shared.document), { type: 'pull', ...shared.content, cursor: beginning })
  await newcomer.hear('catch-up')
  await newcomer.close()
  // Most are cut short by the kill; some have to come to their end, or nothing is ever folded.
  if (unfolded >= foldsAwaitedFrom) await untilFolded(shared)
  return wrongWords(
    entries.map(({ update }) => update),
    writers
  )
}

async function untilFolded(shared: SharedDocument): Promise<void> {
  while (unfoldedOf((await pullAll(shared)).entries) >= foldsAwaitedFrom);
}

function unfoldedOf(entries: readonly Entry[]): number {
  return entries.filter(({ outbox }) => outbox !== checkpointOutbox).length
}

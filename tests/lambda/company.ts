// People with a document in several regions, whose connections come again when they were lost.
import { checkAll } from '../../sync-api/hosts/verify/content'
import type { Person } from '../../sync-api/hosts/verify/person'
import { Wrong } from '../../sync-api/hosts/verify/report'
import { connect, type Connection } from '../../sync-api/hosts/verify/socket'
import { pullAll, pushed, subscribe } from '../../sync-api/hosts/verify/talking'
import { until, type Place, type Visit } from '../../sync-api/hosts/verify/visit'
import { startWriting, type Writing } from '../../sync-api/hosts/verify/writing'
import type { Push } from '../../sync-api/protocol/messages'
import { east, west } from './bed'

/** What it does again and again until it goes through; the first time it may fail in any way. */
export async function again<T>(run: () => Promise<T>): Promise<T> {
  for (let left = 3; ; left--) {
    try {
      return await run()
    } catch (cause) {
      if (!(cause instanceof Wrong) || left === 0) throw cause
    }
  }
}

/** A person's connection that comes again when it was lost. */
export type Line = {
  readonly person: Person
  push(push: Push): Promise<void>
  /** The connection at this moment. */
  now(): Connection
  anew(): Promise<Connection>
}

export async function lineTo(
  { target }: Visit,
  region: string,
  person: Person,
  { content }: Place
): Promise<Line> {
  const open = async (): Promise<Connection> => {
    const socket = await connect(target, person, region)
    const { role } = await subscribe(socket, content)
    if (role === null) throw new Wrong('it is not let in')
    return socket
  }
  let connection = await again(open)
  const anew = async (): Promise<Connection> => {
    connection.cut()
    connection = await again(open)
    return connection
  }
  return {
    person,
    now: () => connection,
    anew,
    push: (push) =>
      again(async () => {
        try {
          await pushed(connection, push)
        } catch (cause) {
          await anew()
          throw cause
        }
      })
  }
}

export type Company = {
  readonly place: Place
  readonly author: Line
  readonly near: Line
  readonly far: Line
  readonly writing: Writing
  readonly pushes: Push[]
}

/** Somebody who writes in the east, and a reader in each region. */
export async function companyIn(visit: Visit): Promise<Company> {
  const place = await visit.newPlace()
  const guest = async (): Promise<Person> => (await place.invite('viewer')).person
  const author = await lineTo(visit, east, place.owner, place)
  const near = await lineTo(visit, east, await guest(), place)
  const far = await lineTo(visit, west, await guest(), place)
  return { place, author, near, far, writing: startWriting(place.content, place.owner), pushes: [] }
}

/** Every region has all of it, each once; what is on its way into a region while it is read is given twice there. */
export async function expectAll(
  { place, near, far, pushes }: Company,
  text: string
): Promise<void> {
  for (const { person, now } of [near, far]) {
    await until(10_000, async () => {
      try {
        const { entries } = await pullAll(now(), person, place.content)
        checkAll(entries, pushes, text, 'any')
        return true
      } catch (cause) {
        if (cause instanceof Wrong) return cause.message
        throw cause
      }
    })
  }
}

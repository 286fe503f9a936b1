// Two people and a document: what is said between them over the socket.
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { digestUpdates } from '../../core/digest'
import { sameBytes } from '../../protocol/bytes'
import { digestBytes } from '../../protocol/digest'
import { entryZero } from '../../protocol/entry-zero'
import type { TabId } from '../../protocol/ids'
import { ticketLifetimeS } from '../../protocol/limits'
import type { Push } from '../../protocol/messages'
import { protocolVersion } from '../../protocol/version'
import { checkAll, checkKeys } from './content'
import { graceMs } from './limits'
import type { Person } from './person'
import { expect, Wrong, type Report } from './report'
import { connect, hello, openSocket, type Connection, type Socket } from './socket'
import {
  acknowledged,
  answerTo,
  answerToPull,
  hearEntry,
  pullAll,
  pullAllOverHttp,
  pushed,
  subscribe,
  wordsOf
} from './talking'
import type { Place, Visit } from './visit'
import { newId, startWriting, type Writing } from './writing'

/** Two people in one document, and what the first has written. */
type Scene = {
  readonly report: Report
  readonly place: Place
  readonly guest: Person
  readonly owner: Connection
  readonly other: Connection
  readonly writing: Writing
  /** All that was acknowledged. */
  readonly pushes: Push[]
}

export async function lookAtWire(visit: Visit): Promise<void> {
  const { report, target } = visit
  const person = await visit.newPerson()
  const socket = await report.need(
    'a hello is welcomed, and nothing comes before',
    async (add) => {
      return greet(await openSocket(target, person), person, add)
    },
    'on AWS: the log of the function "socket", and the RouteResponse of $default'
  )
  await report.check('a ping is answered', async () => {
    socket.say({ type: 'ping' })
    await socket.hear('pong')
  })
  const place = await report.need('a subscribe with its nonce makes a document', async () => {
    const { document, nonce } = visit.newDocument(person)
    const { role } = await subscribe(socket, { document, channel: 'content' }, nonce)
    expect(role === 'owner', `its maker is ${role ?? 'nobody'} in it, not the owner`)
    return visit.placeOf(person, document)
  })
  await report.check('to a stranger the document looks like one that is not there', async () => {
    const stranger = await connect(target, await visit.newPerson())
    const { role } = await subscribe(stranger, place.content)
    await stranger.close()
    expect(role === null, `a stranger is ${role} in it`)
  })
  const guest = await report.need('a second person is let in by a link', async () => {
    return (await place.invite('editor')).person
  })
  const other = await report.need(
    'the second person subscribes as what the link says',
    async () => {
      const connection = await connect(target, guest)
      const { role } = await subscribe(connection, place.content)
      expect(role === 'editor', `they are ${role ?? 'nobody'} in it, not an editor`)
      return connection
    }
  )
  const writing = startWriting(place.content, person)
  const scene: Scene = { report, place, guest, owner: socket, other, writing, pushes: [] }
  await lookAtPushing(scene)
  await lookAtPulling(scene)
  await lookAtRenewing(scene)
  await lookAtPresence(scene, visit)
  await lookAtDigests(scene)
  await Promise.all([socket.close(), other.close()])
}

async function greet(
  socket: Socket,
  person: Person,
  add: (detail: string) => void
): Promise<Connection> {
  await socket.hearNothing('a message before the hello', () => true, graceMs / 4)
  socket.say(hello)
  const first = await socket.hearAny('welcome', () => true)
  if (first.type !== 'welcome') throw new Wrong(`a hello was answered ${wordsOf(first)}`)
  const { protocol, binary, pushesInFlightMax, ticketMs, region } = first
  expect(first.person === person.id, 'the welcome is for somebody else')
  expect(protocol <= protocolVersion, `it speaks version ${protocol}, which nobody asked for`)
  expect(pushesInFlightMax >= 1, 'it says that no push may be under way')
  const most = ticketLifetimeS * 1_000
  expect(ticketMs > 0 && ticketMs <= most, `it says that the ticket lasts ${ticketMs} ms`)
  expect(socket.heard.first === 'text', 'the welcome is binary')
  if (binary) socket.sayBinary()
  add(`region ${region}`)
  add(`version ${protocol}`)
  add(binary ? 'text and binary' : 'text only')
  add(`${pushesInFlightMax} pushes in flight`)
  return { ...socket, welcome: first }
}

async function lookAtPushing(scene: Scene): Promise<void> {
  const { report, owner, other, writing, pushes } = scene
  const first = await report.need(
    'a push is acknowledged',
    async () => {
      const push = writing.push('first ')
      await pushed(owner, push)
      pushes.push(push)
      return push
    },
    'the log of the process, or of the function "socket", and whether it may write its tables'
  )
  await report.check(
    'an entry reaches the other person, byte for byte',
    async () => {
      const { receipt } = await hearEntry(other, first)
      expect(receipt !== undefined && receipt.length > 0, 'it comes without a receipt')
    },
    'on AWS: whether the function "socket" may call @connections, and its table of connections'
  )
  await report.check('who wrote an entry is not told of it', async () => {
    await owner.hearNothing('the own entry', ({ type }) => type === 'entry', graceMs)
  })
  await report.check('the same push again is acknowledged, and not told again', async () => {
    await pushed(owner, first)
    await other.hearNothing('the entry again', ({ type }) => type === 'entry', graceMs)
  })
  await report.check('a number beyond the next is answered with the gap', async () => {
    const ahead = { ...startWriting(scene.place.content, scene.place.owner).push('ahead '), n: 3 }
    owner.say({ ...ahead, outbox: writing.outbox })
    const answer = await answerTo(owner, { ...ahead, outbox: writing.outbox })
    expect(answer.type === 'gap' && answer.have === 1, `it was answered ${wordsOf(answer)}`)
  })
  await report.check('the other person writes too', async () => {
    const theirs = startWriting(scene.place.content, scene.guest).push('second ')
    await pushed(other, theirs)
    await hearEntry(owner, theirs)
    pushes.push(theirs)
  })
}

async function lookAtPulling(scene: Scene): Promise<void> {
  const { report, place, guest, owner, other, writing, pushes } = scene
  const { content } = place
  const at = await report.need('a pull gives all of it, each once and in order', async () => {
    const { entries, cursor } = await pullAll(other, guest, content)
    const kept = checkKeys(entries, pushes)
    expect(kept === pushes.length, `it gives ${kept} entries of ${pushes.length}`)
    return cursor
  })
  await report.check('a pull from a cursor gives only what came after it', async () => {
    const push = writing.push('third ')
    await pushed(owner, push)
    pushes.push(push)
    const { entries } = await pullAll(other, guest, content, at)
    checkKeys(entries, [push])
    const only = entries.length === 1 && entries[0]?.outbox === push.outbox && entries[0].n === 2
    expect(only, `it gives ${entries.length} entries`)
  })
  await report.check('a cursor of nowhere is answered resync', async () => {
    const answer = await answerToPull(other, content, randomBytes(16))
    expect(answer.type === 'resync', `it was answered ${wordsOf(answer)}`)
  })
  await report.check('a push over HTTP is acknowledged and reaches the socket', async () => {
    const push = startWriting(content, guest).push('fourth ')
    const answers = await guest.bulk(push)
    acknowledged(answers[0])
    await hearEntry(owner, push)
    pushes.push(push)
  })
  await report.check('a pull over HTTP gives the same as over the socket', async () => {
    const overHttp = await pullAllOverHttp(guest, content)
    const { entries } = await pullAll(owner, place.owner, content)
    checkKeys(overHttp.entries, pushes)
    const same = (index: number): boolean =>
      sameBytes(overHttp.entries[index]?.update ?? new Uint8Array(0), entries[index]!.update)
    expect(
      entries.length === overHttp.entries.length && entries.every((_, index) => same(index)),
      'it is something else'
    )
  })
  await report.check('after an unsubscribe nothing more comes', async () => {
    other.say({ type: 'unsubscribe', items: [content] })
    // No answer says that it was heard, and behind a gateway messages may overtake each other.
    await pause(graceMs)
    const push = writing.push('fifth ')
    await pushed(owner, push)
    pushes.push(push)
    const isThis = (outbox: string, n: number): boolean => outbox === push.outbox && n === push.n
    await other.hearNothing(
      'an entry',
      (message) =>
        message.type === 'entry' && message.entries.some(({ outbox, n }) => isThis(outbox, n)),
      graceMs
    )
  })
  await subscribe(other, content)
}

async function lookAtRenewing({ report, owner, other, place }: Scene): Promise<void> {
  await report.check('a new ticket is taken while connected', async () => {
    owner.say({ type: 'renew', ticket: await place.owner.newTicket() })
    const { ticketMs } = await owner.hear('renewed')
    expect(ticketMs > 0, `it then lasts ${ticketMs} ms`)
  })
  await report.check(
    'a ticket of somebody else is not taken while connected, and the connection stays',
    async () => {
      other.say({ type: 'renew', ticket: await place.owner.ticket() })
      const answer = await other.hearAny(
        'answer',
        ({ type }) => type === 'renewed' || type === 'error'
      )
      const refused = answer.type === 'error' && answer.code === 'ticket-invalid'
      expect(refused, `it was answered ${wordsOf(answer)}`)
      other.say({ type: 'ping' })
      await other.hear('pong')
    }
  )
}

async function lookAtPresence(scene: Scene, { target }: Visit): Promise<void> {
  const { report, place, guest, owner } = scene
  const { document, content } = place
  const tab = newId<TabId>()
  const visitor = await connect(target, guest)
  await subscribe(visitor, content)
  const state = JSON.stringify({ name: 'Verify' })
  const told = async (wanted: string | null): Promise<void> => {
    const message = await owner.hear('awareness', ({ people }) =>
      people.some((one) => one.tab === tab && one.state === wanted)
    )
    const person = message.people.find((one) => one.tab === tab)?.person
    expect(person === guest.id, 'it is told as somebody else')
  }
  const seen = await report.check('presence reaches the other person', async () => {
    visitor.say({ type: 'awareness', document, tab, state })
    await told(state)
    return true
  })
  await visitor.close()
  if (seen === null) return
  await report.check('presence ends with its connection', () => told(null))
}

/** How often a wrong digest is told until it is noticed: a relay compares only when it has time. */
const digestTries = 3

async function lookAtDigests({ report, place, owner, pushes }: Scene): Promise<void> {
  const { content } = place
  const { entries, cursor } = await pullAll(owner, place.owner, content)
  const differs = ({ type }: { readonly type: string }): boolean => type === 'differs'
  await report.check('the digest of the document as it is changes nothing', async () => {
    checkAll(entries, pushes, null)
    const digest = digestUpdates([entryZero, ...entries.map(({ update }) => update)])
    owner.say({ type: 'digest', ...content, cursor, digest })
    await owner.hearNothing('"differs"', differs, graceMs)
  })
  await report.check('another digest is answered "differs"', async () => {
    for (let left = digestTries; ; left--) {
      owner.say({ type: 'digest', ...content, cursor, digest: new Uint8Array(digestBytes) })
      const silent = await owner.hearNothing('it', differs, graceMs * 2).then(
        () => true,
        () => false
      )
      if (!silent) return
      if (left === 1) throw new Wrong('nothing was said')
    }
  })
}

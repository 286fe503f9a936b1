// Large and bad: what is too large or no message, and the largest that there may be.
import { paths } from '../../protocol/http'
import {
  bulkBytesMax,
  frameBytesMax,
  jsonBytesMax,
  pageBytesMax,
  socketUpdateBytesMax
} from '../../protocol/limits'
import { schemaVersion } from '../../protocol/version'
import { encodeClientMessage, joinFrame } from '../../protocol/codec'
import { sameBytes } from '../../protocol/bytes'
import { checkKeys, titleOf } from './content'
import { largeTextBytes } from './limits'
import { postFrame, saidBy } from './person'
import { expect, Wrong } from './report'
import { connect, hello, openSocket, type Socket } from './socket'
import {
  acknowledged,
  beginning,
  hearEntry,
  pullAll,
  pullAllOverHttp,
  pullPage,
  pushed,
  subscribe
} from './talking'
import { CutOff, jsonOf, type Answer } from './target'
import type { Place, Visit } from './visit'
import { startWriting } from './writing'

/** What its update has beside the text, bytes, at most. */
const updateHeadBytes = 64

export async function lookAtSizes(visit: Visit): Promise<void> {
  const place = await visit.report.need('a document can be made', () => visit.newPlace())
  await lookAtBadFrames(visit)
  await lookAtBodies(visit)
  await lookAtChunks(visit, place)
  await lookAtHttp(visit, await visit.newPlace())
}

async function lookAtBadFrames({ report, target, newPerson }: Visit): Promise<void> {
  const person = await newPerson()
  const bystander = await connect(target, person)
  const costsOnlyItself = async (socket: Socket, data: string | Uint8Array): Promise<void> => {
    socket.send(data)
    await socket.ended()
    bystander.say({ type: 'ping' })
    await bystander.hear('pong')
  }
  await report.check('a message that is none ends its own connection, and no other', async () => {
    await costsOnlyItself(await connect(target, person), 'hello?')
  })
  await report.check(
    'a message longer than a gateway takes ends its own connection, and no other',
    async () => {
      await costsOnlyItself(await connect(target, person), 'A'.repeat(frameBytesMax + 10_000))
    }
  )
  await report.check('anything before the hello ends its connection', async () => {
    const socket = await openSocket(target, person)
    socket.say({ type: 'ping' })
    await socket.ended()
  })
  await report.check('a second hello ends its connection', async () => {
    const socket = await connect(target, person)
    socket.say(hello)
    await socket.ended()
  })
  await report.check('a hello older than the relay speaks ends its connection', async (add) => {
    const socket = await openSocket(target, person)
    socket.say({ type: 'hello', protocol: 0, schema: schemaVersion, release: 'verify' })
    add(`closed with ${await socket.ended()}`)
  })
  await report.check('a binary hello is welcomed, or ends its own connection', async (add) => {
    const socket = await openSocket(target, person)
    socket.send(joinFrame([encodeClientMessage(hello)]))
    const welcomed = socket.hear('welcome').then(
      () => 'welcomed',
      () => null
    )
    const closed = socket.ended().then((code) => `closed with ${code}`)
    const came = await Promise.race([welcomed, closed])
    add(came ?? (await closed))
    socket.cut()
    bystander.say({ type: 'ping' })
    await bystander.hear('pong')
  })
  await bystander.close()
}

async function lookAtBodies({ report, target, newPerson }: Visit): Promise<void> {
  const person = await newPerson()
  await person.ticket()
  const tickets = (body: string): Promise<Answer> =>
    target.ask(paths.tickets, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body
    })
  await report.check('a body that is no JSON is refused', async () => {
    expectRefused(await tickets('{'), true)
  })
  await report.check('a body that lacks what it must say is refused', async () => {
    expectRefused(await tickets('{}'), true)
  })
  await report.check('a JSON body longer than such may be is refused', async () => {
    expectRefused(await tickets(`{"nonce":"${'x'.repeat(jsonBytesMax)}"}`), false)
  })
  await report.check('a frame over HTTP that is none is refused', async () => {
    expectRefused(await postFrame(target, new Uint8Array([5, 1]), person), true)
  })
  await report.check('a frame over HTTP longer than such may be is refused', async () => {
    const frame = new Uint8Array(bulkBytesMax + 1)
    const answer = await postFrame(target, frame, person).catch((failure: unknown) => {
      // A server that does not read it to its end cuts it off.
      if (failure instanceof CutOff) return null
      throw failure
    })
    if (answer !== null) expectRefused(answer, false)
  })
}

/** `named`: whether the API itself must have said why, and not something before it. */
function expectRefused(answer: Answer, named: boolean): void {
  expect(answer.status >= 400 && answer.status < 500, `it was answered ${saidBy(answer)}`)
  if (named) expect(typeof jsonOf(answer).error === 'string', 'the answer names no error')
}

async function lookAtChunks({ report, target }: Visit, place: Place): Promise<void> {
  const { content, owner } = place
  const { person: guest } = await place.invite('viewer')
  const writer = await connect(target, owner)
  const reader = await connect(target, guest)
  await subscribe(writer, content)
  await subscribe(reader, content)
  const writing = startWriting(content, owner)
  const text = 'x'.repeat(socketUpdateBytesMax - updateHeadBytes)
  const first = await report.check(
    'the largest update for a socket goes in chunks, and arrives',
    async (add) => {
      const push = writing.push(text)
      await pushed(writer, push)
      await hearEntry(reader, push)
      add(`${push.update.length} bytes`)
      return push
    }
  )
  if (first !== null) {
    await report.check(`no message longer than ${frameBytesMax} comes`, async (add) => {
      const { longest } = reader.heard
      expect(longest <= frameBytesMax, `${longest} came`)
      add(`${longest} at most`)
    })
    await report.check('more than a page is pulled in pages, each once', async (add) => {
      const second = writing.push('y'.repeat(pageBytesMax / 2))
      await pushed(writer, second)
      const { entries, pages } = await pullAll(reader, guest, content)
      const kept = checkKeys(entries, [first, second])
      const folded = entries.length > kept
      expect(folded || kept === 2, `${kept} entries of 2 came`)
      expect(folded || pages > 1, 'it came as one page')
      add(`${pages} pages`)
    })
  }
  await Promise.all([writer.close(), reader.close()])
}

async function lookAtHttp({ report, target }: Visit, place: Place): Promise<void> {
  const { content, owner } = place
  const writing = startWriting(content, owner)
  const push = writing.push('z'.repeat(largeTextBytes))
  await report.need('an update of 3 MB is acknowledged over HTTP', async () => {
    const [answer] = await owner.bulk(push)
    acknowledged(answer)
  })
  await report.check('the socket says that an update of 3 MB is to be had over HTTP', async () => {
    const reader = await connect(target, owner)
    const page = await pullPage(reader, content, beginning)
    await reader.close()
    expect(page.overHttp && page.entries.length === 0, 'it says no such thing')
  })
  await report.check('an update of 3 MB is had over HTTP, byte for byte', async () => {
    const { entries } = await pullAllOverHttp(owner, content)
    const [entry] = entries
    if (entry === undefined) throw new Wrong('nothing is there')
    // A relay may have folded it by now.
    if (entry.n === push.n) expect(sameBytes(entry.update, push.update), 'its bytes are others')
    else expect(entry.update.length >= largeTextBytes, 'it is shorter than what was pushed')
  })
  // What was deleted is left out when the log is folded: little stays behind.
  await report.check('3 MB can be deleted again', async () => {
    const erasing = writing.erase()
    acknowledged((await owner.bulk(erasing))[0])
    const { entries } = await pullAllOverHttp(owner, content)
    expect(titleOf(entries) === '', 'the text is still there')
  })
}

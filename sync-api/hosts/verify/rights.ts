// Who may not: pushes and calls that must be refused, and a link that is withdrawn under way.
import { randomBytes } from 'node:crypto'
import { paths } from '../../protocol/http'
import { toBase64Url } from '../../protocol/ids'
import type { LinkId } from '../../protocol/ids'
import { secretBytes } from '../../protocol/limits'
import type { Push, ServerMessage } from '../../protocol/messages'
import { graceMs } from './limits'
import { saidBy } from './person'
import { expect } from './report'
import { connect, type Connection } from './socket'
import { answerTo, hearEntry, pushed, subscribe, wordsOf } from './talking'
import { jsonOf } from './target'
import type { Guest, Place, Visit } from './visit'
import { newId, pushOf, startWriting } from './writing'

export async function lookAtRights(visit: Visit): Promise<void> {
  const { report, target } = visit
  const place = await report.need('a document and links to it can be made', () => visit.newPlace())
  const roles = ['viewer', 'commenter', 'editor'] as const
  const [viewer, commenter, editor] = await report.need('people come by three links', async () => {
    const guests: Guest[] = []
    for (const role of roles) guests.push(await place.invite(role))
    return [guests[0]!, guests[1]!, guests[2]!] as const
  })
  const owner = await connect(target, place.owner)
  await subscribe(owner, place.content)
  await lookAtRoles(visit, place, viewer, commenter)
  await lookAtUpdates(visit, place, editor)
  await report.check('a link with a wrong secret lets nobody in', async () => {
    const secret = toBase64Url(randomBytes(secretBytes))
    const body = { link: editor.link, secret, name: '' }
    const stranger = await visit.newPerson()
    const answer = await stranger.call('POST', paths.claims(place.document), body)
    expect(answer.status === 403 || answer.status === 404, `answered ${saidBy(answer)}`)
  })
  await report.check('who is not the owner makes no links', async () => {
    const hash = toBase64Url(randomBytes(32))
    const body = { link: newId<LinkId>(), role: 'editor', hash }
    const answer = await editor.person.call('POST', paths.links(place.document), body)
    expect(answer.status === 403 || answer.status === 404, `answered ${saidBy(answer)}`)
    expect(typeof jsonOf(answer).error === 'string', 'the answer names no error')
  })
  await lookAtWithdrawal(visit, place, owner, editor, viewer)
  await owner.close()
}

async function lookAtRoles(
  { report, target }: Visit,
  place: Place,
  { person: viewer }: Guest,
  { person: commenter }: Guest
): Promise<void> {
  const { content } = place
  const comments = { document: place.document, channel: 'comments' } as const
  await report.check('a viewer’s push is refused, over the socket and over HTTP', async () => {
    const socket = await connect(target, viewer)
    const push = startWriting(content, viewer).push('mine ')
    await expectRefused(socket, push, 'not-allowed')
    expectIsRefused((await viewer.bulk(push))[0], 'not-allowed')
    await socket.close()
  })
  await report.check(
    'a commenter’s push is refused in the text and taken as a comment',
    async () => {
      const socket = await connect(target, commenter)
      await expectRefused(socket, startWriting(content, commenter).push('mine '), 'not-allowed')
      await pushed(socket, startWriting(comments, commenter).push('a remark'))
      await socket.close()
    }
  )
}

async function lookAtUpdates(
  { report, target }: Visit,
  place: Place,
  { person: editor }: Guest
): Promise<void> {
  const { content, owner } = place
  const socket = await connect(target, editor)
  await report.check('an update under the id of another is refused', async () => {
    await expectRefused(socket, startWriting(content, owner).push('not mine '), 'invalid')
  })
  await report.check('bytes that are no update are refused', async () => {
    const update = new Uint8Array([1, 2, 3, 4, 5])
    const push = pushOf(content, { outbox: newId(), n: 1, update }, newId())
    await expectRefused(socket, push, 'invalid')
  })
  await report.check('an honest update after these is taken on the same connection', async () => {
    await pushed(socket, startWriting(content, editor).push('mine '))
  })
  await socket.close()
}

async function expectRefused(socket: Connection, push: Push, reason: string): Promise<void> {
  socket.say(push)
  expectIsRefused(await answerTo(socket, push), reason)
}

function expectIsRefused(answer: ServerMessage | undefined, reason: string): void {
  const refused = answer?.type === 'refused' && answer.reason === reason
  expect(refused, `it was answered ${wordsOf(answer)}, not refused (${reason})`)
}

async function lookAtWithdrawal(
  { report, target }: Visit,
  place: Place,
  owner: Connection,
  { person: stopped, link }: Guest,
  { person: stays }: Guest
): Promise<void> {
  const { content, document } = place
  const leaving = await connect(target, stopped)
  const staying = await connect(target, stays)
  await subscribe(leaving, content)
  await subscribe(staying, content)
  const withdrawn = await report.check('a withdrawn link is told to who is connected', async () => {
    await place.withdraw(link)
    await leaving.hear('role-changed', (told) => told.document === document && told.role === null)
    return true
  })
  if (withdrawn !== null) {
    await report.check(
      'nothing more comes to who lost their right, and it does to the others',
      async () => {
        const push = startWriting(content, place.owner).push('after ')
        await pushed(owner, push)
        await hearEntry(staying, push)
        await leaving.hearNothing('an entry', ({ type }) => type === 'entry', graceMs)
      }
    )
    await report.check('who lost their right can push and pull nothing', async () => {
      const push = startWriting(content, stopped).push('still ')
      leaving.say(push)
      const answer = await answerTo(leaving, push)
      expect(answer.type === 'refused', `a push was answered ${wordsOf(answer)}`)
      const [page] = await stopped.bulk({ type: 'pull', ...content, cursor: new Uint8Array(0) })
      const hidden = page?.type === 'error' && page.code === 'not-found'
      expect(hidden, `a pull was answered ${wordsOf(page)}`)
    })
  }
  await Promise.all([leaving.close(), staying.close()])
}

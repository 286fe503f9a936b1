// Who may do what in a document: what the owner sees and changes, and how a link is opened.
import type { Context } from 'hono'
import type { ClaimAnswer, RightsAnswer } from '../protocol/http'
import { isDocumentId, isLinkId, isPersonId, type DocumentId } from '../protocol/ids'
import type { Rights } from '../protocol/rights'
import type { Tickets } from '../core/ports'
import { Refusal } from '../core/refusal'
import type { Relay } from '../core/relay'
import {
  limitJson,
  parseClaimRequest,
  parseGrantRequest,
  parseLinkRequest,
  readJson
} from './bodies'
import { requirePerson } from './callers'
import type { Api, ApiEnv } from './env'

type Parts = { readonly relay: Pick<Relay, 'sharing'>; readonly tickets: Tickets }

export function addSharing(api: Api, { relay, tickets }: Parts): void {
  const { sharing } = relay
  api.use('/api/documents/*', requirePerson(tickets))
  api.get('/api/documents/:document/rights', async (context) => {
    const document = documentOf(context)
    return context.json(rightsAnswer(await sharing.rights(context.var.person, document)))
  })
  api.post('/api/documents/:document/links', limitJson, async (context) => {
    const document = documentOf(context)
    const { link, role, hash } = await readJson(context, parseLinkRequest)
    await sharing.makeLink(context.var.person, document, link, role, hash)
    return context.body(null, 204)
  })
  api.delete('/api/documents/:document/links/:link', async (context) => {
    const link = param(context, 'link', isLinkId)
    await sharing.withdrawLink(context.var.person, documentOf(context), link)
    return context.body(null, 204)
  })
  api.post('/api/documents/:document/claims', limitJson, async (context) => {
    const document = documentOf(context)
    const { link, secret, name } = await readJson(context, parseClaimRequest)
    const body: ClaimAnswer = {
      role: await sharing.claim(context.var.person, document, link, secret, name)
    }
    return context.json(body)
  })
  api.put('/api/documents/:document/people/:person', limitJson, async (context) => {
    const person = param(context, 'person', isPersonId)
    const { role, name } = await readJson(context, parseGrantRequest)
    await sharing.grant(context.var.person, documentOf(context), person, role, name)
    return context.body(null, 204)
  })
  api.delete('/api/documents/:document/people/:person', async (context) => {
    const person = param(context, 'person', isPersonId)
    await sharing.withdraw(context.var.person, documentOf(context), person)
    return context.body(null, 204)
  })
}

function documentOf(context: Context<ApiEnv>): DocumentId {
  return param(context, 'document', isDocumentId)
}

/** A part of the path. What has not the form of an id is answered like an unknown one. */
function param<T>(context: Context<ApiEnv>, name: string, is: (text: unknown) => text is T): T {
  const text = context.req.param(name)
  if (!is(text)) throw new Refusal('not-found')
  return text
}

/** What stands: withdrawn links and what they gave are history and left out. */
function rightsAnswer(rights: Rights): RightsAnswer {
  if (rights.owner === null) throw new Refusal('not-found')
  const links = [...rights.links].filter(([, link]) => !link.withdrawn)
  const standing = new Set(links.map(([id]) => id))
  const people = [...rights.grants].flatMap(([person, grants]) =>
    grants
      .filter((grant) => grant.link === null || standing.has(grant.link))
      .map(({ role, name, link }) => ({ person, role, name, link }))
  )
  return {
    owner: rights.owner,
    people,
    links: links.map(([link, { role, at }]) => ({ link, role, at }))
  }
}

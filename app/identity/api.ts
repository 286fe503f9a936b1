// The relay's HTTP calls as functions: sharing, devices, codes. Each throws ApiFailure with a sentence.
import {
  paths,
  type ClaimAnswer,
  type ClaimRequest,
  type CodeAnswer,
  type DevicesAnswer,
  type GrantRequest,
  type JoinAnswer,
  type JoinRequest,
  type LinkRequest,
  type RecoveryRequest,
  type RecoverRequest,
  type RightsAnswer
} from '../../sync-api/protocol/http'
import {
  isPersonId,
  type DocumentId,
  type LinkId,
  type PersonId
} from '../../sync-api/protocol/ids'
import { call, type Call, type Fetch } from './call'
import { ApiFailure } from './failure'
import type { TicketAnswer } from './ticket'

export type ApiOptions = {
  readonly fetch: Fetch
  /** Of the relay: `location.origin`. */
  readonly origin: string
  readonly ticket: (fresh: boolean) => Promise<TicketAnswer>
}

export type Api = {
  rights(document: DocumentId): Promise<RightsAnswer>
  makeLink(document: DocumentId, link: LinkRequest): Promise<void>
  withdrawLink(document: DocumentId, link: LinkId): Promise<void>
  claim(document: DocumentId, claim: ClaimRequest): Promise<ClaimAnswer>
  grant(document: DocumentId, person: PersonId, grant: GrantRequest): Promise<void>
  withdraw(document: DocumentId, person: PersonId): Promise<void>
  setRecovery(recovery: RecoveryRequest): Promise<void>
  /** Needs no ticket: the secret is the proof. */
  recover(recover: RecoverRequest): Promise<JoinAnswer>
  makeCode(): Promise<CodeAnswer>
  /** Needs no ticket: the code is the proof. */
  join(join: JoinRequest): Promise<JoinAnswer>
  devices(): Promise<DevicesAnswer>
  removeDevice(key: string): Promise<void>
}

export function createApi(options: ApiOptions): Api {
  const ask = (request: Call): Promise<unknown> => callWithTicket(options, request)
  const open = (request: Call): Promise<unknown> => call(options.fetch, options.origin, request)
  const tell = async (request: Call): Promise<void> => void (await ask(request))
  return {
    rights: async (document) =>
      answerOf<RightsAnswer>(await ask({ method: 'GET', path: paths.rights(document) })),
    makeLink: (document, body) => tell({ method: 'POST', path: paths.links(document), body }),
    withdrawLink: (document, link) => tell({ method: 'DELETE', path: paths.link(document, link) }),
    claim: async (document, body) =>
      answerOf<ClaimAnswer>(await ask({ method: 'POST', path: paths.claims(document), body })),
    grant: (document, person, body) =>
      tell({ method: 'PUT', path: paths.person(document, person), body }),
    withdraw: (document, person) =>
      tell({ method: 'DELETE', path: paths.person(document, person) }),
    setRecovery: (body) => tell({ method: 'PUT', path: paths.recovery, body }),
    recover: async (body) =>
      joinAnswerOf(await open({ method: 'POST', path: paths.recover, body })),
    makeCode: async () => answerOf<CodeAnswer>(await ask({ method: 'POST', path: paths.codes })),
    join: async (body) => joinAnswerOf(await open({ method: 'POST', path: paths.join, body })),
    devices: async () => answerOf<DevicesAnswer>(await ask({ method: 'GET', path: paths.devices })),
    removeDevice: (key) => tell({ method: 'DELETE', path: paths.device(key) })
  }
}

// A ticket may have run out on the way, or the relay's key may be new: one more try with a fresh one.
async function callWithTicket(options: ApiOptions, request: Call): Promise<unknown> {
  try {
    return await callOnce(options, request, false)
  } catch (cause) {
    const stale = cause instanceof ApiFailure && cause.code.startsWith('ticket-')
    if (!stale) throw cause
    return callOnce(options, request, true)
  }
}

async function callOnce(options: ApiOptions, request: Call, fresh: boolean): Promise<unknown> {
  const answer = await options.ticket(fresh)
  if (answer.kind === 'refused') throw new ApiFailure('ticket-invalid')
  return call(options.fetch, options.origin, { ...request, ticket: answer.ticket })
}

// The relay is ours and its answers are typed by the same contract; what may stand in for it is a
// proxy's page, which is no JSON object.
function answerOf<T extends object>(body: unknown): T {
  if (typeof body !== 'object' || body === null) throw new ApiFailure('offline')
  return body as T
}

// Which person this device becomes is too much to take on trust.
function joinAnswerOf(body: unknown): JoinAnswer {
  const { person } = answerOf<{ person?: unknown }>(body)
  if (!isPersonId(person)) throw new ApiFailure('offline')
  return { person }
}

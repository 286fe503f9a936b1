// Every bound of looking at a deployment in one place: the number, its unit and its reason.

import { unfoldedEntriesMax } from '../../core/limits'

/** How long one check waits for what shall come, s: a cold start of several functions takes a few. */
export const limitSDefault = 20

/** The same for what has to reach another region, s: replication takes seconds, a bad day a minute. */
export const regionLimitSDefault = 60

/** How long it is listened for what must not come, ms: an honest relay takes a tenth of it to say a thing. */
export const graceMs = 1_000

/** Pushes of the durability check: enough for connections to end at many different moments. */
export const updatesDefault = 200
export const updatesMax = 20_000

/** Connections that end without a goodbye while these are pushed, about and at least. */
export const cutsMin = 8

/** Acknowledgements that such a connection hears on the average, at most. */
export const lifeUsual = 25

/** Edits whose way is measured: the 99th percentile of 100 is their second largest. */
export const editsDefault = 100
export const editsMax = 10_000

/** Body of an answer, bytes: twice the largest the protocol knows. More is not read. */
export const answerBytesMax = 8 * 1024 * 1024

/** One WebSocket message of the other side, bytes: far beyond what it may send, so that this is said and not met. */
export const messageBytesMax = 4 * 1024 * 1024

/** Messages of a connection that nobody asked for yet: past it the other side talks without end. */
export const unheardMax = 100_000

/** Pages of one channel: what is written here fills a handful. */
export const pagesMax = 1_000

/** Between two looks at something that shall become so, ms. */
export const lookEveryMs = 200

/** Updates after which a log is folded, and some more. */
export const foldUpdates = unfoldedEntriesMax + 200

/** Of these, how many go in one call: a function has seconds for it. */
export const updatesPerCall = 200

/** An update that only HTTP carries, bytes of text: the largest allowed is 4 MiB. */
export const largeTextBytes = 3 * 1024 * 1024

/** What an acknowledgement in the nearest region may take at the median, ms. */
export const ackTargetMs = 50

/** What reaching another person in the same region may take at the median, ms: on one host; through API Gateway. */
export const peerTargetMs = { oneHost: 50, gateway: 100 } as const

/** Days before a certificate runs out from which on it is worth a note. */
export const certificateDaysMin = 14

/** How late a connection that must end may be found, ms: on AWS that is looked for every minute. */
export const sweepMsMax = 90_000

/** Regions that are named at once. */
export const regionsMax = 10

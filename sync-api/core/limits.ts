// Every bound of the relay's core in one place: the number, its unit and its reason.
// What binds both sides of the wire stands in protocol/limits.ts.

/** Messages of one connection held while its subscribe is being worked on. */
export const waitingMessagesMax = 2_000

/** Update bytes of one connection held while its subscribe is being worked on: a few large pastes. */
export const waitingBytesMax = 4 * 1024 * 1024

/** Pulls of one connection being read at once: a client asks for four, a burst of tabs for a few more. */
export const pullsAtOnceMax = 64

/** Pushes of one channel accepted and not yet durable, bytes: two of the largest updates. */
export const pendingBytesMax = 8 * 1024 * 1024

/** Pushes of one channel accepted and not yet durable, count: their messages stay short to encode. */
export const pendingEntriesMax = 10_000

/** When a client may come again after the storage failed or a queue was full, ms. */
export const retryMs = 1_000

/** What an entry costs beside its update in a page: outbox, number and length, bytes. */
export const entryOverheadBytes = 16

/** Documents whose rights stay in memory without a reader: about 1 KB each, so about 10 MB. */
export const rightsCachedMax = 10_000

/** Entries of one rights channel: they are read whole to know a role (at most about 2 MB). */
export const rightsEntriesMax = 10_000

/** Links of one document that stand at once: a person has to keep an overview of them. */
export const linksPerDocumentMax = 100

/** Keys that speak for one person: more devices than anybody owns. */
export const devicesPerPersonMax = 50

/** Tabs of one connection with presence in one document: one leader carries all of a browser. */
export const tabsPerDocumentMax = 50

/** Presence states of one document in memory: 4 KB each at most, so at most 4 MB. */
export const peoplePerDocumentMax = 1_000

/** Shortest time between two states of one tab that are sent on, ms: a caret at 30 frames a second. */
export const awarenessIntervalMs = 33

/** Client ids whose hash is remembered: the writers of a busy hour, about 200 bytes each. */
export const clientIdsCachedMax = 10_000

/** The name of a root, a node, a mark, an attribute, bytes: far longer than any that is used. */
export const keyBytesMax = 256

/** How deep a value may nest: `JSON.stringify` of a much deeper one overflows the stack of a reader. */
export const valueDepthMax = 32

/** Insertions of one client, characters: a book a day for a thousand years, and sums stay exact. */
export const clockMax = 2 ** 40

/** How far one update may bring one client, characters: what the largest update can spell out. */
export const clockAdvanceMax = 4 * 1024 * 1024

/**
 * What is known of channels, for checking updates, bytes in memory: some 500 of the largest documents.
 * Of others it is read again from the log, which takes some 20 ms for such a one.
 */
export const knownBytesMax = 256 * 1024 * 1024

/**
 * How long after a restore devices may give back what others wrote, ms: a quarter of a year away. In
 * this time whoever may write could also give a missing insertion another content.
 */
export const healingMsMax = 90 * 24 * 60 * 60_000

/** Unfolded entries of a channel after which it is folded: what a cold reader merges in some 10 ms. */
export const unfoldedEntriesMax = 1_000

/** Unfolded bytes of a channel after which it is folded: four pages of a cold reader. */
export const unfoldedBytesMax = 1024 * 1024

/** Unfolded entries worth a fold when nobody is left in the channel or somebody opens it cold. */
export const unfoldedEntriesAtRestMax = 100

/** Entries folded in one transaction: taking out 20,000 rows keeps writers waiting some 30 ms. */
export const foldEntriesMax = 20_000

/** Update bytes given to one fold: bounds the memory of the folding thread. */
export const foldBytesMax = 32 * 1024 * 1024

/** Bytes read at a time while a fold collects its input: keeps each turn short. */
export const foldPageBytes = 512 * 1024

/** A busy channel is folded at most this share of the time: the rest belongs to the writers. */
export const foldShareMax = 0.25

/** How long a channel whose fold failed is left alone, ms: its log is read as it is until then. */
export const foldRetryMs = 10 * 60_000

/** Channels being folded at once; the others wait for their turn. */
export const foldsAtOnceMax = 1

/** Digests of logs that are remembered: those of a busy hour, about 200 bytes each. */
export const digestsCachedMax = 10_000

/** Share of the time in which digests are made at most: each reads a whole log, and folds go before. */
export const digestShareMax = 0.25

/** Within what time clients shall come again when the relay stops, ms: spreads 10,000 over 2 s. */
export const handOverMs = 2_000

// Close codes: 4400-4499 say stop, every other one says come again.

export const closeCodes = {
  /** The relay is stopping; another one, or the same restarted, will answer. */
  goingAway: 1001,
  /** The frame was not one of ours, or too large. Coming again with the same release may help. */
  badFrame: 4500,
  /** The client does not read as fast as people write; it comes again and catches up. */
  tooSlow: 4501,
  /** Nothing heard for longer than `silenceMsMax`. */
  silent: 4502,
  /** The ticket ran out and was not renewed; come again with a fresh one. */
  ticketExpired: 4503,
  /** More than this connection may ask for. */
  overLimit: 4504,
  /** No valid ticket: without a new one there is no point in coming again. */
  noTicket: 4401,
  /** This release speaks a wire the relay no longer answers: the app must take its new release. */
  tooOld: 4410
} as const

export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes]

/** Whether a client should stop trying after this code (until something about it has changed). */
export function meansStop(code: number): boolean {
  return code >= 4400 && code <= 4499
}

// What the network side needs of the place it runs in, passed in so that tests and the simulation
// hold time, chance, the page and the socket in their hands.
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'

export type SyncClock = {
  /** ms since 1970. */
  now(): number
  /** Runs `task` once after `ms`; answers its cancelling. */
  after(ms: number, task: () => void): () => void
  /** From 0 up to 1. */
  random(): number
}

/** The page as far as syncing cares; app/browser/page-life.ts is one. */
export type Page = {
  isVisible(): boolean
  /** What the browser believes: a hint, never a proof. */
  isOnline(): boolean
  listen(listener: (event: PageEvent) => void): () => void
}

export type PageEvent = 'online' | 'offline' | 'visible' | 'hidden' | 'leaving' | 'back'

/** One WebSocket; whoever opens it hears of its frames and its end. */
export type Socket = {
  send(data: string | Uint8Array): void
  close(code: number): void
}

export type SocketEvents = {
  readonly onOpen: () => void
  readonly onFrame: (data: string | Uint8Array) => void
  /** Once, also when it never opened; 1006 when no close frame came. */
  readonly onClose: (code: number) => void
}

export type OpenSocket = (protocols: readonly string[], events: SocketEvents) => Socket

/** `fresh` asks for a ticket that was not used before. Rejects when the network fails. */
export type AskTicket = (fresh: boolean) => Promise<TicketAnswer>

export type TicketAnswer =
  | { readonly kind: 'ticket'; readonly ticket: string }
  /** The relay does not know this device: asking again will not help. */
  | { readonly kind: 'refused' }

/** Messages by HTTP and the relay's answers to them. Rejects when the call fails. */
export type Post = (messages: readonly ClientMessage[]) => Promise<readonly ServerMessage[]>

// Whether the other end still lives: a link can die without a word, and sends succeed into it.
import { heartbeatMs, silenceMsMax } from '../../sync-api/protocol/limits'
import type { SyncClock } from './surroundings'

/** How long a probe may go unanswered, ms: far longer than a slow link, shorter than patience. */
export const probeMsMax = 5_000

export type Heartbeat = {
  /** Something arrived. */
  heard(): void
  /** Asks now, and soon gives up: after a sign from outside that the link may have changed. */
  probe(): void
  stop(): void
}

/** Starts at once. `onDead` is called at most once, when nothing was heard for too long. */
export function startHeartbeat(clock: SyncClock, ping: () => void, onDead: () => void): Heartbeat {
  let heardAt = clock.now()
  let stopped = false
  let cancelPing = clock.after(heartbeatMs, beat)
  let cancelSilence = clock.after(silenceMsMax, listen)
  let cancelProbe: (() => void) | null = null

  function beat(): void {
    ping()
    cancelPing = clock.after(heartbeatMs, beat)
  }

  // Looks at the time instead of being set anew at every message, which may be hundreds a second.
  function listen(): void {
    // Set back meanwhile, the clock knows nothing of the silence: it counts from here.
    heardAt = Math.min(heardAt, clock.now())
    const silentMs = clock.now() - heardAt
    if (silentMs >= silenceMsMax) die()
    else cancelSilence = clock.after(silenceMsMax - silentMs, listen)
  }

  function die(): void {
    if (stopped) return
    stop()
    onDead()
  }

  function stop(): void {
    stopped = true
    cancelPing()
    cancelSilence()
    cancelProbe?.()
  }

  return {
    heard() {
      heardAt = clock.now()
      cancelProbe?.()
      cancelProbe = null
    },
    probe() {
      if (stopped || cancelProbe !== null) return
      cancelProbe = clock.after(probeMsMax, die)
      ping()
    },
    stop
  }
}

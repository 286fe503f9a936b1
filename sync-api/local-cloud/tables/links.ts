// How changes get from each region to each other: late, items in any order, one item's never back in time.
import type { Activity } from '../activity'
import type { LocalChance, LocalTime } from '../time'
import type { Change } from './replica'

/** One direction between two regions. */
export type Link = {
  /** Nothing arrives until `resume`; what is sent meanwhile waits. */
  pause(): void
  resume(): void
  /** Items with changes on the way. */
  waiting(): number
}

export type LinkParts = {
  readonly time: LocalTime
  readonly chance: LocalChance
  readonly activity: Activity
  /** How late the next change is, ms. */
  readonly lagMs: () => number
  /** How likely several changes of one item arrive as the last of them alone. */
  readonly coalesceShare: number
  readonly deliver: (change: Change) => Promise<'done' | 'throttled'>
}

export type OpenLink = Link & {
  send(change: Change): void
  /** What is on the way gets lost: its region is gone. */
  cut(): void
}

export function createLink(parts: LinkParts): OpenLink {
  const { time, chance, activity } = parts
  let underway = new Map<string, Change[]>()
  const due = new Map<string, () => void>()
  const held = new Set<string>()
  let isPaused = false

  function plan(id: string): void {
    due.set(
      id,
      time.after(parts.lagMs(), () => {
        due.delete(id)
        if (isPaused) held.add(id)
        else void activity.run(() => arrive(id, underway))
      })
    )
  }

  async function arrive(id: string, of: Map<string, Change[]>): Promise<void> {
    const changes = of.get(id)
    const change = changes?.shift()
    if (changes === undefined || change === undefined) return
    const done = await parts.deliver(change)
    // Cut meanwhile.
    if (of !== underway) return
    if (done === 'throttled') changes.unshift(change)
    if (changes.length > 0) plan(id)
    else underway.delete(id)
  }

  return {
    send(change) {
      const id = JSON.stringify([change.table, change.id])
      const waiting = underway.get(id)
      if (waiting === undefined) {
        underway.set(id, [change])
        plan(id)
      } else if (waiting.length > 0 && chance() < parts.coalesceShare) {
        waiting[waiting.length - 1] = change
      } else waiting.push(change)
    },
    cut() {
      for (const cancel of due.values()) cancel()
      due.clear()
      held.clear()
      underway = new Map()
    },
    pause() {
      isPaused = true
    },
    resume() {
      isPaused = false
      for (const id of held) plan(id)
      held.clear()
    },
    waiting: () => underway.size
  }
}

// Deletion by TTL: late, and only of what expired in the last five years.
import type { Activity } from '../activity'
import { isObject } from '../json-server'
import type { LocalTime } from '../time'
import type { Item } from './items'
import { expiredMsMax } from './limits'

export type Expiry = {
  /** The item changed: what was planned for it before is void. */
  set(id: string, key: Item, image: Item | null): void
  isDue(image: Item): boolean
  stop(): void
}

/** Calls `expire` for a key some time (`lateMs`) after the second that its item's `attribute` names. */
export function createExpiry(
  attribute: string | null,
  time: LocalTime,
  activity: Activity,
  lateMs: () => number,
  expire: (key: Item) => Promise<void>
): Expiry {
  const planned = new Map<string, () => void>()

  /** ms since 1970, or null when the item never expires. */
  function expiresAt(image: Item | null): number | null {
    const value = attribute === null ? undefined : image?.[attribute]
    if (!isObject(value) || typeof value['N'] !== 'string') return null
    const at = Number(value['N']) * 1000
    return time.now() - at > expiredMsMax ? null : at
  }

  return {
    set(id, key, image) {
      planned.get(id)?.()
      planned.delete(id)
      const at = expiresAt(image)
      if (at === null) return
      const cancel = time.after(Math.max(0, at - time.now()) + lateMs(), () => {
        planned.delete(id)
        void activity.run(() => expire(key))
      })
      planned.set(id, cancel)
    },
    isDue(image) {
      const at = expiresAt(image)
      return at !== null && at <= time.now()
    },
    stop() {
      for (const cancel of planned.values()) cancel()
      planned.clear()
    }
  }
}

// That somebody was asked to fold a log: every push into one that is due would ask again.
import { channelKey, type ChannelRef } from '../../protocol/ids'
import { foldMarkS } from './limits'
import type { ScriptRunner } from './redis-tail'

/** KEYS: mark. ARGV: seconds it stands. Answers 1 to the first. */
const markScript = `
if redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[1]) then return 1 end
return 0
`

/** Whether the caller is the first to ask in a while. Rejects where the cache cannot be reached. */
export async function isFirstToAsk(redis: ScriptRunner, ref: ChannelRef): Promise<boolean> {
  const { document, channel } = ref
  const answer = await redis.run(markScript, [`f:{${document}}:${channel}`], [String(foldMarkS)])
  return Number(answer) === 1
}

/** The same by what this process remembers, where the cache cannot be reached. `now` in ms since 1970. */
export function createFoldMemory(): (ref: ChannelRef, now: number) => boolean {
  const asked = new Map<string, number>()
  return (ref, now) => {
    for (const [key, until] of asked) {
      if (until > now) break
      asked.delete(key)
    }
    const key = channelKey(ref)
    if (asked.has(key)) return false
    asked.set(key, now + foldMarkS * 1000)
    return true
  }
}

// Whether a redis-server can be started here; tests that need one are skipped where not.
import { findCommand } from '../browser/browsers.mjs'

/** Debian's redis-tools holds the same program as redis-server, without a service that starts by itself. */
export const redisPackages = ['redis-tools']

/** Under either of its names. */
export function isRedisHere() {
  return ['redis-server', 'redis-check-rdb'].some((name) => findCommand(name) !== null)
}

// Which web pages may talk to the relay: its own, and those it was told of.
import type { MiddlewareHandler } from 'hono'
import { Refusal } from '../core/refusal'
import type { ApiEnv } from './env'

/** Checked by the API for every call that changes something, by the host for every socket. */
export type Origins = {
  /**
   * Whether a page of `origin` may call. `host` is the name the request was sent to. Null stands
   * for no Origin header: not a page, and what it may do is decided by its ticket alone.
   */
  allows(origin: string | null, host: string | null): boolean
  /** The name the browser used: the Host header, or what a trusted proxy says it was. */
  hostOf(header: (name: string) => string | undefined): string | null
}

/** `allowed`: public origins beside the one that a request was sent to, such as `https://a.example`. */
export function createOrigins(allowed: readonly string[], trustProxy: boolean): Origins {
  const others = new Set(allowed)
  return {
    allows(origin, host) {
      if (origin === null) return true
      if (others.has(origin)) return true
      // The scheme is not compared: behind a proxy that ends TLS only the browser knows it.
      return host !== null && URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
    },
    hostOf(header) {
      const forwarded = trustProxy ? header('x-forwarded-host') : undefined
      return forwarded?.split(',')[0]?.trim() ?? header('host') ?? null
    }
  }
}

const reading = new Set(['GET', 'HEAD'])

/** Turns away what pages of other origins send. */
export function refuseOtherOrigins(origins: Origins): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const { req } = context
    if (!reading.has(req.method)) {
      const origin = req.header('Origin') ?? null
      const host = origins.hostOf((name) => req.header(name))
      // Browsers send this header themselves, also where they leave Origin out.
      const foreign = origin === null && req.header('Sec-Fetch-Site') === 'cross-site'
      if (foreign || !origins.allows(origin, host)) throw new Refusal('origin-not-allowed')
    }
    await next()
  }
}

// Times, roles and people as a person reads them.
import type { Role } from '../../sync-api/protocol/roles'
import { changesIn, type DocumentStatus } from '../sync/status'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

const shapes = {
  time: { timeStyle: 'short' },
  weekday: { weekday: 'short' },
  day: { day: 'numeric', month: 'short' },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  moment: { dateStyle: 'medium', timeStyle: 'short' }
} as const satisfies Record<string, Intl.DateTimeFormatOptions>
type Shape = keyof typeof shapes

// Making a format takes the better part of a millisecond, and a long list needs hundreds at once.
// One keeps the time zone it was made in: a device that travels needs another.
const formats = new Map<string, Intl.DateTimeFormat>()

function formatted(shape: Shape, at: number, locale: string | undefined): string {
  const key = `${shape} ${locale} ${new Date(at).getTimezoneOffset()}`
  let format = formats.get(key)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, shapes[shape])
    formats.set(key, format)
  }
  return format.format(at)
}

/** What a role lets its holder do, as a phrase: "You can read this document". */
export const roleWords: Record<Role, string> = {
  viewer: 'can read',
  commenter: 'can comment',
  editor: 'can edit',
  owner: 'owner'
}

/** A past moment, short: `now`, `12 min`, `14:05`, `Tue`, `3 Mar`, `3 Mar 2024`. Both ms since 1970. */
export function whenWords(at: number, now: number, locale?: string): string {
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  if (now - at < minuteMs) return 'now'
  if (now - at < 60 * minuteMs) return `${Math.floor((now - at) / minuteMs)} min`
  return formatted(shapeOf(at, now, midnight), at, locale)
}

function shapeOf(at: number, now: number, midnight: number): Shape {
  if (at >= midnight - dayMs) return 'time'
  if (at >= midnight - 6 * dayMs) return 'weekday'
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? 'day' : 'date'
}

/** A moment in full: `3 Mar 2024, 14:05`. */
export function dateWords(at: number, locale?: string): string {
  return formatted('moment', at, locale)
}

/** Time left until `until`, as minutes and seconds: `4:09`. Both ms since 1970. */
export function leftWords(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** A name as it is shown: people who gave none are guests. */
export function nameWords(name: string): string {
  return name.trim() === '' ? 'Guest' : name.trim()
}

/** One or two letters for a face: first letters of the first and last word. */
export function initialsOf(name: string): string {
  const words = nameWords(name).split(/\s+/)
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : [words[0]!]
  return letters.map((word) => [...word][0]!.toUpperCase()).join('')
}

/** The sign beside the status words: a full disc everywhere, half here only, a ring on its way. */
export function discOf(status: DocumentStatus): 'full' | 'half' | 'ring' | 'alarm' {
  switch (status.kind) {
    case 'saved':
      return 'full'
    case 'device':
    case 'unanswered':
    case 'stopped':
    case 'relayed':
      return 'half'
    case 'behind':
    case 'opening':
    case 'writing':
    case 'saving':
      return 'ring'
    case 'cannot-save':
      return 'alarm'
  }
}

/** The sign in a tab's title: that something cannot be saved, or is on this device only; or none. */
export function signOf(unsafe: readonly { readonly status: DocumentStatus }[]): string {
  const kinds = unsafe.map(({ status }) => status.kind)
  if (kinds.includes('cannot-save')) return '⚠ Not saved –'
  // What is on its way comes and goes with every key.
  return kinds.some((kind) => kind !== 'saving') ? '●' : ''
}

/** Before somebody becomes another person here: what has not been sent, by name; else nothing. */
export function unsentWords(
  unsafe: readonly { readonly title: string | null; readonly status: DocumentStatus }[]
): string {
  const named = unsafe.flatMap(({ title, status }) =>
    title === null ? [] : [`“${title.trim() || 'Untitled'}” (${changesIn(status)})`]
  )
  if (named.length === 0) return ''
  const shown = named.slice(0, 5).join(', ') + (named.length > 5 ? ' and others' : '')
  return `These hold changes that were never sent: ${shown}. They go no further under your present name. `
}

/** Whether a screen reader should hear of it: keystrokes come and go in silence. */
export function isNews(status: DocumentStatus): boolean {
  switch (status.kind) {
    case 'cannot-save':
    case 'relayed':
    case 'device':
    case 'unanswered':
    case 'stopped':
      return true
    case 'behind':
      return status.offline
    case 'opening':
    case 'writing':
    case 'saving':
    case 'saved':
      return false
  }
}

// Who may read and write which channel of a document. Pure: the one source for relay and app.

/** Weakest first: a later role can do all that an earlier one can. */
export const roles = ['viewer', 'commenter', 'editor', 'owner'] as const
export type Role = (typeof roles)[number]

/** A document's streams. Each has its own log, so a right is decided without reading an update. */
export const channels = ['content', 'comments', 'rights'] as const
export type Channel = (typeof channels)[number]

/** Whether `role` can do all that `needed` can. */
export function atLeast(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed)
}

/** The stronger of two roles; null is no right at all. */
export function stronger(one: Role | null, other: Role | null): Role | null {
  if (one === null) return other
  if (other === null) return one
  return atLeast(one, other) ? one : other
}

/** Everybody with a role reads text and comments; who has access is the owner's to see. */
export function mayRead(role: Role | null, channel: Channel): boolean {
  if (role === null) return false
  return channel === 'rights' ? role === 'owner' : true
}

/** The rights channel is written by the relay alone. */
export function mayWrite(role: Role | null, channel: Channel): boolean {
  if (role === null) return false
  switch (channel) {
    case 'content':
      return atLeast(role, 'editor')
    case 'comments':
      return atLeast(role, 'commenter')
    case 'rights':
      return false
  }
}

/** Roles a link may give: ownership is never handed out by a link. */
export const linkRoles = ['viewer', 'commenter', 'editor'] as const
export type LinkRole = (typeof linkRoles)[number]

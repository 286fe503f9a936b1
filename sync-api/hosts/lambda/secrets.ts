// Whether somebody knows a secret, told in a time that says nothing about it.
import { createHash, timingSafeEqual } from 'node:crypto'

export function isSecret(said: string | undefined, secret: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(said ?? ''), hash(secret))
}

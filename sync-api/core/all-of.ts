// Several things at once, of which none goes on when they are over.

/**
 * As `Promise.all`, but where one rejects the others are waited for all the same: behind the answer of a function nothing may be
 * under way, and it would be lost when that is frozen.
 */
export async function allOf<const T extends readonly unknown[]>(
  tasks: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(tasks)
  return Promise.all(tasks)
}

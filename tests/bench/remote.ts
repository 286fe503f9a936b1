// Calls between the stage and the load generator: two processes, one typed object.
import type { ChildProcess } from 'node:child_process'

type Call = { readonly id: number; readonly name: string; readonly values: readonly unknown[] }
type Answer = { readonly id: number; readonly value: unknown; readonly error: string | null }
type Callable = Record<string, (...values: never[]) => Promise<unknown>>

/** Answers the parent's calls by the methods of `implementation`. */
export function answerParent(implementation: object): void {
  process.on('message', (message) => {
    const { id, name, values } = message as Call
    const method = (implementation as Record<string, (...values: unknown[]) => Promise<unknown>>)[
      name
    ]
    if (method === undefined) throw new Error(`No such call: ${name}`)
    method(...values).then(
      (value) => process.send?.({ id, value, error: null } satisfies Answer),
      (cause: Error) =>
        process.send?.({ id, value: null, error: cause.stack ?? cause.message } satisfies Answer)
    )
  })
}

/** The child's object as seen from here. Calls reject when the child fails or ends. */
export function callChild<T extends { [Name in keyof T]: Callable[string] }>(
  child: ChildProcess
): T {
  const open = new Map<number, { resolve(value: unknown): void; reject(cause: Error): void }>()
  let calls = 0
  child.on('message', (message) => {
    const { id, value, error } = message as Answer
    const call = open.get(id)
    open.delete(id)
    if (error === null) call?.resolve(value)
    else call?.reject(new Error(`In the load generator: ${error}`))
  })
  child.on('exit', (code) => {
    for (const call of open.values()) call.reject(new Error(`The load generator ended (${code})`))
  })
  return new Proxy({} as T, {
    get: (_, name) => {
      // Awaiting the proxy itself must not look like a call.
      if (typeof name !== 'string' || name === 'then') return undefined
      return (...values: unknown[]) =>
        new Promise((resolve, reject) => {
          const id = ++calls
          open.set(id, { resolve, reject })
          child.send({ id, name, values } satisfies Call)
        })
    }
  })
}

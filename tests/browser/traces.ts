// The recorded histories of tests/data, and how an editor types them.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** Position, deleted length, inserted text; see tests/data/README.md. */
export type Patch = readonly [number, number, string]

export type Trace = {
  readonly endContent: string
  readonly txns: readonly Txn[]
}

/** What one person did at once; in a concurrent trace, with the changes it knew of. */
export type Txn = {
  readonly patches: readonly Patch[]
  readonly agent: number
  /** Numbers of changes in the trace. */
  readonly parents: readonly number[]
}

export function readTrace(name: string): Trace {
  return JSON.parse(gunzipSync(readFileSync(`tests/data/${name}.json.gz`)).toString()) as Trace
}

/** Runs in the page: each edit is one transaction of the editor, as a key would be. */
export function typePatches(patches: readonly Patch[]): void {
  type Transaction = { insertText(text: string, from: number, to: number): Transaction }
  type Editor = { view: { state: { tr: Transaction }; dispatch(transaction: Transaction): void } }
  const { view } = (document.querySelector('meridian-toolbar') as unknown as { editor: Editor })
    .editor
  for (const [at, deleted, inserted] of patches) {
    // Position 0 is before the code block, 1 is its first character.
    view.dispatch(view.state.tr.insertText(inserted, at + 1, at + 1 + deleted))
  }
}

// What the log of several regions needs of one region's replica of the global table. Every key has one writer region, or equal
// bytes: then it never matters which of two writes wins.

export type Row = {
  /** Partition: one log. */
  readonly pk: string
  /** Place in the partition; rows are read in the order of these. */
  readonly sk: string
  readonly body: Uint8Array
  /** The region that wrote it, and when, ms since 1970: to be told, never to decide by. */
  readonly region: string
  readonly at: number
  /** Of rows that change: how often they have. Null for rows that never do. */
  readonly revision: number | null
}

/** Rows after `after` and up to `upTo`, both as sort keys. */
export type Range = { readonly after: string; readonly upTo: string }

export type Table = {
  /** Puts the row unless its key is there, and resolves when it is durable in this region: whether it was put. */
  putNew(row: Row): Promise<boolean>
  /** Puts a row whose predecessor here has the revision before (none before 1): whether it was put. */
  putNext(row: Row & { readonly revision: number }): Promise<boolean>
  /** Rows of the range in ascending order, as this region has them at this moment; one page. */
  read(pk: string, range: Range): Promise<{ readonly rows: readonly Row[]; readonly more: boolean }>
  /** Rows that are not there are left out. */
  get(pk: string, sks: readonly string[]): Promise<readonly Row[]>
  /** Resolves when none of the keys is there any more. */
  remove(pk: string, sks: readonly string[]): Promise<void>
}

/** All rows of a range. */
export async function readAll(table: Table, pk: string, range: Range): Promise<readonly Row[]> {
  const rows: Row[] = []
  let { after } = range
  for (;;) {
    const page = await table.read(pk, { after, upTo: range.upTo })
    rows.push(...page.rows)
    const last = page.rows.at(-1)
    if (!page.more || last === undefined) return rows
    after = last.sk
  }
}

// Records of a table's stream as Lambda hands them over: items as JSON, bytes in base64.
import { rowOf } from './dynamo-table'
import type { Row } from './table'

export type StreamRecord = {
  readonly dynamodb: {
    readonly SequenceNumber: string
    readonly NewImage?: Readonly<Record<string, StreamValue>>
  }
}

type StreamValue = { readonly S?: string; readonly N?: string; readonly B?: string }

/** The row that came; null when one went. Throws on what no log wrote. */
export function rowInStream({ dynamodb: { NewImage } }: StreamRecord): Row | null {
  if (NewImage === undefined) return null
  const { pk, sk, b, r, t, v } = NewImage
  return rowOf({
    ...text('pk', pk),
    ...text('sk', sk),
    ...text('r', r),
    ...number('t', t),
    ...number('v', v),
    ...(b?.B === undefined ? {} : { b: { B: Buffer.from(b.B, 'base64') } })
  })
}

function text(name: string, value: StreamValue | undefined): Record<string, { S: string }> {
  return value?.S === undefined ? {} : { [name]: { S: value.S } }
}

function number(name: string, value: StreamValue | undefined): Record<string, { N: string }> {
  return value?.N === undefined ? {} : { [name]: { N: value.N } }
}

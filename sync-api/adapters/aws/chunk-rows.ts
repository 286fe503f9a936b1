// Messages that come in chunks: each chunk may find another function, in any order, so they meet in the table of connections.
import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { ConnectionId } from '../../core/ports'
import { joinChunks, readChunk } from '../../protocol/chunks'
import { chunksToRelayMax } from '../../protocol/limits'
import { keyOf, queryAll, writeAll, type ItemsParts } from './items'
import { chunkLifetimeS } from './limits'

/**
 * Answers the frame to decode: the given one if it is none of several chunks, the whole when it is the last that was missing, else
 * null. Exactly one call is given the whole. Throws ProtocolError when chunks do not fit together. `now` in ms since 1970.
 */
export async function meetChunks(
  parts: ItemsParts,
  connection: ConnectionId,
  frame: Uint8Array,
  now: number
): Promise<Uint8Array | null> {
  const chunk = readChunk(frame, chunksToRelayMax)
  if (chunk === null) return frame
  const { client, name } = parts
  // By their number too: one whose chunks say different things never comes together.
  const pk = `X#${connection}#${chunk.id}#${chunk.count}`
  const exp = { N: String(Math.floor(now / 1000) + chunkLifetimeS) }
  const Item = { ...keyOf(pk, `${chunk.index}`.padStart(2, '0')), b: { B: chunk.bytes }, exp }
  await client.send(new PutItemCommand({ TableName: name, Item }))
  const items = await queryAll(parts, {
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: pk } }
  })
  const pieces = items.flatMap(({ b }) => (b?.B === undefined ? [] : [b.B]))
  if (pieces.length < chunk.count || pieces.length < items.length) return null
  // Two may see that all are there: the first to say so has it.
  const taken = { ...keyOf(pk, 'taken'), exp }
  const ConditionExpression = 'attribute_not_exists(sk)'
  try {
    await client.send(new PutItemCommand({ TableName: name, Item: taken, ConditionExpression }))
  } catch (cause) {
    if (cause instanceof ConditionalCheckFailedException) return null
    throw cause
  }
  await writeAll(
    parts,
    items.map(({ sk }) => ({ DeleteRequest: { Key: keyOf(pk, sk?.S ?? '') } }))
  )
  return joinChunks(pieces)
}

// Messages to connections through @connections, and the end of connections that nobody can be told through any more.
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand
} from '@aws-sdk/client-apigatewaymanagementapi'
import type { ConnectionId } from '../../core/ports'
import { toText } from '../../protocol/coat'
import { framesOf } from '../../protocol/frames'
import type { Breaker } from './breakers'

/** `gone`: it does not exist any more. `missed`: it was not told all, and was closed, so that it comes again and catches up. */
export type Told = 'told' | 'gone' | 'missed'

export type Callbacks = {
  /** Tells a connection encoded messages, in their order. Never rejects. */
  tell(connection: ConnectionId, messages: readonly Uint8Array[]): Promise<Told>
  /** API Gateway closes it with a code of its own. Never rejects. */
  close(connection: ConnectionId): Promise<void>
}

export type CallbacksParts = {
  readonly client: ApiGatewayManagementApiClient
  readonly breaker: Breaker
  readonly nextChunkId: () => number
  readonly report: (what: string, cause: unknown) => void
}

export function createCallbacks({
  client,
  breaker,
  nextChunkId,
  report
}: CallbacksParts): Callbacks {
  async function post(connection: ConnectionId, frame: Uint8Array): Promise<void> {
    const Data = Buffer.from(toText(frame))
    const command = new PostToConnectionCommand({ ConnectionId: connection, Data })
    await breaker.run(() => client.send(command))
  }

  async function close(connection: ConnectionId): Promise<void> {
    try {
      await client.send(new DeleteConnectionCommand({ ConnectionId: connection }))
    } catch (cause) {
      if (!(cause instanceof GoneException)) report('Could not close a connection', cause)
    }
  }

  return {
    async tell(connection, messages) {
      try {
        for (const frame of framesOf(messages, nextChunkId)) await post(connection, frame)
        return 'told'
      } catch (cause) {
        if (cause instanceof GoneException) return 'gone'
        report('Could not tell a connection', cause)
        await close(connection)
        return 'missed'
      }
    },
    close
  }
}

/** Whether a failed call speaks against @connections: that somebody has left does not. */
export function isCallbackFailure(cause: Error): boolean {
  return !(cause instanceof GoneException)
}

// What each function may do, with its own region's ARNs alone. Each function has a role of its own.
import type { Parts } from './parts'
import { liveAlias, physicalFunctionName, socketStage, type FunctionName } from './names'
import type { Place } from './place'

type Right = { readonly actions: string[]; readonly resources: $util.Input<string>[] }

/** Read and append; every put is conditional. */
const appendActions = [
  'dynamodb:GetItem',
  'dynamodb:BatchGetItem',
  'dynamodb:Query',
  'dynamodb:PutItem'
]
/** Only who folds may delete from the log. */
const foldActions = [
  ...appendActions,
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem'
]
const connectionActions = foldActions
const streamActions = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams'
]

export function functionRights(place: Place, parts: Parts): Record<FunctionName, Right[]> {
  const { region } = place
  const { accountId } = aws.getCallerIdentityOutput()
  const log = parts.log.arnIn(region)
  const sync = `${physicalFunctionName($app.name, $app.stage, 'sync')}:${liveAlias}`
  const { executionArn } = parts.sockets.nodes.api
  const append = right(appendActions, log)
  const fold = right(foldActions, log)
  const connections = right(connectionActions, parts.connections.arn)
  const publish = right(['events:PutEvents'], parts.bus.arn)
  const send = right(
    ['execute-api:ManageConnections'],
    $interpolate`${executionArn}/${socketStage}/*/@connections/*`
  )
  const askSync = right(
    ['lambda:InvokeFunction'],
    $interpolate`arn:aws:lambda:${region}:${accountId}:function:${sync}`
  )
  const giveUp = right(['sqs:SendMessage'], parts.undelivered.arn)
  const readStream = right(streamActions, parts.log.streamArnIn(region))
  return {
    authorizer: [],
    socket: [append, connections, publish, send, askSync],
    http: [append, connections, publish, send, askSync],
    sync: [fold, connections, publish, send, giveUp],
    relay: [append, connections, send, askSync],
    stream: [append, connections, send, askSync, readStream, giveUp],
    tick: [append, connections, send, askSync]
  }
}

function right(actions: string[], resource: $util.Input<string>): Right {
  return { actions, resources: [resource] }
}

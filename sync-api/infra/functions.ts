// A region's functions: what each may do, and the alias by which everything calls them.
import { bundling } from './bundling'
import {
  componentName,
  functionNames,
  liveAlias,
  physicalFunctionName,
  type FunctionName
} from './names'
import type { Parts } from './parts'
import type { Place } from './place'
import { functionRights } from './rights'
import type { Undelivered } from './undelivered'

export type Live = {
  readonly name: string
  readonly alias: aws.lambda.Alias
}

export type Functions = Readonly<Record<FunctionName, Live>>

type Shape = { readonly memoryMb: number; readonly timeoutSeconds: number }

/** API Gateway waits 29 s; nothing that a person waits for may come near. 512 MB are 0.29 of a core. */
const shapes: Readonly<Record<FunctionName, Shape>> = {
  authorizer: { memoryMb: 512, timeoutSeconds: 5 },
  socket: { memoryMb: 512, timeoutSeconds: 15 },
  http: { memoryMb: 512, timeoutSeconds: 25 },
  // Folding loads whole documents: a full core, and time for the largest.
  sync: { memoryMb: 1769, timeoutSeconds: 300 },
  relay: { memoryMb: 512, timeoutSeconds: 30 },
  stream: { memoryMb: 512, timeoutSeconds: 60 },
  tick: { memoryMb: 512, timeoutSeconds: 50 }
}

export function makeFunctions(place: Place, parts: Parts): Functions {
  const environment = environmentOf(place, parts)
  const rights = functionRights(place, parts)
  const made = functionNames.map((name): [FunctionName, Live] => {
    const title = name.charAt(0).toUpperCase() + name.slice(1)
    const component = componentName(title, place.region)
    const physical = physicalFunctionName($app.name, $app.stage, name)
    const fn = new sst.aws.Function(
      component,
      {
        ...settingsOf(name),
        name: physical,
        environment: { ...environment },
        permissions: rights[name],
        ...($dev ? {} : { transform: { role: { assumeRolePolicy: lambdaAlone() } } }),
        // The authorizer reads a ticket and a header: it needs no network, and starts sooner without.
        ...(parts.network === null || name === 'authorizer' ? {} : { vpc: parts.network.functions })
      },
      place.options
    )
    const alias = new aws.lambda.Alias(
      componentName(`${title}Live`, place.region),
      {
        name: liveAlias,
        functionName: fn.name,
        functionVersion: fn.nodes.function.version
      },
      place.options
    )
    return [name, { name: physical, alias }]
  })
  const functions = Object.fromEntries(made) as unknown as Functions
  limitRetries(place, functions.sync, parts.undelivered)
  return functions
}

// SST also lets the account's own users take the role, which only `sst dev` needs.
function lambdaAlone(): string {
  const principal = { Service: 'lambda.amazonaws.com' }
  const statement = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

function settingsOf(name: FunctionName) {
  const { memoryMb, timeoutSeconds } = shapes[name]
  return {
    handler: `sync-api/hosts/lambda/${name}.handler`,
    ...bundling,
    architecture: 'arm64',
    memory: `${memoryMb} MB`,
    timeout: `${timeoutSeconds} seconds`,
    // Provisioned concurrency and the alias need versions.
    versioning: true,
    logging: { retention: '1 month' }
  } as const
}

/** The same for every function of the region. */
function environmentOf({ stage, region }: Place, parts: Parts) {
  return {
    MERIDIAN_REGION: region,
    MERIDIAN_REGIONS: stage.regions.join(','),
    MERIDIAN_LOG_TABLE: parts.log.name,
    MERIDIAN_CONNECTIONS_TABLE: parts.connections.name,
    MERIDIAN_BUS: parts.bus.name,
    MERIDIAN_REDIS_URL: parts.redisUrl,
    MERIDIAN_CALLBACK_URL: parts.sockets.managementEndpoint,
    MERIDIAN_SYNC_FUNCTION: `${physicalFunctionName($app.name, $app.stage, 'sync')}:${liveAlias}`,
    MERIDIAN_ORIGIN: parts.origin,
    MERIDIAN_ORIGIN_SECRET: parts.secrets.origin,
    MERIDIAN_TICKET_KEY: parts.secrets.ticketKey,
    MERIDIAN_NONCE_KEY: parts.secrets.nonceKey
  }
}

// Lambda tries an asynchronous call three times over hours; a page that nobody waits for any more is waste.
function limitRetries({ region, options }: Place, sync: Live, undelivered: Undelivered): void {
  new aws.lambda.FunctionEventInvokeConfig(
    componentName('SyncRetries', region),
    {
      functionName: sync.name,
      qualifier: sync.alias.name,
      maximumEventAgeInSeconds: 300,
      maximumRetryAttempts: 2,
      destinationConfig: { onFailure: { destination: undelivered.arn } }
    },
    options
  )
}

// CloudFront: which path goes where, that nobody walks around it, and what the app's files are sent with.
import { runInNewContext } from 'node:vm'
import { securityHeaders } from '../../sync-api/adapters/node/security-headers'
import { originHeader } from '../../sync-api/adapters/aws/deployed-names'
import { socketStage } from '../../sync-api/infra/names'
import { at, every, listAt, textAt, type Evaluated, type Json, type Resource } from './evaluated'
import { regionsOf, type Check } from './region-checks'

const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad'
const allButHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac'

export const everyPathLeadsToItsOrigin: Check = (evaluated) => {
  const wanted = new Map([
    ...regionsOf(evaluated).map((region) => [`/${socketStage}/${region}`, region] as const),
    [`/${socketStage}`, 'ws.docs.example.com'],
    ['/api/*', 'api.docs.example.com'],
    ['/healthz', 'api.docs.example.com']
  ])
  const behaviours = behavioursOf(evaluated)
  const faults = [...wanted].flatMap(([path, host]) => {
    const behaviour = behaviours.find((one) => at(one, 'pathPattern') === path)
    const origin = originOf(evaluated, textAt(behaviour, 'targetOriginId'))
    return textAt(origin, 'domainName').includes(host) ? [] : [`${path} does not lead to ${host}`]
  })
  const odd = behaviours
    .map((behaviour) => textAt(behaviour, 'pathPattern'))
    .filter((path) => !wanted.has(path))
  return [...faults, ...odd.map((path) => `${path} is nobody's`)]
}

export const nothingLiveIsCached: Check = (evaluated) =>
  behavioursOf(evaluated).flatMap((behaviour) => {
    const path = textAt(behaviour, 'pathPattern')
    return [
      ...(at(behaviour, 'cachePolicyId') === cachingDisabled ? [] : [`${path} is cached`]),
      ...(at(behaviour, 'originRequestPolicyId') === allButHost
        ? []
        : [`${path} reaches API Gateway under a name it does not know`]),
      ...(at(behaviour, 'viewerProtocolPolicy') === 'https-only' ? [] : [`${path} is not TLS`]),
      ...(listAt(behaviour, 'allowedMethods').length === 7 ? [] : [`${path} cannot be written`])
    ]
  })

/** The firewall is worth something only if the origins refuse who comes another way. */
export const originsKnowCloudFront: Check = (evaluated) => {
  const told = behavioursOf(evaluated).map((behaviour) => {
    const id = textAt(behaviour, 'targetOriginId')
    const headers = listAt(originOf(evaluated, id), 'customHeaders')
    const header = headers.find((one) => at(one, 'name') === originHeader)
    return { id, value: textAt(header, 'value') }
  })
  const expected = every(evaluated, 'lambda/function:Function').map((fn) => ({
    name: fn.name,
    value: textAt(fn.inputs, 'environment', 'variables', 'MERIDIAN_ORIGIN_SECRET')
  }))
  const secret = told[0]?.value ?? ''
  return [
    ...told.filter(({ value }) => value === '').map(({ id }) => `${id} is told no secret`),
    ...expected
      .filter(({ value }) => value === '' || value !== secret)
      .map(({ name }) => `${name} expects another secret`)
  ]
}

export const theFirewallStandsInFront: Check = (evaluated) => {
  const [firewall] = every(evaluated, 'wafv2/webAcl:WebAcl')
  const limit = at(firewall?.inputs, 'rules', 0, 'statement', 'rateBasedStatement', 'limit')
  return [
    ...(at(distribution(evaluated).inputs, 'webAclId') === at(firewall?.outputs, 'arn')
      ? []
      : ['CloudFront has no firewall']),
    ...(at(firewall?.inputs, 'scope') === 'CLOUDFRONT' && firewall?.region === 'us-east-1'
      ? []
      : ['The firewall is not where CloudFront looks']),
    ...(Number(limit) > 0 ? [] : ['The firewall lets floods in'])
  ]
}

/** The function's own code, run as CloudFront would. */
export const theEdgeFunctionRoutesRegions: Check = (evaluated) => {
  const found = edgeFunction(evaluated)
  const code = textAt(found?.inputs, 'code')
  const sent = (uri: string): unknown =>
    runInNewContext(`${code}\nhandler({ request: { uri: ${JSON.stringify(uri)} } }).uri`)
  const changed = regionsOf(evaluated).map((region) => sent(`/${socketStage}/${region}`))
  const used = behavioursOf(evaluated).filter((behaviour) =>
    listAt(behaviour, 'functionAssociations').some(
      (one) => at(one, 'functionArn') === at(found?.outputs, 'arn')
    )
  )
  return [
    ...(changed.every((uri) => uri === `/${socketStage}`) ? [] : ['Regions are asked for /ws/…']),
    ...(sent('/api/nonce') === '/api/nonce' ? [] : ['The edge changes other paths']),
    ...(used.length === changed.length ? [] : ['A region lacks the edge function']),
    ...(at(found?.inputs, 'runtime') === 'cloudfront-js-2.0' ? [] : ['The runtime is old']),
    ...(listAt(found?.inputs, 'keyValueStoreAssociations').length === 1
      ? []
      : ['The edge function has no store'])
  ]
}

export const filesAreSentAsNpmStartSendsThem: Check = (evaluated) => {
  const [policy] = every(evaluated, 'cloudfront/responseHeadersPolicy:ResponseHeadersPolicy')
  const security = at(policy?.inputs, 'securityHeadersConfig')
  const custom = listAt(policy?.inputs, 'customHeadersConfig', 'items').map((item) => [
    textAt(item, 'header'),
    textAt(item, 'value')
  ])
  const sent: Record<string, string> = {
    'Content-Security-Policy': textAt(security, 'contentSecurityPolicy', 'contentSecurityPolicy'),
    'Referrer-Policy': textAt(security, 'referrerPolicy', 'referrerPolicy'),
    'X-Frame-Options': textAt(security, 'frameOptions', 'frameOption'),
    'X-Content-Type-Options': at(security, 'contentTypeOptions') === undefined ? '' : 'nosniff',
    ...(Object.fromEntries(custom) as Record<string, string>)
  }
  const behaviour = at(distribution(evaluated).inputs, 'defaultCacheBehavior')
  return [
    ...Object.entries(securityHeaders)
      .filter(([header, value]) => sent[header] !== value)
      .map(([header]) => `${header} is not what npm start sends`),
    ...(at(behaviour, 'responseHeadersPolicyId') === at(policy?.outputs, 'id')
      ? []
      : ['Files are sent without headers'])
  ]
}

/** A worker that a browser keeps for a year could never be replaced. */
export const onlyFilesWithHashesAreKept: Check = ({ resources }) => {
  const files = resources
    .filter(({ name }) => name.startsWith('SiteAssetFiles'))
    .flatMap(({ inputs }) => listAt(inputs, 'files'))
  const kept = files
    .filter((file) => textAt(file, 'cacheControl').includes('immutable'))
    .map((file) => textAt(file, 'key'))
  return [
    ...(files.length >= 3 ? [] : ['The site has no files']),
    ...(kept.length === 1 ? [] : ['Files with hashes are asked for again']),
    ...kept.filter((key) => !key.startsWith('assets/')).map((key) => `${key} is kept for a year`)
  ]
}

export const filesAreReadThroughCloudFrontAlone: Check = (evaluated) => {
  const [block] = every(evaluated, 's3/bucketPublicAccessBlock:BucketPublicAccessBlock')
  return at(block?.inputs, 'restrictPublicBuckets') === true ? [] : ['The bucket is public']
}

/** Throws when there is none. */
export function distribution(evaluated: Evaluated): Resource {
  const [found] = every(evaluated, 'cloudfront/distribution:Distribution')
  if (found === undefined) throw new Error('There is no distribution')
  return found
}

export function edgeFunction(evaluated: Evaluated): Resource | undefined {
  return every(evaluated, 'cloudfront/function:Function').find(
    ({ name }) => name === 'ViewerRequest'
  )
}

function behavioursOf(evaluated: Evaluated): readonly Json[] {
  return listAt(distribution(evaluated).inputs, 'orderedCacheBehaviors')
}

function originOf(evaluated: Evaluated, id: string): Json | undefined {
  return listAt(distribution(evaluated).inputs, 'origins').find((one) => at(one, 'originId') === id)
}

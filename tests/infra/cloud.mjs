// What AWS would answer when a resource is made: the outputs that others are computed from.

/** Of nobody: AWS's own documentation uses it. */
export const account = '123456789012'

/**
 * @typedef {Record<string, any>} Values
 * @typedef {{ type: string, name: string, id?: string, provider?: string, inputs: Values, custom?: boolean }} Asked
 * @typedef {{ type: string, name: string, region: string, inputs: Values, outputs: Values }} Resource
 */

/**
 * The region that a provider's URN names.
 * @param {string | undefined} provider
 * @param {string} home
 */
export function regionOf(provider, home) {
  const found = /::(?:aws-|AwsProvider\.sst\.|default_)?([a-z]{2}(?:-[a-z]+)+-\d)(?:::|$)/.exec(
    provider ?? ''
  )
  return found?.[1] ?? home
}

/**
 * @param {Asked} asked
 * @param {string} region
 * @returns {{ id: string, state: Values }}
 */
export function made({ type, name, id, inputs }, region) {
  const service = type.split(':')[1]?.split('/')[0]
  const called = inputs['name'] ?? inputs['bucket'] ?? name
  const arn = arnOf(type, called, region) ?? `arn:aws:${service}:${region}:${account}:${called}`
  const state = { ...inputs, arn, name: called }
  return { id: id || `${name}_id`, state: { ...state, ...outputsOf(type, name, state, region) } }
}

/**
 * @param {string} type
 * @param {string} name
 * @param {string} region
 */
function arnOf(type, name, region) {
  switch (type) {
    case 'aws:cloudwatch/eventBus:EventBus':
      return `arn:aws:events:${region}:${account}:event-bus/${name}`
    case 'aws:cloudwatch/eventRule:EventRule':
      return `arn:aws:events:${region}:${account}:rule/${name}`
    case 'aws:dynamodb/table:Table':
      return `arn:aws:dynamodb:${region}:${account}:table/${name}`
    case 'aws:lambda/function:Function':
      return `arn:aws:lambda:${region}:${account}:function:${name}`
    case 'aws:iam/role:Role':
      return `arn:aws:iam::${account}:role/${name}`
    case 'aws:s3/bucket:Bucket':
      return `arn:aws:s3:::${name}`
    default:
      return undefined
  }
}

/**
 * @param {string} type
 * @param {string} name of the component
 * @param {Values} state
 * @param {string} region
 * @returns {Values}
 */
function outputsOf(type, name, state, region) {
  const label = name.toLowerCase()
  switch (type) {
    case 'aws:lambda/function:Function':
      return lambdaOutputs(state['arn'], region)
    case 'aws:lambda/alias:Alias':
      return {
        arn: `arn:aws:lambda:${region}:${account}:function:${state['functionName']}:${state['name']}`
      }
    case 'aws:apigatewayv2/api:Api': {
      const scheme = state['protocolType'] === 'WEBSOCKET' ? 'wss' : 'https'
      return {
        apiEndpoint: `${scheme}://${label}.execute-api.${region}.amazonaws.com`,
        executionArn: `arn:aws:execute-api:${region}:${account}:${label}`
      }
    }
    case 'aws:apigatewayv2/domainName:DomainName':
      return {
        domainNameConfiguration: {
          ...state['domainNameConfiguration'],
          targetDomainName: `d-${label}.execute-api.${region}.amazonaws.com`,
          hostedZoneId: `Z${label.toUpperCase()}`
        }
      }
    case 'aws:dynamodb/table:Table':
      return tableOutputs(state)
    case 'aws:acm/certificate:Certificate':
      return { domainValidationOptions: proofs(state) }
    case 'aws:acm/certificateValidation:CertificateValidation':
      return { certificateArn: state['certificateArn'] }
    case 'aws:cloudfront/distribution:Distribution':
      return { domainName: `${label}.cloudfront.net`, hostedZoneId: 'Z2FDTNDATAQYW2' }
    case 'aws:elasticache/serverlessCache:ServerlessCache':
      return {
        endpoints: [{ address: `${label}.serverless.${region}.cache.amazonaws.com`, port: 6379 }]
      }
    case 'aws:ec2/instance:Instance':
      return { primaryNetworkInterfaceId: `eni-${label}` }
    case 'aws:sqs/queue:Queue':
      return { url: `https://sqs.${region}.amazonaws.com/${account}/${state['name']}` }
    case 'aws:route53/record:Record':
      return { fqdn: state['name'] }
    case 'aws:s3/bucket:Bucket':
      return {
        bucketRegionalDomainName: `${state['name']}.s3.${region}.amazonaws.com`,
        bucketDomainName: `${state['name']}.s3.amazonaws.com`
      }
    case 'random:index/randomBytes:RandomBytes':
      return { base64: Buffer.alloc(32).toString('base64'), hex: '00'.repeat(32) }
    default:
      return {}
  }
}

/**
 * @param {string} arn
 * @param {string} region
 */
function lambdaOutputs(arn, region) {
  const path = `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions`
  return {
    version: '1',
    qualifiedArn: `${arn}:1`,
    invokeArn: `${path}/${arn}/invocations`,
    qualifiedInvokeArn: `${path}/${arn}:1/invocations`
  }
}

/** @param {Values} state */
function tableOutputs(state) {
  const streamOf = (/** @type {string} */ arn) =>
    state['streamEnabled'] ? `${arn}/stream/2026-01-01T00:00:00.000` : undefined
  /** @type {{ regionName: string }[]} */
  const replicas = state['replicas'] ?? []
  return {
    streamArn: streamOf(state['arn']),
    replicas: replicas.map((replica) => {
      const arn = arnOf('aws:dynamodb/table:Table', state['name'], replica.regionName) ?? ''
      return { ...replica, arn, streamArn: streamOf(arn) }
    })
  }
}

/** @param {Values} state */
function proofs(state) {
  /** @type {string[]} */
  const names = [state['domainName'], ...(state['subjectAlternativeNames'] ?? [])]
  return names.map((domainName) => ({
    domainName,
    resourceRecordName: `_proof.${domainName}`,
    resourceRecordType: 'CNAME',
    resourceRecordValue: `_proof.${domainName}.acm-validations.aws`
  }))
}

/**
 * The answer to a question that a config asks of AWS, such as which zones a region has.
 * @param {string} token
 * @param {Values} inputs
 * @param {string} region
 * @returns {Values}
 */
export function answerTo(token, inputs, region) {
  switch (token) {
    case 'aws:index/getRegion:getRegion':
      return { region, name: region, id: region, endpoint: `ec2.${region}.amazonaws.com` }
    case 'aws:index/getPartition:getPartition':
      return { partition: 'aws', dnsSuffix: 'amazonaws.com', id: 'aws' }
    case 'aws:index/getCallerIdentity:getCallerIdentity':
      return {
        accountId: account,
        arn: `arn:aws:iam::${account}:root`,
        id: account,
        userId: account
      }
    case 'aws:iam/getPolicyDocument:getPolicyDocument': {
      const json = JSON.stringify({ Version: '2012-10-17', Statement: statements(inputs) })
      // The provider answers no list for an empty one, which SST looks at.
      const given = inputs['statements']?.length > 0 ? inputs['statements'] : undefined
      return { ...inputs, statements: given, json, minifiedJson: json, id: '1' }
    }
    case 'aws:index/getAvailabilityZones:getAvailabilityZones':
      return { names: ['a', 'b', 'c'].map((zone) => region + zone), id: region }
    case 'aws:route53/getZone:getZone':
      return { ...inputs, name: 'example.com', id: inputs['zoneId'] }
    case 'aws:ec2/getAmi:getAmi':
      return { ...inputs, id: `ami-${region}`, architecture: 'arm64' }
    default:
      return inputs
  }
}

/**
 * As IAM writes them.
 * @param {Values} inputs
 */
function statements(inputs) {
  /** @type {Values[]} */
  const given = inputs['statements'] ?? []
  return given.map(({ effect, actions, resources, principals, conditions }) => ({
    Effect: effect ?? 'Allow',
    Action: actions,
    Resource: resources,
    ...(principals === undefined ? {} : { Principal: principals }),
    ...(conditions === undefined ? {} : { Condition: conditions })
  }))
}

/** How Pulumi marks a value as secret, which is then below `value`. */
const secretMark = '4dabf18193072939515e22adb298388d'

/**
 * The same without marks of secrets.
 * @param {any} value
 * @returns {any}
 */
export function plain(value) {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  if (secretMark in value) return plain(value.value)
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]))
}

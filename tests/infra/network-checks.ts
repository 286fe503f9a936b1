// Each region's network: functions reach what they need, and nobody reaches them.
import { at, every, listAt, textAt, type Json, type Resource } from './evaluated'
import { regionsOf, type Check } from './region-checks'

export const functionsReachTheWorldThroughNat: Check = (evaluated) =>
  regionsOf(evaluated).flatMap((region) => {
    const [nat] = every(evaluated, 'ec2/instance:Instance', region)
    const routed = every(evaluated, 'ec2/routeTable:RouteTable', region).filter(
      ({ inputs }) =>
        at(inputs, 'routes', 0, 'networkInterfaceId') ===
        (at(nat?.outputs, 'primaryNetworkInterfaceId') ?? '')
    )
    const subnets = every(
      evaluated,
      'ec2/routeTableAssociation:RouteTableAssociation',
      region
    ).filter(({ inputs }) => at(inputs, 'routeTableId') === at(routed[0]?.outputs, 'id'))
    const covered = subnets.map(({ inputs }) => textAt(inputs, 'subnetId'))
    const functions = every(evaluated, 'lambda/function:Function', region)
    return [
      ...(at(nat?.inputs, 'sourceDestCheck') === false ? [] : [`${region}'s NAT drops packets`]),
      ...(covered.length === 2 ? [] : [`${region} has subnets without a way out`]),
      ...functions.flatMap(({ name, inputs }) => networkFaults(name, inputs, covered))
    ]
  })

function networkFaults(name: string, inputs: Json, covered: readonly string[]): string[] {
  const subnets = listAt(inputs, 'vpcConfig', 'subnetIds')
  if (name.startsWith('Authorizer')) return subnets.length === 0 ? [] : [`${name} is in the VPC`]
  if (subnets.length < 2) return [`${name} does not reach the cache`]
  return subnets.every((subnet) => covered.includes(String(subnet)))
    ? []
    : [`${name} does not reach the world`]
}

export const tablesNeedNoNat: Check = (evaluated) =>
  every(evaluated, 'ec2/vpcEndpoint:VpcEndpoint').flatMap(({ name, region, inputs }) =>
    at(inputs, 'serviceName') === `com.amazonaws.${region}.dynamodb` &&
    listAt(inputs, 'routeTableIds').length === 1
      ? []
      : [`${name} is not for the tables`]
  )

export const nobodyReachesIn: Check = (evaluated) =>
  every(evaluated, 'ec2/securityGroup:SecurityGroup').flatMap(({ name, inputs }) =>
    listAt(inputs, 'ingress')
      .filter((door) => listAt(door, 'cidrBlocks').some((block) => block !== '10.0.0.0/16'))
      .map(() => `${name} is open to the world`)
  )

export const natIsAnInstance: Check = (evaluated) => [
  ...every(evaluated, 'ec2/natGateway:NatGateway').map(({ name }) => `${name} costs 33 a month`),
  ...every(evaluated, 'ec2/instance:Instance')
    .filter((nat) => !isSmall(nat))
    .map(({ name }) => `${name} is large`)
]

function isSmall({ inputs }: Resource): boolean {
  return (
    at(inputs, 'instanceType') === 't4g.nano' &&
    at(inputs, 'creditSpecification', 'cpuCredits') === 'standard' &&
    at(inputs, 'metadataOptions', 'httpTokens') === 'required'
  )
}

// A region's network: private subnets in two zones, one NAT instance, DynamoDB without a detour.
//
// Not sst.aws.Vpc: it makes a NAT instance, an address and a Cloud Map zone for every zone, which would be half of the idle bill.
// When the NAT instance is down the region answers from table and cache alone, its health check fails, and people move.
import { componentName } from './names'
import type { Place } from './place'

export type Network = {
  readonly vpcId: $util.Output<string>
  /** For functions, as sst.aws.Function takes it. */
  readonly functions: {
    readonly privateSubnets: $util.Output<string>[]
    readonly securityGroups: $util.Output<string>[]
  }
  readonly nat: aws.ec2.Instance
}

const addresses = '10.0.0.0/16'
const anywhere = '0.0.0.0/0'
/** Not a zone in some city that the account has opted into. */
const ordinary = { name: 'opt-in-status', values: ['opt-in-not-required'] }
/** As large as its image may be. */
const diskGb = 8
/** fck-nat's account: docs/deploy.md says what it is. */
const natImageOwner = '568608671756'

export function makeNetwork(place: Place): Network {
  const { options } = place
  const name = (part: string): string => componentName(`Network${part}`, place.region)
  const tags = { Name: `${$app.name}-${$app.stage}` }
  const vpc = new aws.ec2.Vpc(
    name('Vpc'),
    { cidrBlock: addresses, enableDnsHostnames: true, enableDnsSupport: true, tags },
    options
  )
  // One zone of us-east-1 is so old that it lacks the cache.
  const zones = aws.getAvailabilityZonesOutput(
    { state: 'available', excludeZoneIds: ['use1-az3'], filters: [ordinary] },
    options
  ).names
  const nat = makeNat(place, vpc, zones[0])
  const routes = new aws.ec2.RouteTable(
    name('PrivateRoutes'),
    {
      vpcId: vpc.id,
      routes: [{ cidrBlock: anywhere, networkInterfaceId: nat.primaryNetworkInterfaceId }],
      tags
    },
    options
  )
  const subnets = [0, 1].map((index) => {
    const subnet = new aws.ec2.Subnet(
      name(`Private${index}`),
      { vpcId: vpc.id, cidrBlock: `10.0.${16 + 16 * index}.0/20`, availabilityZone: zones[index] },
      options
    )
    const both = { subnetId: subnet.id, routeTableId: routes.id }
    new aws.ec2.RouteTableAssociation(name(`PrivateRoutes${index}`), both, options)
    return subnet.id
  })
  new aws.ec2.VpcEndpoint(
    name('Dynamo'),
    {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${place.region}.dynamodb`,
      vpcEndpointType: 'Gateway',
      routeTableIds: [routes.id]
    },
    options
  )
  const group = new aws.ec2.SecurityGroup(
    name('Functions'),
    { vpcId: vpc.id, description: 'Functions: out only', egress: [all(anywhere)] },
    options
  )
  return {
    vpcId: vpc.id,
    functions: { privateSubnets: subnets, securityGroups: [group.id] },
    nat
  }
}

function makeNat(
  { region, options }: Place,
  vpc: aws.ec2.Vpc,
  availabilityZone: $util.Output<string>
): aws.ec2.Instance {
  const name = (part: string): string => componentName(`Network${part}`, region)
  const vpcId = vpc.id
  const gateway = new aws.ec2.InternetGateway(name('Gateway'), { vpcId }, options)
  const subnet = new aws.ec2.Subnet(
    name('Public'),
    { vpcId, cidrBlock: '10.0.0.0/24', availabilityZone },
    options
  )
  const out = [{ cidrBlock: anywhere, gatewayId: gateway.id }]
  const routes = new aws.ec2.RouteTable(name('PublicRoutes'), { vpcId, routes: out }, options)
  const both = { subnetId: subnet.id, routeTableId: routes.id }
  new aws.ec2.RouteTableAssociation(name('PublicRoutes0'), both, options)
  const group = new aws.ec2.SecurityGroup(
    name('NatGroup'),
    { vpcId, description: 'NAT', ingress: [all(addresses)], egress: [all(anywhere)] },
    options
  )
  const filters = [
    { name: 'name', values: ['fck-nat-al2023-*'] },
    { name: 'architecture', values: ['arm64'] }
  ]
  const image = { owners: [natImageOwner], filters, mostRecent: true }
  return new aws.ec2.Instance(
    name('Nat'),
    {
      ami: aws.ec2.getAmiOutput(image, options).id,
      instanceType: 't4g.nano',
      subnetId: subnet.id,
      vpcSecurityGroupIds: [group.id],
      associatePublicIpAddress: true,
      sourceDestCheck: false,
      // Slower when its credit is used up, instead of dearer.
      creditSpecification: { cpuCredits: 'standard' },
      metadataOptions: { httpTokens: 'required' },
      rootBlockDevice: { encrypted: true, volumeType: 'gp3', volumeSize: diskGb },
      tags: { Name: `${$app.name}-${$app.stage}-nat` }
    },
    // A newer image replaces it when somebody means to, not in passing.
    { ...options, ignoreChanges: ['ami'] }
  )
}

function all(cidrBlock: string) {
  return { protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: [cidrBlock] }
}

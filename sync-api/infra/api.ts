// A region's HTTP API: everything goes to one function, which holds the Hono app.
import type { Functions } from './functions'
import { componentName } from './names'
import type { Place } from './place'

const throttle = { throttlingRateLimit: 1000, throttlingBurstLimit: 500 }

export function makeApi({ region, options }: Place, { http }: Functions): sst.aws.ApiGatewayV2 {
  const api = new sst.aws.ApiGatewayV2(
    componentName('Api', region),
    {
      accessLog: { retention: '1 week' },
      // The app is served from the same origin as its API.
      cors: false,
      transform: { stage: { defaultRouteSettings: { ...throttle, detailedMetricsEnabled: true } } }
    },
    options
  )
  api.route('$default', http.alias.arn)
  return api
}

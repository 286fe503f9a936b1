// A region's WebSocket API: made first, since functions need its address; its routes after them.
import type { Functions } from './functions'
import { componentName, socketStage } from './names'
import type { Place } from './place'

/** The account's 10,000 requests a second are shared with @connections: half is left for fan-out. */
const throttle = { throttlingRateLimit: 4000, throttlingBurstLimit: 2000 }

export function makeSockets({ region, options }: Place): sst.aws.ApiGatewayWebSocket {
  return new sst.aws.ApiGatewayWebSocket(
    componentName('Sockets', region),
    {
      accessLog: { retention: '1 week' },
      transform: {
        // Frames are base64 and not JSON: all of them go to `$default`.
        api: { routeSelectionExpression: '$request.body.route' },
        // Named after the path that people connect to, so that a region's own address takes it too.
        stage: {
          name: socketStage,
          defaultRouteSettings: { ...throttle, detailedMetricsEnabled: true }
        }
      }
    },
    options
  )
}

export function makeRoutes(
  { region, options }: Place,
  sockets: sst.aws.ApiGatewayWebSocket,
  { authorizer, socket }: Functions
): void {
  // ARNs of aliases: an unqualified one would reach `$LATEST`, which is never warm.
  const handler = socket.alias.arn
  const ticket = sockets.addAuthorizer('Ticket', {
    lambda: {
      function: authorizer.alias.arn,
      identitySources: ['route.request.header.Sec-WebSocket-Protocol']
    }
  })
  sockets.route('$connect', handler, { auth: { lambda: ticket.id } })
  sockets.route('$disconnect', handler)
  const route = sockets.route('$default', handler, {
    transform: { route: { routeResponseSelectionExpression: '$default' } }
  })
  // Without it what the function returns, the acknowledgement, would not be sent.
  new aws.apigatewayv2.RouteResponse(
    componentName('SocketsAnswer', region),
    {
      apiId: sockets.nodes.api.id,
      routeId: route.nodes.route.id,
      routeResponseKey: '$default'
    },
    options
  )
}

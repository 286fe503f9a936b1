// The public name: the app's files, the sockets and the API behind one CloudFront distribution.
import { readFileSync } from 'node:fs'
import { behavioursOf, originsOf, type Paths } from './behaviours'
import { makeSecurityHeaders } from './security-headers'
import type { Edge, Stage } from './stages'
import { makeWaf } from './waf'

const viewerRequestFile = 'sync-api/edge/viewer-request.js'
const always = 'max-age=0,no-cache,must-revalidate'
const forever = 'max-age=31536000,public,immutable'

export type EdgeParts = Omit<Paths, 'edge' | 'viewerRequest'>

/** On a personal stage there is no distribution: SST starts Vite, which passes calls on to the region. */
export function makeDevelopmentSite(environment: Record<string, $util.Input<string>>): void {
  new sst.aws.StaticSite('Site', {
    environment,
    dev: { command: 'npm run dev', url: 'http://localhost:5173' }
  })
}

/** Answers the address people open. */
export function makeEdge(stage: Stage, edge: Edge, parts: EdgeParts): $util.Output<string> {
  const paths: Paths = { ...parts, edge, viewerRequest: makeViewerRequest() }
  const headers = makeSecurityHeaders()
  const site = new sst.aws.StaticSite('Site', {
    build: { command: 'npm run build', output: 'dist/app' },
    domain: { name: edge.domain, dns: sst.aws.dns({ zone: edge.zone }) },
    assets: {
      fileOptions: [
        // Pages, worker and manifest have fixed names: a browser must ask whether they are new.
        { files: '**', cacheControl: always },
        { files: 'assets/**', cacheControl: forever }
      ]
    },
    transform: {
      cdn: (cdn) => {
        cdn.comment = `${$app.name} ${$app.stage}`
        if (stage.waf) cdn.webAclArn = makeWaf()
        cdn.origins = $output(cdn.origins).apply((made) => [...made, ...originsOf(paths)])
        cdn.orderedCacheBehaviors = behavioursOf(paths)
        cdn.defaultCacheBehavior = $output(cdn.defaultCacheBehavior).apply((made) => ({
          ...made,
          responseHeadersPolicyId: headers.id
        }))
      }
    }
  })
  return $output(site.url)
}

// Of its own, since SST's function for the files fills most of the 10 KB a function may have.
function makeViewerRequest(): $util.Output<string> {
  const store = new aws.cloudfront.KeyValueStore('EdgeHeads', {
    name: `${$app.name}-${$app.stage}-heads`,
    comment: 'Heads of hot documents'
  })
  const made = new aws.cloudfront.Function('ViewerRequest', {
    name: `${$app.name}-${$app.stage}-viewer-request`,
    runtime: 'cloudfront-js-2.0',
    publish: true,
    code: readFileSync(viewerRequestFile, 'utf8'),
    keyValueStoreAssociations: [store.arn]
  })
  return made.arn
}

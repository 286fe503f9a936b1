// The firewall in front of CloudFront: one rule, against a flood that would otherwise be paid for.

/** Requests of one address in 5 minutes; a person with many documents makes some hundred. */
const requestsMax = 3000

/** Answers its ARN. It belongs to CloudFront, so it is made in us-east-1, the home region. */
export function makeWaf(): $util.Output<string> {
  const metric = `${$app.name}-${$app.stage}-flood`
  const visibility = {
    cloudwatchMetricsEnabled: true,
    sampledRequestsEnabled: true,
    metricName: metric
  }
  const acl = new aws.wafv2.WebAcl('Waf', {
    name: `${$app.name}-${$app.stage}`,
    scope: 'CLOUDFRONT',
    defaultAction: { allow: {} },
    visibilityConfig: { ...visibility, metricName: `${$app.name}-${$app.stage}-waf` },
    rules: [
      {
        name: 'flood',
        priority: 0,
        action: { block: {} },
        statement: { rateBasedStatement: { limit: requestsMax, aggregateKeyType: 'IP' } },
        visibilityConfig: visibility
      }
    ]
  })
  return acl.arn
}

// Certificates for the latency-routed names: one a region, all proven by the same DNS records.
import { componentName } from './names'
import type { Place } from './place'
import { homeRegion } from './regions'
import type { Edge } from './stages'

/** The names that Route 53 answers with the nearest healthy region. */
export function latencyNames({ domain }: Edge) {
  return { sockets: `ws.${domain}`, api: `api.${domain}` }
}

/** Answers a region's certificate, once AWS has accepted its proof. */
export function makeCertificates(
  places: readonly Place[],
  edge: Edge
): (place: Place) => $util.Output<string> {
  const names = latencyNames(edge)
  const made = places.map((place) => ({
    place,
    certificate: new aws.acm.Certificate(
      componentName('Certificate', place.region),
      {
        domainName: names.sockets,
        subjectAlternativeNames: [names.api],
        validationMethod: 'DNS'
      },
      place.options
    )
  }))
  // The same name and account give the same record in every region, and it can exist only once.
  const records = made
    .filter(({ place }) => place.region === homeRegion)
    .flatMap(({ place, certificate }) =>
      Object.entries(names).map(([key, domain]) => makeProof(place, edge, key, domain, certificate))
    )
  const proven = new Map(
    made.map(({ place, certificate }) => {
      const validation = new aws.acm.CertificateValidation(
        componentName('CertificateValidation', place.region),
        {
          certificateArn: certificate.arn,
          validationRecordFqdns: records.map((record) => record.fqdn)
        },
        place.options
      )
      return [place, validation.certificateArn]
    })
  )
  return (place) => {
    const found = proven.get(place)
    if (found === undefined) throw new Error(`There is no certificate in ${place.region}.`)
    return found
  }
}

function makeProof(
  { options }: Place,
  edge: Edge,
  key: string,
  domain: string,
  certificate: aws.acm.Certificate
): aws.route53.Record {
  const asked = certificate.domainValidationOptions.apply((all) => {
    const found = all.find((option) => option.domainName === domain)
    if (found === undefined)
      throw new Error(`The certificate does not ask for a proof of ${domain}.`)
    return found
  })
  return new aws.route53.Record(
    `CertificateProof${key}`,
    {
      zoneId: edge.zone,
      name: asked.resourceRecordName,
      type: asked.resourceRecordType,
      records: [asked.resourceRecordValue],
      ttl: 60,
      allowOverwrite: true
    },
    options
  )
}

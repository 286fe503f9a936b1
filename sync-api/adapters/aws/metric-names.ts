// Metrics that scaling, alarms and the dashboard read; the handlers write them (EMF).

/**
 * The namespace all of them are in. Each has exactly one dimension, `region`: alarms name all dimensions of
 * a metric, and Powertools adds `service` unless it is told not to.
 */
export const metricNamespace = 'Meridian'

export const metricNames = {
  /** Connections that are open; told every minute by tick. */
  people: 'people',
  documents: 'documents_open',
  updates: 'updates',
  /** From the gateway's taking a push to the return of the function, ms. */
  ackMs: 'ack_ms',
  appendMs: 'append_ms',
  fanOutMs: 'fan_out_ms',
  /** How old the newest heartbeat of the stalest other region is, ms; told every minute by tick. */
  replicationLagMs: 'replication_lag_ms',
  breakersOpen: 'breakers_open',
  coldStarts: 'cold_starts',
  refusals: 'refusals'
} as const

export type MetricName = (typeof metricNames)[keyof typeof metricNames]

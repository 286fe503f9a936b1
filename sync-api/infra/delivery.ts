// How long EventBridge tries: the table's stream brings the same entries, so a late event is worth nothing.

/** After 5 minutes an event goes to the queue of what was not delivered. */
export const retryPolicy = { maximumEventAgeInSeconds: 300, maximumRetryAttempts: 20 }

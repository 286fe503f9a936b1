// Names that the functions and what they are deployed with must agree on.

/** CloudFront sends it to its origins; the authorizer and the HTTP API refuse who does not know its value. */
export const originHeader = 'x-meridian-origin'

/** Source and kind of the events between regions. */
export const busSource = 'meridian'
export const busDetailType = 'entries'

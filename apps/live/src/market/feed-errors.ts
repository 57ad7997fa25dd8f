import { isScalpError } from '@scalp/canonical'
import { FeedNotLicensedError } from '../errors.js'

/** The gateway has one way to refuse and says by words why; these are about what a key may have, not about the key. */
const ABOUT_LICENCES = /licen[cs]e|entitle|not subscribed|not authori[sz]ed|unauthori[sz]ed|permission/i
const REFUSALS: ReadonlySet<string> = new Set(['LIVE_AUTH', 'LIVE_GATEWAY_AUTH', 'LIVE_GATEWAY_SUBSCRIPTION'])

/** What a feed's end means: a key without a licence is told apart from a wrong key and from everything else. */
export function asFeedError(error: unknown, dataset: string): Error {
  const known = error instanceof Error ? error : new Error(String(error))
  if (isScalpError(error) && REFUSALS.has(error.code) && ABOUT_LICENCES.test(known.message))
    return new FeedNotLicensedError({ dataset, cause: known })
  return known
}

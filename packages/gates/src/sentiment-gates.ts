import { defineGate, type Gate } from './gate.js'
import { factsOf, isBullish, underlyingOf } from './internal/intent.js'
import { atLeast, describe, notSupplied, toResult } from './internal/result.js'
import { combinedOf, isStrong } from './internal/sentiment.js'

/** Refuses underlyings on a list. */
export function signalEnabledGate({
  disabled = ['AMD', 'AAPL'],
}: {
  readonly disabled?: readonly string[]
} = {}): Gate {
  const names = new Set(disabled)
  return defineGate({
    name: 'signal_enabled',
    stage: 'signal_quality',
    severity: 'hard',
    reason: 'SYMBOL_DISABLED',
    check({ instrument }, { instruments }) {
      const value = underlyingOf(instruments.get(instrument))
      const passed = !names.has(value)
      const message = passed ? 'OK' : `${value} is disabled`
      return { passed, value, limit: disabled.join(','), message, resumes: `when ${value} is enabled` }
    },
  })
}

/**
 * Marks news or crowd that lean against the action by more than `tolerance`; an unknown score does not.
 *
 * Points: 10 when both lean more than `strong` the same way, -15 when it fails.
 */
export function sentimentAlignmentGate({
  tolerance = 10,
  strong = 20,
  severity = 'soft',
}: {
  readonly tolerance?: number
  readonly strong?: number
  readonly severity?: Gate['severity']
} = {}): Gate {
  return defineGate({
    name: 'sentiment_alignment',
    stage: 'signal_quality',
    severity,
    reason: 'SENTIMENT_MISALIGNED',
    check(intent, context) {
      const { news, wsb } = factsOf(intent, context)?.sentiment ?? {}
      if (news === undefined || wsb === undefined) return notSupplied('pair of sentiment scores', tolerance)
      const direction = isBullish(intent, context) ? 1 : -1
      const passed = news * direction >= -tolerance && wsb * direction >= -tolerance
      const isBoosted = passed && ((news > strong && wsb > strong) || (news < -strong && wsb < -strong))
      const failedOrPlain = passed ? 0 : -15
      const value = `news ${scoreText(news)}, crowd ${scoreText(wsb)}, ${passed ? 'aligned' : 'misaligned'}`
      return {
        passed,
        value,
        limit: tolerance,
        message: passed ? 'OK' : `${value}, allowed at most ${tolerance} against the action`,
        resumes: `when news and crowd lean at most ${tolerance} against the action`,
        points: isBoosted ? 10 : failedOrPlain,
      }
    },
  })
}

/** Refuses an underlying that fewer than `min` people mentioned within a day. Passes where no sentiment is supplied. */
export function minimumMentionsGate({ min = 5 }: { readonly min?: number } = {}): Gate {
  return defineGate({
    name: 'minimum_mentions',
    stage: 'signal_quality',
    severity: 'hard',
    reason: 'INSUFFICIENT_MENTIONS',
    check(intent, context) {
      const sentiment = factsOf(intent, context)?.sentiment
      if (sentiment === undefined) return notSupplied('sentiment', min)
      const resumes = `with at least ${min} mentions in a day`
      return atLeast({ what: 'mentions', value: sentiment.mentions, limit: min, unit: 'a day', resumes })
    },
  })
}

/** Marks a combined score of `against` or more against the action. */
export function sentimentDirectionGate({ against = 30 }: { readonly against?: number } = {}): Gate {
  return defineGate({
    name: 'sentiment_direction',
    stage: 'sentiment',
    severity: 'soft',
    reason: 'SENTIMENT_MISALIGNED',
    check(intent, context) {
      const value = combinedOf(factsOf(intent, context)?.sentiment)
      if (Number.isNaN(value)) return notSupplied('sentiment', against)
      return leaning('combined sentiment', value, isBullish(intent, context), against)
    },
  })
}

/** Marks a crowd that is on the move and leans `against` or more against the action. */
export function retailMomentumGate({ against = 20 }: { readonly against?: number } = {}): Gate {
  return defineGate({
    name: 'retail_momentum',
    stage: 'sentiment',
    severity: 'soft',
    reason: 'SENTIMENT_MISALIGNED',
    check(intent, context) {
      const sentiment = factsOf(intent, context)?.sentiment
      if (sentiment?.wsb === undefined) return notSupplied('crowd sentiment', against)
      const result = leaning('crowd sentiment', sentiment.wsb, isBullish(intent, context), against)
      return sentiment.isTrending ? result : { ...result, passed: true, message: 'OK' }
    },
  })
}

/** Adds 5 points from `min` mentions a day; always passes. */
export function mentionsBoostGate({ min = 30 }: { readonly min?: number } = {}): Gate {
  return defineGate({
    name: 'high_mentions_boost',
    stage: 'sentiment',
    severity: 'soft',
    reason: 'GATES_FAILED',
    check(intent, context) {
      const value = factsOf(intent, context)?.sentiment?.mentions ?? 0
      return { passed: true, value, limit: min, message: 'OK', resumes: '', points: value >= min ? 5 : 0 }
    },
  })
}

/** Reports a combined score of more than 30 either way; always passes. The volatility-rank gate counts it. */
export function strongSentimentGate(): Gate {
  return defineGate({
    name: 'strong_sentiment_boost',
    stage: 'sentiment',
    severity: 'soft',
    reason: 'GATES_FAILED',
    check(intent, context) {
      const value = combinedOf(factsOf(intent, context)?.sentiment)
      const message = isStrong(value) ? 'OK: strong sentiment' : 'OK'
      return toResult({ passed: true, value, limit: 30, message, resumes: '' })
    },
  })
}

/** Adds 10 points for sentiment at most `freshHours` old, takes 10 from `staleHours`; always passes. */
export function sentimentRecencyGate({
  freshHours = 4,
  staleHours = 24,
}: {
  readonly freshHours?: number
  readonly staleHours?: number
} = {}): Gate {
  return defineGate({
    name: 'sentiment_recency',
    stage: 'sentiment',
    severity: 'soft',
    reason: 'STALE_DATA',
    check(intent, context) {
      const value = factsOf(intent, context)?.sentiment?.ageHours ?? Number.NaN
      const staleOrPlain = value >= staleHours ? -10 : 0
      return toResult({
        passed: true,
        value,
        limit: freshHours,
        unit: 'h',
        message: 'OK',
        resumes: '',
        points: value <= freshHours ? 10 : staleOrPlain,
      })
    },
  })
}

function scoreText(score: number): string {
  return Number.isNaN(score) ? 'unknown' : score.toFixed(1)
}

function leaning(what: string, value: number, isUp: boolean, against: number): ReturnType<Gate['check']> {
  const passed = isUp ? value > -against : value < against
  const allowed = isUp ? `above ${-against}` : `below ${against}`
  return toResult({
    passed,
    value,
    limit: isUp ? -against : against,
    unit: '',
    message: describe({ what, value, decimals: 1, unit: '', passed, allowed }),
    resumes: `with ${what} ${allowed}`,
  })
}

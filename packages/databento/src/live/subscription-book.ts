import type { Us } from '@scalp/canonical'
import type { Schema } from '../dbn/enums.js'
import { RTYPE_OF_SCHEMA } from '../dbn/layouts.js'
import { LiveOptionsError } from './errors.js'
import type { StreamProgress } from './progress.js'
import { type HeldSubscription, planSession, type ResumePlan } from './resume.js'
import { type LiveSubscription, subscriptionLines } from './subscription.js'

const NO_PLAN: ResumePlan = { lines: [], fromUs: new Map(), lossy: new Set() }

/** What a client is subscribed to, over all its sessions, and what of it is being replayed. */
export class SubscriptionBook {
  /** What the session at hand was asked for. */
  plan: ResumePlan = NO_PLAN
  readonly #held: HeldSubscription[] = []
  /** Wait until their schema's replay has caught up: repeated records could not be told from theirs. */
  readonly #deferred: HeldSubscription[] = []
  readonly #replaying = new Set<Schema>()

  /**
   * Adds what is asked for before the first session.
   *
   * @throws {@link LiveOptionsError} When it cannot be sent, or not beside the others.
   */
  add(subscription: LiveSubscription): HeldSubscription {
    for (const { subscription: other } of this.#held) checkTogether(subscription, other)
    return this.#hold(subscription, this.#held)
  }

  /** Adds what is asked for while the client runs; undefined in `toSend` while its schema is being replayed. */
  addRunning(subscription: LiveSubscription): { readonly id: number; readonly toSend?: HeldSubscription } {
    if (subscription.startUs !== undefined) {
      throw new LiveOptionsError({
        reason: 'a running session takes no subscription with a start',
        hint: 'Name it in `subscriptions`, or leave the start out.',
      })
    }
    for (const { subscription: other } of [...this.#held, ...this.#deferred]) checkTypes(subscription, other)
    if (this.#replaying.has(subscription.schema)) return this.#hold(subscription, this.#deferred)
    const held = this.#hold(subscription, this.#held)
    return { id: held.id, toSend: held }
  }

  /** Plans a new session: all that is held, from where the last one broke off. */
  beginSession(
    progress: StreamProgress,
    { nowUs, isAgedOut }: { readonly nowUs: Us; readonly isAgedOut: boolean },
  ): ResumePlan {
    this.#held.push(...this.#deferred.splice(0))
    this.plan = planSession(this.#held, progress, { nowUs, isAgedOut })
    progress.beginReplay(isAgedOut ? [] : this.plan.fromUs.keys())
    this.#replaying.clear()
    for (const { subscription, sinceUs } of this.#held) {
      const isReplayed = sinceUs === undefined ? subscription.startUs !== undefined : !isAgedOut
      if (isReplayed) this.#replaying.add(subscription.schema)
    }
    return this.plan
  }

  /** The session streams: what it brings has times from `fromUs` on, or from an asked start. */
  sessionStarted(fromUs: Us): void {
    for (const held of this.#held) held.sinceUs ??= held.subscription.startUs ?? fromUs
  }

  /** True while a schema's replay has not caught up. */
  get isReplaying(): boolean {
    return this.#replaying.size > 0
  }

  endSession(): void {
    this.#replaying.clear()
  }

  /** A schema's replay has caught up; answers with what waited for that. */
  endReplay(schema: Schema): readonly HeldSubscription[] {
    this.#replaying.delete(schema)
    const ready = this.#deferred.filter(({ subscription }) => !this.#replaying.has(subscription.schema))
    const waiting = this.#deferred.filter(({ subscription }) => this.#replaying.has(subscription.schema))
    this.#deferred.splice(0, this.#deferred.length, ...waiting)
    this.#held.push(...ready)
    return ready
  }

  #hold(subscription: LiveSubscription, list: HeldSubscription[]): HeldSubscription {
    const id = this.#held.length + this.#deferred.length + 1
    /** Only to see that it can be sent. */
    subscriptionLines(subscription, id)
    const held: HeldSubscription = { id, subscription, sinceUs: undefined }
    list.push(held)
    return held
  }
}

/** Refuses subscriptions whose records could not be told apart after a break. */
function checkTogether(subscription: LiveSubscription, other: LiveSubscription): void {
  checkTypes(subscription, other)
  if (other.schema === subscription.schema && other.startUs !== subscription.startUs) {
    throw new LiveOptionsError({
      reason: `subscriptions of ${subscription.schema} start at different times`,
      hint: 'Start all subscriptions of a schema at the same time, or use one client for each.',
    })
  }
}

function checkTypes({ schema }: LiveSubscription, other: LiveSubscription): void {
  if (schema === other.schema || RTYPE_OF_SCHEMA[schema] !== RTYPE_OF_SCHEMA[other.schema]) return
  throw new LiveOptionsError({
    reason: `${other.schema} and ${schema} come as the same type of record`,
    hint: 'Use one client for each.',
  })
}

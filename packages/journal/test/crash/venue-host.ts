import { type ChildProcess, fork } from 'node:child_process'
import {
  type ApprovedOrder,
  createRandom,
  InstrumentTable,
  type OrderEvent,
  type OrderId,
  type Quote,
  type Us,
} from '@scalp/canonical'
import { createExchangeCalendar } from '@scalp/market-data'
import type { BrokerOrder } from '@scalp/reconciliation'
import { createFlatCosts, SimulatedBroker } from '@scalp/simulator'
import { type Answer, type Question, SYMBOL, type TraderPlan, type TraderState } from './protocol.js'

interface Order {
  readonly order: Extract<Question, { kind: 'submit' }>
  /** Until then the venue's own look-ups do not find it. */
  readonly surfacesUs: Us
  filled: number
  value: number
  status: BrokerOrder['status']
}

const OPEN_US = Date.parse('2026-01-05T15:00:00Z') * 1_000
const TICK_US = 50_000

/** The venue: the simulated broker in this process, and an account that outlives every trader. */
export class VenueHost {
  readonly orders = new Map<string, Order>()
  /** Orders that came twice: there must be none. */
  readonly doubled: string[] = []
  held = 0
  cashMicros = 0
  /** What traders believed, and what was true then. */
  readonly states: { readonly told: TraderState; readonly truth: TraderState }[] = []
  readonly #random: () => number
  readonly #instruments = new InstrumentTable()
  readonly #instrument = this.#instruments.requireOption(SYMBOL)
  readonly #broker: SimulatedBroker
  #nowUs: Us = OPEN_US
  #child: ChildProcess | undefined
  #bidMicros = 1_000_000

  constructor(seed: string) {
    this.#random = createRandom(seed)
    this.#broker = new SimulatedBroker({
      instruments: this.#instruments,
      calendar: createExchangeCalendar(),
      costs: createFlatCosts(0),
      orderLatencyUs: 30_000,
      responseLatencyUs: 0,
    })
    void this.#broker.connect({ onOrderEvent: (event) => this.#on(event) })
  }

  /** Runs a trader until it is dead or done; `killAfterMs` kills it from outside. Answers how it ended. */
  run(bundle: string, plan: TraderPlan, killAfterMs?: number): Promise<'died' | 'killed' | 'ended'> {
    return new Promise((resolve, reject) => {
      const child = fork(bundle, [JSON.stringify(plan)], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        execArgv: [],
      })
      this.#child = child
      let errors = ''
      child.stderr?.on('data', (text: Buffer) => {
        errors += text.toString()
      })
      child.on('message', (question: Question) => this.#hear(question))
      const clock = setInterval(() => this.#tick(), 1)
      const killer =
        killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
      const stuck = setTimeout(() => {
        errors += 'the trader hangs'
        child.kill('SIGTERM')
      }, 20_000)
      /** What it had sent still comes: an order under way when its sender died. */
      const drained = new Promise((done) => child.once('disconnect', done))
      child.on('exit', (code, signal) => {
        void drained.then(() => {
          clearInterval(clock)
          clearTimeout(killer)
          clearTimeout(stuck)
          this.#child = undefined
          if (signal === 'SIGKILL') resolve(child.killed ? 'killed' : 'died')
          else if (code === 0) resolve('ended')
          else reject(new Error(`the trader ended with ${code ?? signal}: ${errors}`))
        })
      })
    })
  }

  /** Time goes on without a trader. */
  pass(ticks: number): void {
    for (let tick = 0; tick < ticks; tick++) this.#tick()
  }

  wordOf(clientOrderId: string): BrokerOrder | undefined {
    const found = this.orders.get(clientOrderId)
    if (found === undefined) return undefined
    const { order, filled, value, status } = found
    const { side, contracts } = order
    return {
      clientOrderId,
      symbol: SYMBOL,
      side,
      contracts,
      filledContracts: filled,
      filledAverageMicros: value / filled,
      status,
    }
  }

  #truth(when: TraderState['when']): TraderState {
    const filled = Object.fromEntries(
      Array.from(this.orders, ([id, { filled: contracts }]) => [id, contracts]),
    )
    return { when, filled, held: this.held, costMicros: this.#cost, cashMicros: this.cashMicros }
  }

  #tick(): void {
    this.#nowUs += TICK_US
    this.#broker.advanceTo(this.#nowUs)
    this.#bidMicros = Math.max(500_000, this.#bidMicros + Math.round((this.#random() - 0.5) * 4) * 10_000)
    const quote: Quote = {
      instrument: this.#instrument,
      receivedUs: this.#nowUs,
      sourceUs: this.#nowUs,
      bidMicros: this.#bidMicros,
      askMicros: this.#bidMicros + 20_000,
      bidSize: Math.floor(this.#random() * 3),
      askSize: Math.floor(this.#random() * 3),
      sampleUs: 0,
    }
    this.#broker.onQuote(quote)
    this.#broker.advanceTo(this.#nowUs)
    const { bidMicros, askMicros } = quote
    this.#say({ kind: 'time', nowUs: this.#nowUs, bidMicros, askMicros })
  }

  #hear(question: Question): void {
    switch (question.kind) {
      case 'submit':
        this.#submit(question)
        break
      case 'cancel':
        this.#broker.cancel(question.clientOrderId as OrderId)
        break
      case 'state':
        this.states.push({ told: question.state, truth: this.#truth(question.state.when) })
        break
      case 'ask': {
        const base = { kind: 'answer', id: question.id, nowUs: this.#nowUs } as const
        if (question.what === 'positions')
          this.#say({
            ...base,
            positions:
              this.held === 0
                ? []
                : [{ symbol: SYMBOL, contracts: this.held, averageMicros: this.#averageMicros() }],
          })
        else if (question.what === 'orders') this.#say({ ...base, orders: this.#visible() })
        else {
          const order = this.#visible().find(({ clientOrderId }) => clientOrderId === question.clientOrderId)
          this.#say({ ...base, ...(order === undefined ? {} : { order }) })
        }
      }
    }
  }

  #submit(order: Extract<Question, { kind: 'submit' }>): void {
    const { clientOrderId, side, contracts, limitMicros, reduces } = order
    if (this.orders.has(clientOrderId)) {
      this.doubled.push(clientOrderId)
      return
    }
    const isLate = this.#random() < 0.1
    this.orders.set(clientOrderId, {
      order,
      surfacesUs: this.#nowUs + (isLate ? 500_000 : 0),
      filled: 0,
      value: 0,
      status: 'working',
    })
    this.#broker.submit({
      id: clientOrderId as OrderId,
      instrument: this.#instrument,
      side,
      contracts,
      decidedUs: this.#nowUs,
      reduces,
      ...(limitMicros === null ? {} : { limitMicros }),
    } as ApprovedOrder)
  }

  #on(event: OrderEvent): undefined {
    if (event.type === 'position-settled') return
    const found = this.orders.get(event.orderId)
    if (found === undefined) return
    if (event.type === 'order-filled') {
      const { contracts, priceMicros, side } = event
      found.filled += contracts
      found.value += contracts * priceMicros
      if (found.filled === found.order.contracts) found.status = 'filled'
      const signed = side === 'buy' ? contracts : -contracts
      this.#moveAverage(signed, priceMicros)
      this.held += signed
      this.cashMicros -= signed * priceMicros
    } else if (event.type === 'order-cancelled') found.status = 'cancelled'
    else if (event.type === 'order-rejected') found.status = 'rejected'
    const word = this.wordOf(event.orderId)
    if (word === undefined) return
    this.#say({ kind: 'word', nowUs: this.#nowUs, word })
    if (this.#random() < 0.1) this.#say({ kind: 'word', nowUs: this.#nowUs, word })
  }

  #cost = 0
  #averageMicros(): number {
    return this.#cost / this.held
  }

  #moveAverage(signed: number, priceMicros: number): void {
    this.#cost += signed > 0 ? signed * priceMicros : signed * this.#averageMicros()
    if (this.held + signed === 0) this.#cost = 0
  }

  #visible(): BrokerOrder[] {
    return [...this.orders]
      .filter(([, { surfacesUs }]) => surfacesUs <= this.#nowUs)
      .map(([id]) => this.wordOf(id) as BrokerOrder)
  }

  #say(answer: Answer): void {
    if (this.#child?.connected === true) this.#child.send(answer, () => undefined)
  }
}

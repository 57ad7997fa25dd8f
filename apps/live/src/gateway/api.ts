import type {
  Candle,
  Chain,
  Command,
  CommandResult,
  EvaluationMetrics,
  Role,
  SessionSummary,
  Snapshot,
} from '@scalp/protocol'
import { commandSchema } from '@scalp/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Hub } from './hub.js'
import { problem } from './server.js'

/** What REST answers from besides the hub's state. */
export interface ApiSource {
  candles(symbol: string, intervalSeconds: number, limit: number): Promise<readonly Candle[]>
  config(): Promise<Record<string, unknown>>
  sessions(): Promise<readonly SessionSummary[]>
  /** In the text format of Prometheus. */
  metrics(): Promise<string>
  /** Null when orders may go out; else why not. */
  unreadiness(): Promise<string | null>
}

/** What routes need. */
export interface ApiOptions {
  readonly hub: Hub
  readonly source: ApiSource
  readonly authenticate: (header: string | undefined, address: string) => Role | undefined
  readonly onCommand: (command: Command, actor: string) => Promise<Omit<CommandResult, 'id' | 'command'>>
}

interface BySymbol {
  Params: { symbol: string }
  Querystring: { interval?: string; limit?: string }
}

/** Adds the REST routes. */
export function addApi(http: FastifyInstance, { hub, source, authenticate, onCommand }: ApiOptions): void {
  const { state } = hub
  http.get('/healthz', () => ({ ok: true }))
  http.get('/readyz', async (_request, reply) => {
    const reason = await source.unreadiness()
    return reply.code(reason === null ? 200 : 503).send({ ready: reason === null, reason })
  })

  const guard = (role: Role) => async (request: FastifyRequest, reply: FastifyReply) => {
    const has = authenticate(request.headers.authorization, request.ip)
    if (has === undefined) {
      reply.header('www-authenticate', 'Bearer')
      return reply
        .code(401)
        .send(problem('TOKEN_WRONG', 'A token is needed.', 'Send Authorization: Bearer TOKEN.'))
    }
    if (role === 'operator' && has !== 'operator')
      return reply.code(403).send(problem('ROLE_MISSING', 'This token may look, not act.'))
    return undefined
  }
  const read = { onRequest: guard('read') }
  const get = (
    path: string,
    answer: (request: FastifyRequest<BySymbol>, reply: FastifyReply) => unknown,
  ): void => {
    http.get<BySymbol>(path, read, async (request, reply) => answer(request, reply))
  }

  http.get('/metrics', read, async (_request, reply) =>
    reply.type('text/plain; version=0.0.4').send(await source.metrics()),
  )
  get('/api/health', (_request, reply) => state.health ?? none(reply))
  get('/api/snapshot', () => state)
  get('/api/market/:symbol', ({ params: { symbol } }) => ({
    underlying: state.underlyings[symbol] ?? null,
    velocity: state.velocity[symbol] ?? null,
  }))
  get('/api/market/:symbol/candles', ({ params: { symbol }, query }) =>
    source.candles(symbol, query.interval === '60' ? 60 : 5, whole(query.limit, 720, 10_000)),
  )
  get('/api/options/:symbol', ({ params: { symbol } }) => chainOf(state, symbol))
  get('/api/gates/:symbol', ({ params: { symbol } }, reply) => state.gates[symbol] ?? none(reply))
  get('/api/positions', () => state.positions)
  get('/api/trading/account', (_request, reply) => state.session ?? none(reply))
  get('/api/trading/orders', () => state.orders)
  get('/api/trading/status', (_request, reply) => state.status ?? none(reply))
  get('/api/scalp/status', (_request, reply) => state.status ?? none(reply))
  get('/api/scalp/signals', () => state.signals)
  get('/api/scalp/trades', () => state.closedTrades)
  get('/api/scalp/config', () => source.config())
  get('/api/evaluation/logs', ({ query }) => state.decisions.slice(0, whole(query.limit, 200, 1_000)))
  get('/api/evaluation/metrics', () => metricsOf(state))
  get('/api/replay/sessions', () => source.sessions())
  get('/api/replay/status', (_request, reply) => state.replay ?? none(reply))

  http.post('/api/commands', { onRequest: guard('operator') }, async (request, reply) => {
    const parsed = commandSchema.safeParse(request.body)
    if (!parsed.success)
      return reply
        .code(400)
        .send(problem('COMMAND_INVALID', 'This is no command.', 'See commandSchema of @scalp/protocol.'))
    const result = await onCommand(parsed.data, `rest ${request.ip}`)
    return reply.code(result.ok ? 200 : 409).send({ id: '', command: parsed.data.command, ...result })
  })
  /** One position, as `flatten` of its contract: the journal has the command with where it came from. */
  http.post<{ Params: { id: string } }>(
    '/api/positions/:id/close',
    { onRequest: guard('operator') },
    async ({ params: { id }, ip }, reply) => {
      const position = state.positions.find((held) => held.id === id)
      if (position === undefined)
        return reply.code(404).send(problem('POSITION_UNKNOWN', 'There is no such position.'))
      if (position.positionType === 'external')
        return reply
          .code(409)
          .send(problem('POSITION_EXTERNAL', 'This position is not ours.', 'Close it where it was opened.'))
      const { optionSymbol } = position
      const result = await onCommand(
        { command: 'flatten', optionSymbol, reason: `close ${id}` },
        `rest ${ip}`,
      )
      return reply.code(result.ok ? 200 : 409).send({ id, command: 'flatten', ...result })
    },
  )
}

function none(reply: FastifyReply): object {
  reply.code(404)
  return problem('NOT_KNOWN_YET', 'Nothing is known of that yet.')
}

function whole(text: string | undefined, otherwise: number, most: number): number {
  const value = Number(text ?? otherwise)
  return Number.isInteger(value) && value > 0 ? Math.min(value, most) : otherwise
}

function chainOf(state: Snapshot, symbol: string): Chain {
  const options = Object.values(state.options).filter(({ underlying }) => underlying === symbol)
  const expiries = Array.from(new Set(options.map(({ expiry }) => expiry))).sort()
  return {
    underlying: symbol,
    price: state.underlyings[symbol]?.price ?? null,
    expiries: expiries.map((expiry) => {
      const listed = options
        .filter((option) => option.expiry === expiry)
        .sort((a, b) => a.strike - b.strike || a.right.localeCompare(b.right))
      return {
        expiry,
        contracts: listed.length,
        withQuote: listed.filter(({ bid, ask }) => bid !== null && ask !== null).length,
        withGreeks: listed.filter(({ delta }) => delta !== null).length,
        options: listed,
      }
    }),
  }
}

function metricsOf({ decisions, closedTrades }: Snapshot): EvaluationMetrics {
  const signals = decisions.filter(({ kind }) => kind === 'signal')
  const abstains = decisions.filter(({ kind }) => kind === 'abstain' || kind === 'refused')
  const times = decisions.map(({ at }) => Date.parse(at))
  const hours = times.length < 2 ? 0 : (Math.max(...times) - Math.min(...times)) / 3_600_000
  const counted = signals.length + abstains.length
  const spreads = signals
    .map(({ inputs }) => inputs['spreadPct'])
    .filter((spread) => typeof spread === 'number')
  const refusals = new Map<string, { gate: string; code: string; count: number }>()
  for (const { gate, code } of abstains) {
    const known = refusals.get(`${gate} ${code}`) ?? { gate, code, count: 0 }
    known.count++
    refusals.set(`${gate} ${code}`, known)
  }
  return {
    decisions: decisions.length,
    decisionsPerHour: hours > 0 ? decisions.length / hours : 0,
    abstentionRate: counted === 0 ? null : abstains.length / counted,
    trades: closedTrades.length,
    winRate:
      closedTrades.length === 0
        ? null
        : closedTrades.filter(({ pnlDollars }) => pnlDollars > 0).length / closedTrades.length,
    totalPnl: closedTrades.reduce((sum, { pnlDollars }) => sum + pnlDollars, 0),
    averageSpreadAtSignalPct:
      spreads.length === 0 ? null : spreads.reduce((sum, spread) => sum + spread, 0) / spreads.length,
    refusals: Array.from(refusals.values()).sort((a, b) => b.count - a.count),
  }
}

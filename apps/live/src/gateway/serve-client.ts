import { type Command, type CommandResult, clientMessageSchema, type Role } from '@scalp/protocol'
import { type RawData, WebSocket } from 'ws'
import type { ClientStream, StreamSocket } from './client-stream.js'
import type { Hub } from './hub.js'

/** What serving a client takes. */
export interface ServeOptions {
  readonly hub: Hub
  readonly role: Role
  readonly run: (command: Command) => Promise<Omit<CommandResult, 'id' | 'command'>>
}

const GREET_MS = 5_000
const PING_MS = 30_000
/** Messages a second that a client may send, and how many at once. */
const RATE = 20
const BURST = 40

/** Speaks with one client until it goes. */
export function serveClient(socket: WebSocket, { hub, role, run }: ServeOptions): void {
  let stream: ClientStream | undefined
  const link = wrap(socket)
  let credit = BURST
  let creditMs = performance.now()
  let heardMs = performance.now()
  const greeting = setTimeout(() => socket.close(4408, 'no hello'), GREET_MS)
  const pinging = setInterval(() => {
    const silentMs = performance.now() - heardMs
    if (silentMs > 2 * PING_MS) socket.terminate()
    else if (silentMs > PING_MS - 1_000) say('ping', {})
  }, PING_MS)
  const say = (type: string, data: unknown): void => {
    if (socket.readyState === WebSocket.OPEN)
      socket.send(JSON.stringify({ v: 1, type, data, timestamp: hub.timestamp }))
  }

  socket.on('message', (raw: RawData, isBinary) => {
    heardMs = performance.now()
    credit = Math.min(BURST, credit + ((heardMs - creditMs) / 1_000) * RATE) - 1
    creditMs = heardMs
    if (credit < 0) {
      socket.close(4429, 'too many messages')
      return
    }
    const message = isBinary ? undefined : parse(textOf(raw))
    if (message === undefined) {
      say('error', { code: 'MESSAGE_INVALID', message: 'This is no message of the protocol.' })
      return
    }
    switch (message.type) {
      case 'hello':
        if (stream !== undefined) return
        clearTimeout(greeting)
        stream = hub.join(link, role, message)
        return
      case 'ping':
        say('pong', {})
        return
      case 'pong':
        return
      case 'subscribe':
      case 'unsubscribe':
        if (stream === undefined) break
        hub.narrow(stream, changed(stream.symbols, message, hub.symbols))
        return
      case 'command': {
        if (stream === undefined) break
        const { id, type: _type, ...command } = message
        run(command)
          .catch(
            (): Omit<CommandResult, 'id' | 'command'> => ({
              ok: false,
              code: 'INTERNAL',
              message: 'The command failed.',
            }),
          )
          .then((result) => say('command_result', { id, command: command.command, ...result }))
          .catch(() => undefined)
        return
      }
    }
    say('error', { code: 'HELLO_MISSING', message: 'Send hello first.' })
  })
  socket.on('close', () => {
    clearTimeout(greeting)
    clearInterval(pinging)
    if (stream !== undefined) hub.leave(stream, link, performance.now())
  })
  /** Frames that are too large or broken: `ws` closes with 1009, 1007 or 1002 by itself. */
  socket.on('error', () => undefined)
}

/** A message goes as two fragments, so that what all clients get is encoded once. */
function wrap(socket: WebSocket): StreamSocket {
  return {
    get bufferedAmount(): number {
      return socket.bufferedAmount
    },
    send: (text) => socket.send(text),
    sendParts: (head, tail) => {
      socket.send(head, { fin: false })
      socket.send(tail, { binary: false, fin: true })
    },
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  }
}

function parse(text: string): ReturnType<typeof clientMessageSchema.parse> | undefined {
  try {
    const parsed = clientMessageSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    /** Older screens say a bare `ping`. */
    return text === 'ping' ? { type: 'ping' } : undefined
  }
}

/** The first `subscribe` of a client that wanted everything narrows it to what it names. */
function changed(
  before: ReadonlySet<string> | undefined,
  message: { type: 'subscribe' | 'unsubscribe'; symbol?: string | undefined; symbols?: string[] | undefined },
  all: readonly string[],
): Set<string> {
  const named = [...(message.symbols ?? []), ...(message.symbol === undefined ? [] : [message.symbol])]
  if (message.type === 'subscribe') return new Set([...(before ?? []), ...named])
  const after = new Set(before ?? all)
  for (const symbol of named) after.delete(symbol)
  return after
}

function textOf(raw: RawData): string {
  return Buffer.isBuffer(raw) ? raw.toString() : Array.isArray(raw) ? Buffer.concat(raw).toString() : ''
}

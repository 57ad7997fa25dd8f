import { WebSocket } from 'ws'

/** Opens so many clients of a daemon, one in twenty of which does not read, and says once a second what they heard. */
const [url = '', token = '', count = '500'] = process.argv.slice(2)
const clients = Number(count)
let [open, closed, messages, bytes] = [0, 0, 0, 0]

for (let i = 0; i < clients; i++) {
  const socket = new WebSocket(url, ['scalp.v1', `bearer.${token}`], { perMessageDeflate: false })
  const isSlow = i % 20 === 19
  socket.on('open', () => {
    open++
    socket.send('{"type":"hello"}')
    if (isSlow) setTimeout(() => (socket as unknown as { _socket: { pause(): void } })._socket.pause(), 500)
  })
  socket.on('message', (raw: Buffer) => {
    messages++
    bytes += raw.length
    if (raw.length < 200 && raw.includes('"ping"')) socket.send('{"type":"pong"}')
  })
  socket.on('close', () => void closed++)
  socket.on('error', () => undefined)
  if (i % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 30))
}
setInterval(() => process.stdout.write(`${JSON.stringify({ open, closed, messages, bytes })}\n`), 1_000)
process.stdin.on('end', () => process.exit()).resume()

import { inspect } from 'node:util'
import { isScalpError } from '@scalp/canonical'
import { afterEach, expect, test, vi } from 'vitest'
import { createHistoricalClient, type HistoricalWarning } from '../src/historical.js'
import { DAY, start } from './historical-setup.js'

afterEach(() => {
  vi.unstubAllEnvs()
})

const failureOf = async (promise: Promise<unknown>): Promise<any> => {
  const error = await promise.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  expect(error).toBeInstanceOf(Error)
  return error
}

test.each([
  [
    400,
    { detail: { case: 'batch_job_not_ready', message: 'Not ready', status_code: 400 } },
    'InvalidRequestError',
    'DATABENTO_INVALID_REQUEST',
  ],
  [401, { detail: 'Authentication failed.' }, 'AuthenticationError', 'DATABENTO_AUTHENTICATION'],
  [402, { detail: 'Pay first' }, 'PaymentError', 'DATABENTO_PAYMENT'],
  [
    403,
    { detail: { case: 'license_not_found_unauthorized', message: 'A live data license is required' } },
    'EntitlementError',
    'DATABENTO_ENTITLEMENT',
  ],
  [404, { detail: 'Not Found' }, 'NotFoundError', 'DATABENTO_NOT_FOUND'],
  [409, { detail: 'Conflict' }, 'InvalidRequestError', 'DATABENTO_INVALID_REQUEST'],
  [413, '<html>413</html>', 'RequestTooLargeError', 'DATABENTO_REQUEST_TOO_LARGE'],
  [416, { detail: 'Range' }, 'RangeNotSatisfiableError', 'DATABENTO_RANGE'],
  [
    422,
    { detail: [{ loc: ['body', 'start'], msg: 'invalid', type: 'x' }] },
    'InvalidRequestError',
    'DATABENTO_INVALID_REQUEST',
  ],
  [418, 'teapot', 'ResponseError', 'DATABENTO_RESPONSE'],
  [302, '', 'ResponseError', 'DATABENTO_RESPONSE'],
])('turns status %i into its own error, and asks once', async (status, body, name, code) => {
  const { server, client } = await start()
  const headers = status === 302 ? { location: 'http://127.0.0.1:1/' } : {}
  server.fail('metadata.list_datasets', { kind: 'status', status, body, headers })
  const error = await failureOf(client.metadata.listDatasets())
  expect(error).toMatchObject({
    name,
    code,
    status,
    method: 'metadata.list_datasets',
    requestId: 'stand-in-1',
  })
  expect(error.message).toContain('stand-in-1')
  expect(error.hint).toMatch(/\w/)
  expect(server.count('metadata.list_datasets')).toBe(1)
})

test.each([
  [408, 'HistoricalTimeoutError'],
  [429, 'RateLimitError'],
  [500, 'ServerError'],
  [502, 'ServerError'],
  [503, 'ServerError'],
  [504, 'HistoricalTimeoutError'],
])('repeats a free call on %i, and says so when that does not help', async (status, name) => {
  const { server, client } = await start({}, { maxRetries: 2 })
  server.fail('metadata.list_datasets', { kind: 'status', status, body: 'gateway' })
  expect(await client.metadata.listDatasets()).toEqual(['OPRA.PILLAR'])
  expect(server.count('metadata.list_datasets')).toBe(2)
  const fault = { kind: 'status', status } as const
  server.fail('metadata.list_datasets', fault, fault, fault)
  expect(await failureOf(client.metadata.listDatasets())).toMatchObject({ name, status })
  expect(server.count('metadata.list_datasets')).toBe(5)
})

test('waits as long as Retry-After asks', async () => {
  const { server, client } = await start()
  server.fail('metadata.list_datasets', { kind: 'status', status: 429, headers: { 'retry-after': '0.3' } })
  const before = performance.now()
  await client.metadata.listDatasets()
  expect(performance.now() - before).toBeGreaterThan(250)
})

test('an abort ends the wait for a retry with what the caller gave', async () => {
  const { server, client } = await start()
  server.fail('metadata.list_datasets', { kind: 'status', status: 429, headers: { 'retry-after': '60' } })
  const controller = new AbortController()
  const call = failureOf(client.metadata.listDatasets({ signal: controller.signal }))
  await vi.waitFor(() => expect(server.count('metadata.list_datasets')).toBe(1))
  const reason = new Error('enough')
  setTimeout(() => controller.abort(reason), 20)
  expect(await call).toBe(reason)
})

test('an abort ends a call that the server does not answer', async () => {
  const { server, client } = await start()
  server.fail('metadata.list_datasets', { kind: 'hang' })
  const signal = AbortSignal.timeout(50)
  expect((await failureOf(client.metadata.listDatasets({ signal }))).name).toBe('TimeoutError')
  expect(server.count('metadata.list_datasets')).toBe(1)
})

test('gives up on a server that sends nothing, before and in the middle of a body', async () => {
  const { server, client } = await start({}, { timeoutMs: 60, maxRetries: 0 })
  server.fail('metadata.list_datasets', { kind: 'hang' }, { kind: 'slow', pieceBytes: 3, delayMs: 500 })
  for (let call = 0; call < 2; call++)
    expect(await failureOf(client.metadata.listDatasets())).toMatchObject({ code: 'DATABENTO_TIMEOUT' })
})

test('a slow body is no time-out while bytes come', async () => {
  const { server, client } = await start({}, { timeoutMs: 400 })
  /** The 15 bytes of the body take longer than that, each of them much less. */
  server.fail('metadata.list_datasets', { kind: 'slow', pieceBytes: 1, delayMs: 40 })
  expect(await client.metadata.listDatasets()).toEqual(['OPRA.PILLAR'])
  expect(server.calls).toHaveLength(1)
})

test('repeats a free call whose JSON was cut, by the connection or without a sign', async () => {
  const { server, client } = await start()
  const faults = [{ kind: 'half' }, { kind: 'cut', afterBytes: 5 }, { kind: 'drop' }] as const
  server.fail('metadata.list_datasets', ...faults)
  expect(await client.metadata.listDatasets()).toEqual(['OPRA.PILLAR'])
  expect(server.count('metadata.list_datasets')).toBe(4)
})

test('says what came when cut JSON does not get better', async () => {
  const { server, client } = await start({}, { maxRetries: 0 })
  server.fail('metadata.list_datasets', { kind: 'half' }, { kind: 'cut', afterBytes: 5 })
  expect(await failureOf(client.metadata.listDatasets())).toMatchObject({ code: 'DATABENTO_RESPONSE' })
  expect(await failureOf(client.metadata.listDatasets())).toMatchObject({
    code: 'DATABENTO_CONNECTION',
    bytes: 5,
  })
})

test('an answer of another shape is refused, with the place, and not asked again', async () => {
  const { server, client } = await start({
    answers: { 'metadata.list_publishers': [{ publisher_id: 'one' }] },
  })
  const error = await failureOf(client.metadata.listPublishers())
  expect(error).toMatchObject({ code: 'DATABENTO_RESPONSE' })
  expect(error.message).toContain('0.publisher_id')
  expect(server.calls).toHaveLength(1)
})

test('fields that are not known are ignored', async () => {
  const { client } = await start({ answers: { 'metadata.list_fields': [{ name: 'a', type: 'b', more: 1 }] } })
  expect(await client.metadata.listFields({ schema: 'trades' })).toEqual([{ name: 'a', type: 'b' }])
})

test('names the case of the API, and where the range may end', async () => {
  const availableEnd = 1_740_009_600_000_000_000n
  const { client } = await start({ availableEnd })
  const error = await failureOf(client.metadata.getCost(DAY))
  expect(error).toMatchObject({ case: 'data_end_after_available_end', status: 422 })
  expect(error.message).toContain("available up to '2025-02-20 00:00:00+00:00'")
  expect(error.hint).toContain('getDatasetRange')
  const turned = failureOf(client.metadata.getCost({ ...DAY, end: '2025-02-19' }))
  expect(await turned).toMatchObject({ case: 'data_time_range_start_on_or_after_end' })
})

test('hands warnings to the caller', async () => {
  const warnings: HistoricalWarning[] = []
  const { server, client } = await start({}, { onWarning: (warning) => warnings.push(warning) })
  server.fail('metadata.list_datasets', {
    kind: 'warning',
    warnings: ['DeprecationWarning: old', 'UserWarning: x'],
  })
  await client.metadata.listDatasets()
  expect(warnings).toEqual([
    { method: 'metadata.list_datasets', message: 'DeprecationWarning: old', requestId: 'stand-in-1' },
    { method: 'metadata.list_datasets', message: 'UserWarning: x', requestId: 'stand-in-1' },
  ])
})

test('a wrong key is refused, and no error shows a key, though a proxy sends it back', async () => {
  const apiKey = 'db-verysecretverysecretverysecret'
  const encoded = Buffer.from(`${apiKey}:`).toString('base64')
  const { server, client } = await start({}, { apiKey, maxRetries: 0 })
  expect(await failureOf(client.metadata.listDatasets())).toMatchObject({ code: 'DATABENTO_AUTHENTICATION' })
  server.fail(
    'metadata.list_datasets',
    { kind: 'status', status: 500, body: `you sent ${apiKey} as ${encoded}` },
    { kind: 'drop' },
  )
  for (let call = 0; call < 3; call++) {
    const error = await failureOf(client.metadata.listDatasets())
    const shown = `${inspect(error, { depth: 10, showHidden: true })}${JSON.stringify(error)}${error.stack}`
    expect(shown).not.toContain('verysecret')
    expect(shown).not.toContain(encoded)
  }
  expect(inspect(client, { depth: 10, showHidden: true })).not.toContain('verysecret')
})

test('takes the key from the environment only when none is passed', async () => {
  const { server } = await start()
  vi.stubEnv('DATABENTO_API_KEY', server.apiKey)
  expect(await createHistoricalClient({ baseUrl: server.url }).metadata.listDatasets()).toHaveLength(1)
  const other = createHistoricalClient({ baseUrl: server.url, apiKey: 'db-other' })
  await expect(other.metadata.listDatasets()).rejects.toMatchObject({ code: 'DATABENTO_AUTHENTICATION' })
  vi.stubEnv('DATABENTO_API_KEY', '')
  expect(() => createHistoricalClient()).toThrow(expect.objectContaining({ code: 'DATABENTO_API_KEY' }))
})

test('a key is not sent over plain http, but to this machine', () => {
  const options = { apiKey: 'db-1', baseUrl: 'http://hist.databento.com' }
  expect(() => createHistoricalClient(options)).toThrow(expect.objectContaining({ code: 'DATABENTO_QUERY' }))
})

test('takes a fetch of the caller, and a base with a path and a version', async () => {
  const urls: string[] = []
  const client = createHistoricalClient({
    apiKey: 'db-1',
    baseUrl: 'https://proxy.example/databento/v0/',
    fetch: async (input) => {
      urls.push((input as URL).href)
      return new Response('["A.B"]')
    },
  })
  expect(await client.metadata.listDatasets({ startDate: '2025-02-20' })).toEqual(['A.B'])
  expect(urls).toEqual(['https://proxy.example/databento/v0/metadata.list_datasets?start_date=2025-02-20'])
})

test('every error can be told by its code', async () => {
  const { server, client } = await start({}, { maxRetries: 0 })
  await server.close()
  const error = await failureOf(client.metadata.listDatasets())
  expect(isScalpError(error) && error.code).toBe('DATABENTO_CONNECTION')
  expect(error.message).toContain('ECONNREFUSED')
})

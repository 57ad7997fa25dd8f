import { expect, test } from 'vitest'
import * as live from '../src/live.js'
import * as testing from '../src/testing.js'

test('/live exports these names and no others', () => {
  expect(Object.keys(live).sort()).toMatchInlineSnapshot(`
    [
      "LiveAuthError",
      "LiveCallbackError",
      "LiveClient",
      "LiveConnectError",
      "LiveDatasetError",
      "LiveDisconnectError",
      "LiveFeed",
      "LiveGatewayError",
      "LiveGaveUpError",
      "LiveOptionsError",
      "LiveProtocolError",
      "LiveSilenceError",
      "LiveTimeoutError",
      "LiveVersionError",
      "checkLiveAccess",
      "cramResponse",
      "createLiveClient",
      "createLiveFeed",
    ]
  `)
})

test('/testing exports these names and no others', () => {
  expect(Object.keys(testing).sort()).toMatchInlineSnapshot(`
    [
      "GatewaySession",
      "LiveGateway",
      "errorRecord",
      "mappingRecord",
      "startGateway",
      "startHistoricalServer",
      "systemRecord",
    ]
  `)
})

export { type GatewayOptions, LiveGateway, startGateway } from './testing/gateway.js'
export {
  errorRecord,
  type GatewayFormat,
  type GatewayInstrument,
  mappingRecord,
  systemRecord,
} from './testing/gateway-records.js'
export type { GatewayRequest } from './testing/gateway-request.js'
export { type ConnectionPlan, GatewaySession } from './testing/gateway-session.js'
export type { GatewayFault, WireOptions } from './testing/gateway-wire.js'
export type {
  HistoricalCall,
  HistoricalFault,
  HistoricalServerOptions,
} from './testing/historical-options.js'
export { type HistoricalServer, startHistoricalServer } from './testing/historical-server.js'

import { bundleApp } from '../../scripts/bundle-app.js'

/** The decode threads' program lies beside the bundle, where `decode-pool` looks for it. */
export default bundleApp({
  entry: { main: 'src/main.ts', 'decode-worker': '../../packages/databento/src/decode-worker.ts' },
})

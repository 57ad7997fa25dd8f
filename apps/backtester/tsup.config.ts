import { bundleApp } from '../../scripts/bundle-app.js'

/** The programs of the threads lie beside the bundle, where they are looked for. */
export default bundleApp({
  entry: {
    main: 'src/main.ts',
    'pass-thread': 'src/pass-thread.ts',
    'decode-worker': '../../packages/databento/src/decode-worker.ts',
  },
})

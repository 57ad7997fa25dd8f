import { cpSync } from 'node:fs'
import { bundleApp } from '../../scripts/bundle-app.js'

/** The screens' thread and the decode threads lie beside the bundle, and the dashboard's files in a folder of theirs. */
export default bundleApp({
  entry: {
    main: 'src/main.ts',
    'gateway-worker': 'src/gateway-worker.ts',
    'decode-worker': '../../packages/databento/src/decode-worker.ts',
  },
  onSuccess: async () => {
    cpSync('../dashboard/dist', 'dist/dashboard', { recursive: true })
  },
})

import { writeFileSync } from 'node:fs'
import { bundleApp } from '../../scripts/bundle-app.js'
import { collectTemplates } from './src/collect-templates.js'

/** The templates are the examples as they are now: they are copied when this is built, and nobody keeps a second copy. */
export default bundleApp({
  entry: { main: 'src/main.ts' },
  onSuccess: async () => {
    writeFileSync('dist/templates.json', JSON.stringify(collectTemplates('../../examples')))
  },
})

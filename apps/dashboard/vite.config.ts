import { defineConfig } from 'vite'

/** Relative paths, so that the page also works behind a path of a proxy. */
export default defineConfig({
  base: './',
  resolve: { conditions: ['@scalp/source', 'module', 'browser', 'development|production'] },
  build: { target: 'es2022', sourcemap: true, modulePreload: { polyfill: false } },
  server: { proxy: { '/ws': { target: 'ws://127.0.0.1:8787', ws: true }, '/api': 'http://127.0.0.1:8787' } },
})

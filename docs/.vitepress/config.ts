import { readdirSync } from 'node:fs'
import path from 'node:path'
import { defineConfig } from 'vitepress'

const root = path.dirname(import.meta.dirname)
const pages = (folder: string): { text: string; link: string }[] =>
  readdirSync(path.join(root, folder), { withFileTypes: true })
    .map((entry) => (entry.isDirectory() ? entry.name : entry.name.replace(/\.md$/, '')))
    .filter((name) => name !== 'index')
    .sort()
    .map((name) => ({ text: name, link: `/${folder}/${name}${folder === 'reference/api' ? '/' : ''}` }))

export default defineConfig({
  title: 'Scalp',
  description: 'TypeScript libraries, a backtester and a live daemon for scalping US equity options.',
  cleanUrls: true,
  lastUpdated: false,
  vite: { build: { chunkSizeWarningLimit: 20_000 } },
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcExclude: ['test/**', 'node_modules/**', 'README.md'],
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Concepts', link: '/concepts/time-honesty' },
      { text: 'How to', link: '/guides/write-a-strategy' },
      { text: 'Reference', link: '/reference/api/' },
    ],
    sidebar: [
      { text: 'Start in five minutes', link: '/start' },
      {
        text: 'Concepts',
        items: [
          { text: 'Time honesty', link: '/concepts/time-honesty' },
          { text: 'Fills', link: '/concepts/fills' },
          { text: 'Gates', link: '/concepts/gates' },
          { text: 'Money and time', link: '/concepts/money-and-time' },
          { text: 'Live equals replay', link: '/concepts/parity' },
          { text: 'Honest statistics', link: '/concepts/statistics' },
          { text: 'What a backtest assumes', link: '/assumptions' },
          { text: 'Architecture', link: '/architecture' },
        ],
      },
      {
        text: 'How to',
        items: [
          { text: 'Write a strategy', link: '/guides/write-a-strategy' },
          { text: 'Write a gate', link: '/guides/write-a-gate' },
          { text: 'Write an indicator', link: '/guides/write-an-indicator' },
          { text: 'Write a venue adapter', link: '/guides/write-an-adapter' },
          { text: 'Backtest your data', link: '/guides/backtest' },
          { text: 'Look into data files', link: '/guides/data-files' },
          { text: 'Run live', link: '/live' },
          { text: 'Choose the live feed', link: '/guides/choose-a-feed' },
          { text: 'Try a bot against a fake Alpaca', link: '/guides/fake-alpaca' },
          { text: 'Move over from the Python original', link: '/guides/migrate' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Command lines', link: '/reference/cli/', items: pages('reference/cli') },
          { text: 'Settings', items: pages('reference/config') },
          { text: 'Error codes', link: '/reference/errors' },
          { text: 'API', link: '/reference/api/', collapsed: true, items: pages('reference/api') },
          { text: 'Slice format', link: '/slice-format' },
          { text: 'Alpaca acceptance cards', link: '/alpaca-acceptance' },
        ],
      },
      { text: 'Performance', link: '/performance' },
      { text: 'Decisions', collapsed: true, items: pages('decisions') },
      { text: 'Questions', link: '/faq' },
    ],
    footer: { message: 'Nothing here is advice, and a backtest is not a promise. MIT licence.' },
  },
})

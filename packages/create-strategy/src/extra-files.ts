import type { Names } from './render-package.js'

/** What is made, and never kept. */
export const gitignore = `node_modules/
dist/
data/
out/
`

/** Tests on every push, on the Node versions that are supported. */
export const ciWorkflow = `name: ci
on:
  push:
  pull_request:
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        node: [22, 24]
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with:
          node-version: \${{ matrix.node }}
      - run: npm install
      - run: npm test
      - run: npm run build
`

/** What a stranger needs: what it is, how to test it, how to run it. */
export function readme({ packageName, strategy, identifier }: Names, hint: string): string {
  return `# ${packageName}

A strategy for Scalp (@scalp/strategy): it ${hint}.

| what | command |
| --- | --- |
| types and tests | \`npm test\` |
| a backtest on five days of a synthetic market | \`npm run backtest\`, then open \`out/report.html\` |
| the same on files of yours | \`npx scalp-backtest run --data DIR --underlying SPY --strategy .\` |
| watch it on a simulated venue | \`npx @scalp/live demo --strategy .\` after \`npm run build\` |

## Where things are

- \`src/index.ts\` is the strategy \`${identifier}\`. Its settings are the schema at the top; each has a default. A run
  changes one with \`--set NAME=VALUE\`.
- \`test/\` runs the conformance suite of \`@scalp/strategy/testing\`: the same data give the same decisions, none of them
  looks ahead, none reads a clock, a refused order is taken well, and a restart changes nothing.

## Before you believe a result

The synthetic market knows no edge, so a profit on it means nothing. \`"${strategy}"\` is written into every order: change
\`name\` when the strategy becomes another one.

To publish it, remove \`"private": true\` and choose a \`license\`.
`
}

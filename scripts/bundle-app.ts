import { defineConfig } from 'tsup'

/** What an app's bundle is made from. */
interface AppBundle {
  /** Name of a file in `dist` to its source; paths are relative to the app. */
  readonly entry: Readonly<Record<string, string>>
  /** Commands after the bundle is written. */
  readonly onSuccess?: () => Promise<void>
}

/** Kept out of every bundle: what is native, finds files of its own, or starts threads of its own. */
const EXTERNAL = ['better-sqlite3', 'zstd-napi', 'uplot']

/**
 * Bundles an app for people who only run it: our packages and small libraries go in, what stays outside must be among
 * its `dependencies`. The sources of CommonJS libraries call `require`, which an ES module has not.
 */
export function bundleApp({ entry, onSuccess }: AppBundle): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: { ...entry },
    format: ['esm'],
    target: 'node22',
    dts: false,
    sourcemap: true,
    clean: true,
    splitting: true,
    minifyWhitespace: true,
    minifySyntax: true,
    external: EXTERNAL,
    esbuildOptions(options) {
      options.conditions = ['@scalp/source', 'module']
    },
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
    ...(onSuccess === undefined ? {} : { onSuccess }),
  })
}

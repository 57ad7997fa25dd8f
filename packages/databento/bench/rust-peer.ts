import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The official Rust decoder, crate `dbn`, as a program that sums a file; built on demand, with `SCALP_BENCH_RUST=1`, for
 * it needs cargo, the network and minutes. It is checked against `truth`, in its own units.
 */
export function rustPeer(file: string, truth: readonly number[] | undefined): string | undefined {
  if (process.env['SCALP_BENCH_RUST'] === undefined) return undefined
  const target = path.join(tmpdir(), 'scalp-bench', 'rust')
  execFileSync('cargo', ['build', '--release', '--quiet'], {
    cwd: fileURLToPath(new URL('rust/', import.meta.url)),
    env: { ...process.env, CARGO_TARGET_DIR: target },
    stdio: 'inherit',
  })
  const program = path.join(target, 'release', 'dbn-peer')
  const [records, bid = '', ask = '', ...sizes] = execFileSync(program, [file]).toString().trim().split(' ')
  const micros = (nanos: string): number => Number(BigInt(nanos) / 1_000n)
  const found = [Number(records), micros(bid), micros(ask), ...sizes.map(Number)]
  if (truth !== undefined && found.join() !== truth.join())
    throw new Error(`The Rust decoder sums ${found.join()}, not ${truth.join()}`)
  return program
}

/**
 * Takes Ctrl-C as a wish to stop when what is under way has ended and is kept; a second one ends at once.
 *
 * `end` gives Ctrl-C back.
 */
export function stopSignal(): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController()
  const onStop = (): void => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort()
    process.stderr.write('\nStopping when what is under way has ended. Once more stops at once.\n')
  }
  process.on('SIGINT', onStop).on('SIGTERM', onStop)
  return {
    signal: controller.signal,
    end: () => void process.off('SIGINT', onStop).off('SIGTERM', onStop),
  }
}

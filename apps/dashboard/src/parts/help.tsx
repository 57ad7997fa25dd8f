import { type Signal, signal } from '@preact/signals'
import type { ComponentChild } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** True while the list of keys is shown. */
export const isHelpOpen: Signal<boolean> = signal(false)

const KEYS: readonly (readonly [string, string])[] = [
  ['1', 'Trade'],
  ['2', 'Chain'],
  ['3', 'Decisions'],
  ['4', 'Health'],
  ['h', 'Halt entries'],
  ['r', 'Resume entries'],
  ['f', 'Flatten'],
  ['t', 'Light or dark'],
  ['?', 'This list'],
]

/** The list of keys. */
export function Help(): ComponentChild {
  const dialog = useRef<HTMLDialogElement>(null)
  const isOpen = isHelpOpen.value
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={() => (isHelpOpen.value = false)}>
      <h2 id="help-title">Keys</h2>
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <div class="row">
        <button type="button" onClick={() => (isHelpOpen.value = false)}>
          Close
        </button>
      </div>
    </dialog>
  )
}

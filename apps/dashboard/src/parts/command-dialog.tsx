import { type Signal, signal } from '@preact/signals'
import type { CommandName, CommandResult } from '@scalp/protocol'
import type { ComponentChild } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { contractName } from '../format.js'
import { command, connection, connectionState } from '../state/live.js'
import { textOf } from './form-text.js'

/** Commands that a person confirms, in words. */
const COMMANDS = {
  halt: { title: 'Halt', text: 'No new entries. Open positions keep their exits.', action: 'Halt' },
  resume: { title: 'Resume', text: 'New entries are allowed again.', action: 'Resume' },
  flatten: {
    title: 'Flatten',
    text: 'Cancels what rests and sells what we hold at market, now. Entries stay allowed.',
    action: 'Flatten',
  },
  kill: {
    title: 'Kill',
    text: 'Halts, cancels, and sells everything at market. It survives a restart, and only “Re-arm” ends it.',
    action: 'Kill',
  },
  rearm: {
    title: 'Re-arm',
    text: 'Ends the kill switch. Have you found out why it fired?',
    action: 'Re-arm',
  },
  reconcile: {
    title: 'Reconcile',
    text: 'Compares orders and positions with the broker now.',
    action: 'Reconcile',
  },
} satisfies Partial<Record<CommandName, { title: string; text: string; action: string }>>
/** A command that a person confirms. */
export type AskedCommand = keyof typeof COMMANDS

interface Asked {
  readonly name: AskedCommand
  readonly optionSymbol: string | undefined
}

const asked = signal<Asked | undefined>(undefined)
const isRunning = signal(false)
const answer = signal<CommandResult | undefined>(undefined)

/** What came of the last command; undefined when nobody wants to know any more. */
export const lastResult: Signal<CommandResult | undefined> = answer

/** Asks for a confirmation. */
export function ask(name: AskedCommand, optionSymbol?: string): void {
  if (mayCommand()) asked.value = { name, optionSymbol }
}

/** True for an operator who is connected. */
export function mayCommand(): boolean {
  return connection.value?.role === 'operator' && connectionState.value === 'live'
}

/** The confirmation. */
export function CommandDialog(): ComponentChild {
  const dialog = useRef<HTMLDialogElement>(null)
  const current = asked.value
  useEffect(() => {
    if (current !== undefined) dialog.current?.showModal()
    else dialog.current?.close()
  }, [current])
  const { title, text, action } = COMMANDS[current?.name ?? 'halt']
  const isGrave = current?.name === 'kill' || current?.name === 'flatten'
  return (
    <dialog ref={dialog} aria-labelledby="command-title" onClose={() => (asked.value = undefined)}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault()
          const form = event.currentTarget
          void run(current, textOf(form, 'reason')).then(() => form.reset())
        }}
      >
        <h2 id="command-title">{title}</h2>
        <p>{text}</p>
        {current?.optionSymbol !== undefined && <p>Only {contractName(current.optionSymbol)}.</p>}
        <label>
          Reason, for the journal
          <input name="reason" maxLength={200} autocomplete="off" />
        </label>
        <div class="row">
          <button type="button" class="plain" onClick={() => (asked.value = undefined)}>
            Cancel
          </button>
          <button type="submit" class={isGrave ? 'danger' : ''} disabled={isRunning.value}>
            {isRunning.value ? 'Sending…' : action}
          </button>
        </div>
      </form>
    </dialog>
  )
}

async function run(current: Asked | undefined, reason: string): Promise<void> {
  if (current === undefined) return
  isRunning.value = true
  const { name, optionSymbol } = current
  answer.value = await command({
    command: name,
    ...(reason === '' ? {} : { reason }),
    ...(optionSymbol === undefined ? {} : { optionSymbol }),
  })
  isRunning.value = false
  asked.value = undefined
}

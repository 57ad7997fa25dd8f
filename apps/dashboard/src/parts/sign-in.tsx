import type { ComponentChild } from 'preact'
import { connect } from '../state/live.js'
import { textOf } from './form-text.js'

/** Asks for the token when there is none, or it is wrong. */
export function SignIn(): ComponentChild {
  return (
    <main class="sign-in">
      <h1>Scalp</h1>
      <p>
        The daemon wants a token. It prints an address with one when it starts; <code>scalp-live status</code>{' '}
        tells where it runs.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          connect(textOf(event.currentTarget, 'token'))
        }}
      >
        <label>
          Token
          <input name="token" type="password" autocomplete="off" required />
        </label>
        <button type="submit">Connect</button>
        <p role="alert">The last token was refused.</p>
      </form>
    </main>
  )
}

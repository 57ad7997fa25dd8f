// biome-ignore assist/source/organizeImports: the settings must be in force before any schema is made.
import './state/no-code-from-text.js'
import { render } from 'preact'
import { App } from './app.js'
import { connect } from './state/live.js'
import './style.css'

connect()
render(<App />, document.getElementById('app') as HTMLElement)

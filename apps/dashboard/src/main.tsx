import { render } from 'preact'
import { App } from './app.js'
import { connect } from './state/live.js'
import './style.css'

connect()
render(<App />, document.getElementById('app') as HTMLElement)

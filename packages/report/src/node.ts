export { hashResult, type Unhashed } from './hash.js'
export { renderHtml } from './html.js'

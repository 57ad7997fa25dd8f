export { hashResult, type Unhashed } from './hash.js'
export { renderComparison } from './html/comparison.js'
export { renderHtml } from './html.js'
export { decisionsParquet, tradesParquet } from './parquet.js'

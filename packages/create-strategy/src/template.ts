import type { KindName } from './kinds.js'

/** An example as text: files by their path in the package. */
export interface Template {
  readonly files: Readonly<Record<string, string>>
}

/** A template for each kind. */
export type Templates = Readonly<Record<KindName, Template>>

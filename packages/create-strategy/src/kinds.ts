/** A kind of strategy to start from: an example of the repository. */
export interface Kind {
  /** Folder of the example, and name of its strategy. */
  readonly example: string
  readonly label: string
  readonly hint: string
}

/** What `--kind` takes, and the first one is what is written unless told. */
export const KINDS = {
  'one-file': {
    example: 'bid-lean',
    label: 'One file',
    hint: 'buys where size leans on the bid, leaves after a fixed hold',
  },
  indicator: {
    example: 'opening-range',
    label: 'With an indicator and a gate of its own',
    hint: "buys the break of the first minutes' range",
  },
  spread: {
    example: 'credit-spread',
    label: 'Several legs',
    hint: 'sells a put spread, wing first, and buys it back',
  },
} as const satisfies Readonly<Record<string, Kind>>

/** Name of a kind. */
export type KindName = keyof typeof KINDS

/** Names of the kinds, in order. */
export const KIND_NAMES: readonly KindName[] = Object.keys(KINDS) as KindName[]

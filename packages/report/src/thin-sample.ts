/** Below this many trades no figure carries a conclusion. */
export const THIN_SAMPLE = 30

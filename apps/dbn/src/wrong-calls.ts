/** Codes of errors that a corrected call would not meet: exit code 2. */
export const wrongCalls: ReadonlySet<string> = new Set([
  'CALL_INVALID',
  'COST_REFUSED',
  'TEXT_UNKNOWN_FIELD',
  'DBN_MIXED_RECORDS',
])

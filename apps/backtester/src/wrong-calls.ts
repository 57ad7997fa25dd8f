/** Codes of errors that a corrected call would not meet: exit code 2. */
export const wrongCalls: ReadonlySet<string> = new Set([
  'CONFIG_INVALID',
  'STRATEGY_UNKNOWN',
  'STRATEGY_CONFIG',
  'STRATEGY_PRESET',
  'STRATEGY_CONTRACT',
  'CALL_INVALID',
  'PACKAGE_MISSING',
  'SWEEP_PLAN',
  'RUN_UNKNOWN',
])

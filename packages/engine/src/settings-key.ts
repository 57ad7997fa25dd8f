import { IndicatorSettingsError } from './errors.js'

/**
 * Plain values as text, the same text for the same values only.
 *
 * @throws {@link IndicatorSettingsError} When anything else is among them.
 */
export function settingsKey(indicator: string, settings: unknown, path = 'settings'): string {
  const inner = (value: unknown, at: string): string => settingsKey(indicator, value, `${path}${at}`)
  if (settings === undefined) return 'undefined'
  if (settings === null || typeof settings === 'boolean') return String(settings)
  if (typeof settings === 'number') return Object.is(settings, -0) ? '-0' : String(settings)
  if (typeof settings === 'string') return JSON.stringify(settings)
  if (Array.isArray(settings)) return `[${settings.map((value, at) => inner(value, `[${at}]`)).join()}]`
  if (typeof settings === 'object' && isPlain(settings)) {
    const entries = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${inner(value, `.${name}`)}`).join()}}`
  }
  const found = typeof settings === 'object' ? `a ${settings.constructor.name}` : `a ${typeof settings}`
  throw new IndicatorSettingsError({ indicator, path, found })
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** What a machine says, as words that fit in one line of ours. */
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { deviceName } from './follow/named-things.ts'

/** Words of a machine are cut to this. */
const longestWord = 80

/** Line breaks, control characters, and marks that change the direction of the text. */
const unprintable = /[\s\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g

/** A text on one line, cut to `longestWord`. */
export function cut(text: string): string {
  if (text.length <= longestWord) return text.replace(unprintable, ' ')
  // Never cut a surrogate pair.
  const start = text.slice(0, longestWord - 1).replace(/[\ud800-\udbff]$/, '')
  return `${start.replace(unprintable, ' ')}…`
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** A size in bytes, to three digits: `120 MiB`. */
export function sayBytes(size: number): string {
  let value = size
  let unit = 0
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const text = unit === 0 || Math.abs(value) >= 999.5 ? String(Math.round(value)) : value.toPrecision(3)
  return `${text} ${units[unit] ?? ''}`
}

/** The members of an event, each as text that fits in a line. A missing member, or one of another type, is an ellipsis. */
export class EventData {
  readonly #data: JsonObject

  constructor(data: Json | undefined) {
    this.#data = data !== undefined && isJsonObject(data) ? data : {}
  }

  #get(member: string): Json | undefined {
    return Object.hasOwn(this.#data, member) ? this.#data[member] : undefined
  }

  /** Whether there is a text that is not empty. */
  has(member: string): boolean {
    const value = this.#get(member)
    return typeof value === 'string' && value !== ''
  }

  is(member: string, value: Json): boolean {
    return this.#get(member) === value
  }

  text(member: string): string {
    const value = this.#get(member)
    if (typeof value === 'string' && value !== '') return cut(value)
    return typeof value === 'number' || typeof value === 'bigint' ? cut(String(value)) : '…'
  }

  /** The first of these members that is present. */
  first(...members: readonly string[]): string {
    return this.text(members.find((each) => this.has(each)) ?? '')
  }

  /** A device by its id or its path. */
  device(...members: readonly string[]): string {
    const member = members.find((each) => this.has(each))
    const value = member === undefined ? undefined : this.#get(member)
    return typeof value === 'string' ? cut(deviceName(value)) : '…'
  }

  number(member: string): number | undefined {
    const value = this.#get(member)
    if (typeof value === 'bigint') return Number(value)
    return typeof value === 'number' ? value : undefined
  }

  bytes(member: string): string {
    const value = this.number(member)
    return value === undefined ? '…' : sayBytes(value)
  }

  inner(member: string): EventData {
    return new EventData(this.#get(member))
  }

  /** `before`, the text and `after`; nothing where the text is missing or empty. */
  when(member: string, before: string, after = ''): string {
    return this.has(member) ? `${before}${this.text(member)}${after}` : ''
  }
}

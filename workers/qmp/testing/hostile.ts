/** Streams that a hostile or broken server may send, made from a seed: the same seed gives the same bytes. */

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export type Random = () => number

/** Make the numbers of a seed. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number from 0 up to `below`. */
export function upTo(random: Random, below: number): number {
  return Math.floor(random() * below)
}

/** One of some. */
export function oneOf<Item>(random: Random, items: readonly Item[]): Item {
  return items[upTo(random, items.length)] as Item
}

const depths = [2, 10, 199, 201, 511, 512, 513, 1025, 5000, 20_000]
const oddTexts = [
  ...[
    '',
    'x',
    '__proto__',
    'constructor',
    '\\u0000',
    '\\ud800',
    '\\"',
    '\\\\',
    '\u202e',
    'é',
    '\uffff',
    '}{',
    '\\n',
  ],
]

/** A JSON value, or what looks like one. */
function value(random: Random, budget: number): string {
  const kind = upTo(random, budget > 0 ? 12 : 7)
  if (kind === 0) return oneOf(random, ['null', 'true', 'false'])
  if (kind === 1) return String(upTo(random, 20) - 3)
  if (kind === 2)
    return oneOf(random, ['18446744073709551615', '1E400', '-0', '0.1', '1e-999', '00', '1.', '.5'])
  if (kind === 3) return digits(random)
  if (kind <= 6) return `"${oneOf(random, oddTexts)}${'y'.repeat(upTo(random, 80))}"`
  if (kind === 7) return nested(random)
  const count = upTo(random, 5)
  const items = Array.from({ length: count }, () => value(random, budget - 1))
  if (kind === 8) return `[${items.join(',')}]`
  if (kind === 9) return `{${items.map((each, n) => `"${oneOf(random, oddTexts)}${n}": ${each}`).join(', ')}}`
  if (kind === 10) return `[ ${items.join(' ,\t')} ]`
  return `{"data": {"a": ${items[0] ?? '[]'}}}`
}

function digits(random: Random): string {
  const count = oneOf(random, [1, 15, 16, 400, 1099, 1100, 1101, 5000])
  const start = oneOf(random, ['', '-', '0.', '1e', '1E+'])
  return `${start}${oneOf(random, ['7', '1', '9'])}${oneOf(random, ['0', '7']).repeat(count)}`
}

/** Nesting without a limit; closed, or not. */
function nested(random: Random): string {
  const depth = oneOf(random, depths)
  const [open, close] = oneOf(random, [
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"id": 2, "x": ', '}]'],
  ] as const)
  return `${open.repeat(depth)}1${close.repeat(random() < 0.85 ? depth : upTo(random, depth + 1))}`
}

const names = ['return', 'error', 'event', 'QMP', 'id', 'data', 'timestamp', 'odd']
const stamp = '"timestamp": {"seconds": 1732153431, "microseconds": 5}'

/** A message, or nearly one. `ids` are those of commands that wait. */
function message(random: Random, ids: readonly number[]): string {
  const id = random() < 0.8 ? String(oneOf(random, [...ids, 1, 999])) : value(random, 1)
  const some = (): string => value(random, 3)
  switch (upTo(random, 11)) {
    case 0:
    case 1:
      return `{"return": ${some()}, "id": ${id}}`
    case 2:
      return `{"error": {"class": "GenericError", "desc": "no"}, "id": ${id}}`
    case 3:
      return `{"error": ${some()}${random() < 0.5 ? `, "id": ${id}` : ''}}`
    case 4:
      return `{${stamp}, "event": "STOP"}`
    case 5:
      return `{${stamp}, "event": "ODD", "data": {"x": ${some()}}}`
    case 6:
      return `{"event": "COMMAND_DROPPED", "data": {"id": ${id}}}`
    case 7:
      return `{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}`
    case 8:
      return `{${names
        .filter(() => random() < 0.4)
        .map((name) => `"${name}": ${some()}`)
        .join(', ')}}`
    case 9:
      return `{\n    "return": ${some()},\n    "id": ${id}\n}`
    default:
      return some()
  }
}

/** A stream of `count` messages, with garbage between them, flipped bits, and pieces left out or repeated. */
export function hostileBytes(random: Random, count: number, ids: readonly number[]): Uint8Array {
  const encoder = new TextEncoder()
  const parts: Uint8Array[] = []
  for (let n = 0; n < count; n += 1) {
    const end = oneOf(random, ['\r\n', '\r\n', '\r\n', '\n', '', '\n\n', ' '])
    const bytes = encoder.encode(message(random, ids) + end)
    parts.push(random() < 0.15 ? damaged(random, bytes) : bytes)
    if (random() < 0.1) parts.push(rubbish(random))
  }
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function damaged(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  const at = upTo(random, copy.length)
  const kind = upTo(random, 3)
  if (kind === 0) copy[at] = (copy[at] ?? 0) ^ (1 << upTo(random, 8))
  if (kind === 1) return copy.subarray(0, at)
  if (kind === 2) return copy.subarray(at)
  return copy
}

function rubbish(random: Random): Uint8Array {
  const text = oneOf(random, ['(qemu) ', 'RFB 003.008\n', '\u0000\u0000', '{{{{', ']]]]\n', '"', '\r\r\r\n'])
  const bytes = new TextEncoder().encode(text)
  if (random() < 0.5) return bytes
  return Uint8Array.from({ length: upTo(random, 40) }, () => upTo(random, 256))
}

/** The bytes cut anywhere: byte by byte, in a few pieces, or whole. */
export function* cuts(random: Random, bytes: Uint8Array): Generator<Uint8Array> {
  const most = oneOf(random, [1, 7, 100, 5000, 70_000, bytes.length || 1])
  // A large stream byte by byte would be most of the time of a run.
  const least = Math.ceil(bytes.length / 20_000)
  for (let at = 0; at < bytes.length;) {
    const size = Math.max(least, 1 + upTo(random, most))
    yield bytes.subarray(at, at + size)
    at += size
  }
}

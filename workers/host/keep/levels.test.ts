/** A value of the greatest depth that is read can be handled and copied on the stack that a browser's worker has. */
import { expect, test } from 'vitest'
import type { LogRow } from '#record/row.ts'
import { equalJson } from '#base/json/equal.ts'
import { isJsonObject } from '#base/json/value.ts'
import { mostLevels } from '#base/json/loss.ts'
import { parseInput, parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { readMessage } from '#qmp/message.ts'
import { idKey } from '#qmp/pending.ts'
import { mayCarrySecret, redact } from '#qapi/secrets/secrets.ts'
import { namesInCommand, namesInEvent } from '#trace/follow/named-things.ts'
import { overlayKey } from '#trace/overlay/overlay-key.ts'
import { sayEvent } from '#trace/say.ts'
import { keptRow } from './keep.ts'

/**
 * Levels that structured clone manages where it is tested. Chromium's workers manage 1,860, its pages 3,650, Node 2,400
 * (measured): so this is what a worker has, less a third for whoever calls.
 */
const levelsOfWorker = 1240

function clones(levels: number): boolean {
  let value: unknown = 1
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}

function descend<Value>(frames: number, run: () => Value): Value {
  return frames === 0 ? run() : descend(frames - 1, run)
}

/** Call something where no more of the stack is left than a worker has. */
function withStackOfWorker(run: () => void): void {
  const isEnough = (frames: number): boolean => {
    try {
      return descend(frames, () => clones(levelsOfWorker))
    } catch {
      return false
    }
  }
  let frames = 0
  for (let step = 8192; step >= 1; step /= 2) if (isEnough(frames + step)) frames += step
  descend(frames, run)
}

const half = mostLevels / 2
const texts = [
  `${'['.repeat(mostLevels - 4)}18446744073709551615${']'.repeat(mostLevels - 4)}`,
  `${'{"a": '.repeat(mostLevels - 4)}"x"${'}'.repeat(mostLevels - 4)}`,
  `${'[{"node-name": "n", "password": "p", "children": '.repeat(half - 2)}1${'}]'.repeat(half - 2)}`,
]

test.each(texts.map((text) => [text.slice(0, 20), text] as const))('%s…', (_, text) => {
  withStackOfWorker(() => {
    for (const exact of [false, true]) {
      const whole = `{"x": ${exact ? '[1.00000000000000000001, ' : '[1, '}${text}]}`
      const read = parseJson(whole)
      const value: Json = read.ok ? read.value : null
      expect(read.ok && parseInput(whole).ok).toBe(true)
      expect(equalJson(value, structuredClone(value)) || exact).toBe(true)
      expect(parseJson(printJson(value)).ok && parseJson(printJson(value, { indent: 2 })).ok).toBe(true)
      expect(idKey(value)).not.toBe('')
      const object: JsonObject = isJsonObject(value) ? value : {}
      expect(readMessage({ error: object, id: object }).kind).toBe('error')
      expect(redact('blockdev-add', object)).toBeDefined()
      expect(mayCarrySecret('blockdev-add', object)).toBeDefined()
      expect(namesInCommand('blockdev-add', object)).toBeDefined()
      expect(namesInEvent('JOB_STATUS_CHANGE', object)).toBeDefined()
      sayEvent('BLOCK_JOB_ERROR', object)
      const timestamp = { seconds: 1, microseconds: 2 }
      const row: LogRow = {
        kind: 'event',
        name: 'ODD',
        data: object,
        timestamp,
        cause: undefined,
        seq: 1,
        at: 1,
        bytes: 1,
      }
      expect(overlayKey(row)).not.toBe('')
      expect(keptRow(row, text).text).toBeDefined()
      expect(
        keptRow({ ...row, kind: 'raw', exec: 1 } as never, `{"execute": "x", "arguments": ${whole}}`),
      ).toBeDefined()
      // A batch is a few levels more.
      expect(structuredClone({ batch: [{ rows: [row] }] })).toBeDefined()
    }
  })
})

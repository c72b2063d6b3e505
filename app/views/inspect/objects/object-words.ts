/** Words for objects: their values, and the action that sets one. */
import { textOf } from '#base/json/print.ts'
import { jsonKind } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { clip } from '#base/clip.ts'
import type { QomValue } from '#inside/objects/qom-object.ts'
import type { ActionPlan } from '../action/action.ts'

/** A value as it is shown in a row: a text without quotes, anything else as JSON. */
export function valueText(value: Json): string {
  return typeof value === 'string' ? value : textOf(value)
}

/** Characters of a value in a sentence. */
const longestInWords = 200

/** A value in a sentence: a text stands in quotes. */
export function valueInWords(value: Json): string {
  return clip(jsonKind(value) === 'string' ? `“${valueText(value)}”` : valueText(value), longestInWords)
}

/** One side of a difference. */
export function sideText(side: QomValue | string | undefined): string {
  if (side === undefined) return 'not there'
  if (typeof side === 'string') return side
  return side.kind === 'value' ? valueText(side.value) : 'cannot be read'
}

/** The action that sets a property. `now` is what it is; undefined where it cannot be read, and then there is no way back. */
export function setAction(
  path: string,
  property: string,
  now: Json | undefined,
  next: Json,
  ondone: () => void,
): ActionPlan {
  const old = now === undefined ? 'Its value now cannot be read' : `It is ${valueInWords(now)} now`
  const back =
    now === undefined ? 'There is no way back from here.' : 'The old value can be set again, by Take it back.'
  return {
    title: `Set ${property} of ${path}`,
    about: `${old}; it becomes ${valueInWords(next)}. QEMU does not always check what it is given, and a running guest may not survive it. ${back}`,
    verb: 'Set',
    isDangerous: true,
    steps: [
      {
        name: 'qom-set',
        args: { path, property, value: next },
        ...(now === undefined ? {} : { undo: { name: 'qom-set', args: { path, property, value: now } } }),
      },
    ],
    ondone,
  }
}

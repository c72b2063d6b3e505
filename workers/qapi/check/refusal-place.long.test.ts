/**
 * The places of refusals in the form of QEMU 5.2, for random faults in random arguments of every command of its recorded
 * schema: the place is that at which the visitor stood, although the text names less, or the wrong value instead.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isJsonObject } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import { entitiesOf } from '../model/schema.ts'
import { faultsOf } from '../testing/faults.ts'
import { valuesOf } from '../testing/generate.ts'
import { loadSchema } from '../testing/load.ts'
import { visit52 } from '../testing/visitor.ts'
import { placeRefusal } from './refusal-place.ts'
import { validate } from './validate.ts'
import { readRefusal } from './verdict.ts'

const schema = loadSchema('qemu-5.2-x86_64')

/** A place that the text of a refusal hides. */
function isHidden(desc: string, path: string): boolean {
  return !desc.includes(`'${path}'`)
}

test('one fault, and two: each refusal of 5.2 is at the member where the visitor stood', () => {
  let cases = 0
  let hidden = 0
  const elsewhere: string[] = []
  const look = (name: string, argType: string, value: unknown): void => {
    if (!isJsonObject(value as never)) return
    const args = value as Parameters<typeof placeRefusal>[2]
    const refused = visit52(schema, argType, args)
    if (refused === undefined) return
    const refusal = readRefusal(refused.desc)
    if (refusal === undefined) throw new Error(`${refused.desc} is not read`)
    cases += 1
    if (isHidden(refused.desc, refused.path)) hidden += 1
    const found = placeRefusal(schema, argType, args, validate(schema, argType, args), refusal)
    if (found.path !== refused.path)
      elsewhere.push(
        `${found.path ?? 'nowhere'} for ${refused.path}: ${name}: ${refused.desc}; ${printJson(args).slice(0, 300)}`,
      )
  }
  for (const [at, { name, argType }] of entitiesOf(schema, 'command').entries()) {
    for (const value of fc.sample(valuesOf(schema, argType), { numRuns: 4, seed: 5200 + at })) {
      const faults = faultsOf(schema, argType, value)
      const stride = Math.max(1, Math.floor(faults.length / 60))
      for (let index = 0; index < faults.length; index += stride) {
        const fault = faults[index]
        if (fault === undefined) continue
        look(name, argType, fault.value)
        // A second fault in what has one: the visitor meets one of them first.
        const more = faultsOf(schema, argType, fault.value)
        const second = more[(index * 31) % Math.max(1, more.length)]
        if (second !== undefined) look(name, argType, second.value)
      }
    }
  }
  process.stdout.write(`${cases} refusals of 5.2, ${hidden} of them do not name their place\n`)
  expect(elsewhere).toEqual([])
  expect(cases).toBeGreaterThan(10_000)
  expect(hidden).toBeGreaterThan(1000)
})

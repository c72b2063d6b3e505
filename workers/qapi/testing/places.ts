/** All places of a type, found by walking down from every command and event: the long way, to check the short one. */
import type { Schema } from '../model/schema.ts'
import { usesOf } from '../model/schema.ts'
import { tagValues } from './schema-tools.ts'

/** The paths from commands and events to a type, or to one of themselves. No path passes a type twice. */
export function placesOf(before: Schema, after: Schema, target: string): readonly string[] {
  const { kind } = before.byName.get(target) ?? {}
  if (kind === 'command' || kind === 'event') return [target]
  // Only what leads to the target is walked.
  const leads = new Set([target])
  for (const each of leads) for (const use of before.users.get(each) ?? []) leads.add(use.by)
  const found: string[] = []
  const walk = (type: string, path: string, within: readonly string[]): void => {
    const entity = before.byName.get(type)
    if (entity === undefined || !leads.has(type) || within.includes(type)) return
    if (type === target) found.push(path)
    const inside = [...within, type]
    switch (entity.kind) {
      case 'array':
        walk(entity.elementType, `${path}[]`, within)
        break
      case 'alternate':
        for (const each of entity.branches) walk(each, path, inside)
        break
      case 'object': {
        for (const each of entity.members) walk(each.type, `${path}.${each.name}`, inside)
        const now = after.byName.get(type)
        const still = new Set(now?.kind === 'object' ? tagValues(after, now) : [])
        const groups = new Map<string, string[]>()
        for (const value of tagValues(before, entity)) {
          const of = (schema: Schema): string => {
            const union = schema.byName.get(type)
            return union?.kind === 'object'
              ? (union.variants.find((each) => each.case === value)?.type ?? '')
              : ''
          }
          if (!still.has(value)) continue
          // Cases are one place where both schemas have the same type for them.
          const key = `${of(before)} ${of(after)}`
          groups.set(key, [...(groups.get(key) ?? []), value])
        }
        for (const [key, values] of groups) {
          const more = values.length > 4 ? `|… ${values.length - 4} more` : ''
          const step = `(${entity.tag ?? ''}=${values.slice(0, 4).join('|')}${more})`
          walk(key.split(' ')[0] ?? '', `${path}${step}`, inside)
        }
        break
      }
      default:
        break
    }
  }
  for (const root of before.entities) {
    if (root.kind !== 'command' && root.kind !== 'event') continue
    for (const [type, { role }] of usesOf(root)) walk(type, `${root.name}.${role}`, [])
  }
  return found
}

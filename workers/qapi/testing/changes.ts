/** Random single changes of a schema, with what a comparison has to say of each. */
import { stringsIn, objectsIn } from '#base/json/value.ts'
import type { JsonObject } from '#base/json/value.ts'
import type { RuleId } from '../compare/rules.ts'
import { entitiesOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import {
  pick,
  objectsOf,
  enumsOf,
  alternatesOf,
  unionsOf,
  memberOf,
  tagValues,
  sizeOfCase,
  hasMember,
  withInfo,
  withMember,
  withVariant,
  withCaseOf,
} from './schema-tools.ts'
import type { Choose } from './schema-tools.ts'

/** What a change is told as. */
export interface Expected {
  readonly rules: readonly RuleId[]
  readonly item: string
  /** What a path to the type that changes is followed by. */
  readonly step: string
  /** The type, command or event that changes. */
  readonly type: string
  /** The types whose values are judged, where they are not that type. */
  readonly judged?: { readonly before: string; readonly after: string }
}

/** A changed schema, as introspection would give it. `expected` is undefined where nothing on the wire changes. */
export interface Changed {
  readonly list: readonly JsonObject[]
  readonly expected: Expected | undefined
}

type Kind = (schema: Schema, list: readonly JsonObject[], choose: Choose) => Changed | undefined

/** The kinds of changes. Each gives undefined where it does not fit to what was chosen. */
export const kinds: Readonly<Record<string, Kind>> = {
  'member added': (schema, list, choose) => {
    const object = pick(objectsOf(schema), choose)
    const optional = choose(2) === 0
    return {
      list: withInfo(list, object.name, (info) => ({
        ...info,
        members: [
          ...objectsIn(info.members),
          { name: 'x-new', type: 'str', ...(optional ? { default: null } : {}) },
        ],
      })),
      expected: {
        rules: [optional ? 'optional-member-added' : 'required-member-added'],
        item: 'x-new',
        step: '.x-new',
        type: object.name,
      },
    }
  },
  'member removed': (schema, list, choose) => {
    const place = memberOf(schema, choose)
    if (place === undefined) return undefined
    const { object, name } = place
    return {
      list: withInfo(list, object.name, (info) => ({
        ...info,
        members: objectsIn(info.members).filter((each) => each.name !== name),
      })),
      expected: { rules: ['member-removed'], item: name, step: `.${name}`, type: object.name },
    }
  },
  'optionality changed': (schema, list, choose) => {
    const place = memberOf(schema, choose)
    if (place === undefined) return undefined
    const { object, name, optional } = place
    return {
      list: withMember(list, object.name, name, (member) =>
        optional
          ? Object.fromEntries(Object.entries(member).filter(([key]) => key !== 'default'))
          : { ...member, default: null },
      ),
      expected: {
        rules: [optional ? 'member-now-required' : 'member-now-optional'],
        item: name,
        step: `.${name}`,
        type: object.name,
      },
    }
  },
  'type changed': (schema, list, choose) => {
    const place = memberOf(schema, choose)
    if (place === undefined) return undefined
    const { object, name } = place
    const type = pick(['str', 'int', 'bool', 'any'], choose)
    if (place.type === type || schema.byName.get(place.type)?.kind === 'unknown') return undefined
    return {
      list: withMember(list, object.name, name, (member) => ({ ...member, type })),
      expected: {
        rules: ['type-changed', 'type-widened', 'type-narrowed'],
        item: name,
        step: `.${name}`,
        type: object.name,
      },
    }
  },
  'another type referred to': (schema, list, choose) => {
    const places = objectsOf(schema).flatMap((object) =>
      object.members.map((each) => ({ object, name: each.name, was: schema.byName.get(each.type) })),
    )
    const { object, name, was } = pick(
      places.filter((each) => each.was?.kind === 'object' && each.was.tag === undefined),
      choose,
    )
    if (was?.kind !== 'object') return undefined
    const names = new Set(was.members.map((each) => each.name))
    const others = objectsOf(schema).filter(
      ({ members, tag }) =>
        tag === undefined && members.length > 1 && members.every((each) => !names.has(each.name)),
    )
    // A type that a command or event itself has keeps its counterpart there.
    const rooted = new Set(['arguments', 'return', 'data'])
    const other = pick(
      others.filter((each) => schema.users.get(each.name)?.some(({ role }) => rooted.has(role)) === true),
      choose,
    )
    return {
      list: withMember(list, object.name, name, (member) => ({ ...member, type: other.name })),
      expected: {
        rules: ['type-replaced'],
        item: name,
        step: `.${name}`,
        type: object.name,
        judged: { before: was.name, after: other.name },
      },
    }
  },
  'value added': (schema, list, choose) => {
    const type = pick(enumsOf(schema), choose)
    return {
      list: withInfo(list, type.name, (info) => ({
        ...info,
        values: [...stringsIn(info.values), 'x-new'],
        ...(Array.isArray(info.members) ? { members: [...objectsIn(info.members), { name: 'x-new' }] } : {}),
      })),
      expected: { rules: ['value-added'], item: 'x-new', step: ' = x-new', type: type.name },
    }
  },
  'value removed': (schema, list, choose) => {
    const type = pick(enumsOf(schema), choose)
    const value = pick(type.values, choose).name
    return {
      list: withInfo(list, type.name, (info) => ({
        ...info,
        values: stringsIn(info.values).filter((each) => each !== value),
        ...(Array.isArray(info.members)
          ? { members: objectsIn(info.members).filter((each) => each.name !== value) }
          : {}),
      })),
      expected: { rules: ['value-removed'], item: value, step: ` = ${value}`, type: type.name },
    }
  },
  'case got members': (schema, list, choose) => {
    const union = pick(unionsOf(schema), choose)
    const empty = tagValues(schema, union).filter((value) => sizeOfCase(schema, union, value) === 0)
    if (empty.length === 0) return undefined
    const value = pick(empty, choose)
    const members = Array.from({ length: 1 + choose(3) }, (_, index) => ({
      name: `x-${index}`,
      type: 'str',
      ...(choose(2) === 0 ? { default: null } : {}),
    }))
    const isFree = members.every((each) => 'default' in each)
    const added = { name: 'x-case', 'meta-type': 'object', members }
    const shared = {
      step: `(${union.tag ?? ''}=${value})${members.length === 1 ? '.x-0' : ''}`,
      type: union.name,
    }
    return {
      list: [...withVariant(list, union.name, value, 'x-case'), added],
      expected:
        members.length === 1
          ? { ...shared, rules: [isFree ? 'optional-member-added' : 'required-member-added'], item: 'x-0' }
          : {
              ...shared,
              rules: [isFree ? 'optional-members-of-case-added' : 'required-members-of-case-added'],
              item: '',
            },
    }
  },
  'case lost its members': (schema, list, choose) => {
    const union = pick(unionsOf(schema), choose)
    const full = tagValues(schema, union).filter((value) => sizeOfCase(schema, union, value) > 0)
    if (full.length === 0) return undefined
    const value = pick(full, choose)
    const type = schema.byName.get(union.variants.find((each) => each.case === value)?.type ?? '')
    if (type?.kind !== 'object') return undefined
    const only = type.members.length === 1 && type.variants.length === 0 ? type.members[0]?.name : undefined
    return {
      list: withVariant(list, union.name, value, undefined),
      expected: {
        rules: [only === undefined ? 'members-of-case-removed' : 'member-removed'],
        item: only ?? '',
        step: `(${union.tag ?? ''}=${value})${only === undefined ? '' : `.${only}`}`,
        type: union.name,
      },
    }
  },
  'moved into a case': (schema, list, choose) => {
    const union = pick(unionsOf(schema), choose)
    const movable = union.members.filter((each) => each.name !== union.tag)
    const values = tagValues(schema, union)
    if (movable.length === 0 || values.length === 0) return undefined
    const member = pick(movable, choose)
    const value = pick(values, choose)
    const changed = withInfo(list, union.name, (info) => ({
      ...info,
      members: objectsIn(info.members).filter((each) => each.name !== member.name),
    }))
    const info = objectsIn(list.find((each) => each.name === union.name)?.members).find(
      (each) => each.name === member.name,
    )
    return {
      list: withCaseOf(schema, changed, union, value, (members) => [...members, info ?? {}]),
      expected:
        values.length < 2
          ? undefined
          : { rules: ['member-now-in-case'], item: member.name, step: `.${member.name}`, type: union.name },
    }
  },
  'moved out of a case': (schema, list, choose) => {
    const union = pick(unionsOf(schema), choose)
    const values = tagValues(schema, union).filter((value) => sizeOfCase(schema, union, value) > 0)
    if (values.length === 0) return undefined
    const value = pick(values, choose)
    const type = schema.byName.get(union.variants.find((each) => each.case === value)?.type ?? '')
    if (type?.kind !== 'object') return undefined
    const movable = type.members.filter(
      ({ name }) =>
        name !== type.tag &&
        union.variants.every((each) => each.case === value || !hasMember(schema, each.type, name)),
    )
    if (movable.length === 0) return undefined
    const { name, optional } = pick(movable, choose)
    const info = objectsIn(list.find((each) => each.name === type.name)?.members).find(
      (each) => each.name === name,
    )
    const changed = withInfo(list, union.name, (each) => ({
      ...each,
      members: [...objectsIn(each.members), info ?? {}],
    }))
    const rest = tagValues(schema, union).length - 1
    return {
      list: withCaseOf(schema, changed, union, value, (members) =>
        members.filter((each) => each.name !== name),
      ),
      expected:
        rest === 0
          ? undefined
          : {
              rules: [optional ? 'optional-member-added' : 'required-member-added'],
              item: name,
              step: `.${name}`,
              type: union.name,
            },
    }
  },
  'feature of a member': (schema, list, choose) => {
    const place = memberOf(schema, choose)
    if (place === undefined) return undefined
    const { object, name } = place
    const [rules, features] = featureChange(place.features, choose)
    return {
      list: withMember(list, object.name, name, (member) => ({ ...member, features })),
      expected: { rules, item: name, step: `.${name}`, type: object.name },
    }
  },
  'feature of a type': (schema, list, choose) => {
    const type = pick([...objectsOf(schema), ...enumsOf(schema), ...alternatesOf(schema)], choose)
    const [rules, features] = featureChange(type.features, choose)
    return {
      list: withInfo(list, type.name, (info) => ({ ...info, features })),
      expected: { rules, item: '', step: '', type: type.name },
    }
  },
  'feature of a value': (schema, list, choose) => {
    const type = pick(enumsOf(schema), choose)
    const { name, features: before } = pick(type.values, choose)
    const [rules, features] = featureChange(before, choose)
    return {
      list: withMember(list, type.name, name, (value) => ({ ...value, features })),
      expected: { rules, item: name, step: ` = ${name}`, type: type.name },
    }
  },
  'feature of a command': (schema, list, choose) => featureOfRoot(schema, list, choose, 'command'),
  'feature of an event': (schema, list, choose) => featureOfRoot(schema, list, choose, 'event'),
  'alternative added': (schema, list, choose) => {
    const type = pick(alternatesOf(schema), choose)
    if (type.branches.includes('int') || type.branches.includes('number')) return undefined
    return {
      list: withInfo(list, type.name, (info) => ({
        ...info,
        members: [...objectsIn(info.members), { type: 'int' }],
      })),
      expected: { rules: ['alternative-added'], item: 'int', step: '', type: type.name },
    }
  },
  'alternative removed': (schema, list, choose) => {
    const type = pick(alternatesOf(schema), choose)
    const at = choose(type.branches.length)
    return {
      list: withInfo(list, type.name, (info) => ({
        ...info,
        members: objectsIn(info.members).filter((_, index) => index !== at),
      })),
      expected: { rules: ['alternative-removed'], item: '*', step: '', type: type.name },
    }
  },
}

function featureOfRoot(
  schema: Schema,
  list: readonly JsonObject[],
  choose: Choose,
  kind: 'command' | 'event',
): Changed {
  const { name, features: before } = pick(entitiesOf(schema, kind), choose)
  const [rules, features] = featureChange(before, choose)
  return {
    list: withInfo(list, name, (info) => ({ ...info, features })),
    expected: { rules, item: '', step: '', type: name },
  }
}

function featureChange(
  features: readonly string[],
  choose: Choose,
): readonly [rules: readonly RuleId[], features: readonly string[]] {
  const feature = pick(['deprecated', 'unstable', 'x-feature'], choose)
  const rules = {
    deprecated: ['undeprecated', 'deprecated'],
    unstable: ['stable', 'unstable'],
    'x-feature': ['feature-removed', 'feature-added'],
  } as const satisfies Record<string, readonly RuleId[]>
  const [gone, came] = rules[feature as keyof typeof rules]
  return features.includes(feature)
    ? [[gone], features.filter((each) => each !== feature)]
    : [[came], [...features, feature]]
}

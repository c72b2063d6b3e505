/**
 * Finds the real names of a schema's types by a reference. One file, because every proof reads and adds to one set of
 * proven pairs. Introspection gives them numbers that differ in every build,
 * so numbers prove nothing. What proves a name:
 *
 * - position: what a command takes, returns, or an event carries is documented by name; and so, from there, are the
 *   types of members, variants, alternatives and elements;
 * - structure, for what no position leads to: exactly one documented type has these members, values or alternatives,
 *   and exactly one type of the schema has those.
 *
 * A name that would go to two types, or a type that would get two, gets none: both are reported. Structure proves nothing
 * where the reference is of another version than the schema: types come, go and change between versions, and the only
 * one that fits may be another one's. QEMU makes a type without a name for the arguments of a command that is documented
 * with members of its own: such a type never gets one.
 * @adr 0008
 */
import { builtins, isAllThere, mentioned } from './name-proof.ts'
import type { Disagreement, ProvenNames } from './name-proof.ts'
import type { Definition, Reference, ReferenceMember, TypeRef } from './reference.ts'
import type { Schema } from '../model/schema.ts'
import type { Entity, Member, EntityOf } from '../model/schema-info.ts'

/** Name the types of a schema. `isSame`: the reference is of the same version as the schema. */
export function nameTypes(schema: Schema, reference: Reference, isSame = true): ProvenNames {
  const namer = new Namer(schema, reference, isSame)
  namer.walk()
  if (isSame) namer.match()
  return namer.end()
}

class Namer {
  readonly #schema: Schema
  readonly #definitions: ReadonlyMap<string, Definition>
  /** Claims by position: hidden name -> the names that were claimed for it. */
  readonly #claims = new Map<string, Set<string>>()
  readonly #open: (readonly [type: string, name: string])[] = []
  readonly #disagreements: Disagreement[] = []
  readonly #empty: ReadonlySet<string>
  /** The types that QEMU makes for the arguments of one command or the data of one event. */
  readonly #unnamed: ReadonlySet<string>
  readonly #isSame: boolean
  /** What the texts of a reference of another version call the return of a command: hidden name -> names. */
  readonly #mentions: (readonly [type: string, names: readonly string[], command: string])[] = []
  readonly #flat = new Map<string, ReadonlyMap<string, ReferenceMember>>()

  constructor(schema: Schema, reference: Reference, isSame: boolean) {
    this.#schema = schema
    this.#isSame = isSame
    this.#definitions = new Map(reference.definitions.map((each) => [each.name, each]))
    // One type stands for everything that takes or returns nothing. It has no name of its own.
    this.#empty = new Set(
      schema.entities.flatMap((each) =>
        each.kind === 'command' || each.kind === 'event'
          ? [each.argType, ...(each.kind === 'command' ? [each.retType] : [])].filter((type) =>
              this.#isEmpty(type),
            )
          : [],
      ),
    )
    this.#unnamed = new Set(
      schema.entities.flatMap((each) => {
        if (each.kind !== 'command' && each.kind !== 'event') return []
        const definition = this.#definitions.get(each.name)
        return definition?.kind === each.kind && definition.members.length > 0 ? [each.argType] : []
      }),
    )
  }

  #isEmpty(type: string): boolean {
    const entity = this.#schema.byName.get(type)
    return entity?.kind === 'object' && entity.members.length + entity.variants.length === 0
  }

  // ── by position ──────────────────────────────────────────────────────────────────────────────────────────────

  walk(): void {
    for (const entity of this.#schema.entities) {
      if (entity.kind !== 'command' && entity.kind !== 'event') continue
      const definition = this.#definitions.get(entity.name)
      if (definition?.kind !== entity.kind) continue
      this.#arguments(entity.argType, definition)
      if (entity.kind === 'command') this.#return(entity.retType, definition)
    }
    this.#follow()
  }

  #follow(): void {
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      const [type, name] = next
      const entity = this.#schema.byName.get(type)
      const definition = this.#definitions.get(name)
      if (entity !== undefined && definition !== undefined) this.#inside(entity, definition)
    }
  }

  #arguments(type: string, definition: Definition): void {
    const [only, ...others] = definition.includes
    if (
      only !== undefined &&
      others.length === 0 &&
      definition.members.length + definition.variants.length === 0
    ) {
      this.#claim(type, { name: only, list: 0 })
      return
    }
    const entity = this.#schema.byName.get(type)
    if (entity?.kind === 'object') this.#members(entity, definition)
  }

  #return(type: string, definition: Definition): void {
    if (definition.returns !== undefined) {
      this.#claim(type, definition.returns)
      return
    }
    // Older manuals describe the return in words. A name in them is no proof alone: the structure has to fit.
    const inner = this.#inner(type)
    const names = mentioned(definition)
    if (!this.#isSame) {
      const kind = this.#schema.byName.get(inner.type)?.kind
      const possible = names.filter((name) => this.#definitions.get(name)?.kind === kind)
      if (possible.length > 0) this.#mentions.push([inner.type, possible, definition.name])
      return
    }
    const named = names.filter((name) => this.#fits(inner.type, name))
    if (named.length === 1 && named[0] !== undefined) this.#claim(inner.type, { name: named[0], list: 0 })
  }

  /** The type inside arrays, and how many there are around it. */
  #inner(type: string): { type: string; list: number } {
    let inner = type
    let list = 0
    for (; list < 16; list += 1) {
      const entity = this.#schema.byName.get(inner)
      if (entity?.kind !== 'array') break
      inner = entity.elementType
    }
    return { type: inner, list }
  }

  #claim(type: string, { name, list }: TypeRef): void {
    let inner = type
    for (let depth = 0; depth < list; depth += 1) {
      const entity = this.#schema.byName.get(inner)
      if (entity?.kind !== 'array') return
      inner = entity.elementType
    }
    const entity = this.#schema.byName.get(inner)
    const definition = this.#definitions.get(name)
    if (entity === undefined || definition === undefined || definition.kind !== entity.kind) return
    if (this.#empty.has(inner) || this.#unnamed.has(inner)) return
    const claimed = this.#claims.get(inner)
    if (claimed?.has(name) === true) return
    if (claimed === undefined) this.#claims.set(inner, new Set([name]))
    else claimed.add(name)
    this.#open.push([inner, name])
  }

  #inside(entity: Entity, definition: Definition): void {
    if (entity.kind === 'object') this.#members(entity, definition)
    else if (entity.kind === 'alternate') this.#alternatives(entity, definition)
  }

  #members(entity: EntityOf<'object'>, definition: Definition): void {
    const documented = this.#flatMembers(definition)
    for (const member of entity.members) {
      const type = documented.get(member.name)?.type
      if (type !== undefined) this.#claim(member.type, type)
    }
    const cases = new Map(this.#allVariants(definition).map((each) => [each.value, each.type]))
    for (const variant of entity.variants) {
      const type = cases.get(variant.case)
      if (type !== undefined) this.#claim(variant.type, { name: type, list: 0 })
    }
  }

  #alternatives(entity: EntityOf<'alternate'>, definition: Definition): void {
    for (const branch of entity.branches) {
      const { type, list } = this.#inner(branch)
      const kind = this.#schema.byName.get(type)?.kind
      const fitting = definition.members.filter(
        (each) =>
          each.type?.list === list &&
          this.#definitions.get(each.type.name)?.kind === kind &&
          kind !== undefined,
      )
      const [only, ...others] = fitting
      if (only?.type !== undefined && others.length === 0) this.#claim(branch, only.type)
    }
  }

  /** The members of a definition and of all that it includes. */
  #flatMembers(definition: Definition): ReadonlyMap<string, ReferenceMember> {
    const known = this.#flat.get(definition.name)
    if (known !== undefined) return known
    const members = new Map<string, ReferenceMember>()
    for (const each of this.#withIncluded(definition)) {
      for (const member of each.members) if (!members.has(member.name)) members.set(member.name, member)
    }
    this.#flat.set(definition.name, members)
    return members
  }

  #allVariants(definition: Definition): Definition['variants'] {
    return this.#withIncluded(definition).flatMap((each) => each.variants)
  }

  #withIncluded(definition: Definition): readonly Definition[] {
    const found = new Set([definition])
    // Those that are added on the way are visited too.
    for (const each of found) {
      for (const name of each.includes) {
        const included = this.#definitions.get(name)
        if (included !== undefined) found.add(included)
      }
    }
    return [...found]
  }

  // ── by structure ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Name the remaining types by structure, repeatedly: each name makes others fit or not. */
  match(): void {
    for (;;) {
      const before = this.#claims.size
      this.#matchOnce()
      if (this.#claims.size === before) return
    }
  }

  #matchOnce(): void {
    const taken = new Set([...this.#claims.values()].flatMap((each) => [...each]))
    const free = [...this.#definitions.values()].filter((each) => !taken.has(each.name))
    const unnamed = this.#schema.entities.filter(
      (each) =>
        (each.kind === 'object' || each.kind === 'enum' || each.kind === 'alternate') &&
        !this.#claims.has(each.name) &&
        !this.#empty.has(each.name) &&
        !this.#unnamed.has(each.name),
    )
    const byName = new Map<string, string[]>()
    for (const entity of unnamed) {
      const fitting = free.filter((each) => each.kind === entity.kind && this.#fits(entity.name, each.name))
      const [only, ...others] = fitting
      if (only === undefined || others.length > 0) continue
      const list = byName.get(only.name)
      if (list === undefined) byName.set(only.name, [entity.name])
      else list.push(entity.name)
    }
    for (const [name, types] of byName) {
      const [type, ...others] = types
      if (type !== undefined && others.length === 0) this.#claim(type, { name, list: 0 })
    }
    this.#follow()
  }

  /** Whether a type of the schema has exactly the structure of a documented one. */
  #fits(type: string, name: string): boolean {
    const entity = this.#schema.byName.get(type)
    const definition = this.#definitions.get(name)
    if (entity === undefined || definition?.kind !== entity.kind) return false
    const claimed = this.#claims.get(type)
    if (claimed !== undefined) return claimed.has(name)
    switch (entity.kind) {
      case 'enum': {
        const values = new Map(definition.members.map((each) => [each.name, each]))
        return (
          entity.values.every((each) => values.has(each.name)) &&
          isAllThere(values, new Set(entity.values.map((each) => each.name)))
        )
      }
      case 'object': {
        const members = this.#flatMembers(definition)
        const cases = new Map(this.#allVariants(definition).map((each) => [each.value, each.type]))
        return (
          entity.members.every((each) => this.#memberFits(each, members.get(each.name))) &&
          isAllThere(members, new Set(entity.members.map((each) => each.name))) &&
          (entity.tag === undefined) === (cases.size === 0) &&
          entity.variants.every((each) => {
            const documented = cases.get(each.case)
            return documented === undefined ? this.#isEmpty(each.type) : this.#mayBe(each.type, documented)
          })
        )
      }
      case 'alternate':
        return (
          entity.branches.length === definition.members.length &&
          entity.branches.every((branch) =>
            definition.members.some((each) => each.type !== undefined && this.#typeFits(branch, each.type)),
          )
        )
      default:
        return false
    }
  }

  #memberFits(member: Member, documented: ReferenceMember | undefined): boolean {
    if (documented === undefined || documented.optional !== member.optional) return false
    return documented.type === undefined || this.#typeFits(member.type, documented.type)
  }

  #typeFits(type: string, { name, list }: TypeRef): boolean {
    const inner = this.#inner(type)
    return inner.list === list && this.#mayBe(inner.type, name)
  }

  /** Whether a type may have that name, as far as is known. */
  #mayBe(type: string, name: string): boolean {
    const entity = this.#schema.byName.get(type)
    if (entity === undefined) return false
    const claimed = this.#claims.get(type)
    if (claimed !== undefined) return claimed.has(name)
    const definition = this.#definitions.get(name)
    if (definition !== undefined) return definition.kind === entity.kind
    const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined
    if (entity.kind === 'builtin') return builtin === entity.jsonType
    // A type that the reference does not describe proves nothing.
    return builtin !== undefined && builtin === entity.kind
  }

  // ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────

  end(): ProvenNames {
    const byName = new Map<string, string[]>()
    for (const [type, claimed] of this.#claims) {
      const [first = ''] = claimed
      const other = this.#mentions.find(([of, names]) => of === type && !names.includes(first))
      if (claimed.size === 1 && other !== undefined) {
        this.#disagree(
          type,
          '',
          `Called ${first} in one place, and ${other[1].join(' or ')} where ${other[2]} returns it: it keeps its number.`,
        )
        continue
      }
      if (claimed.size > 1) {
        this.#disagree(
          type,
          '',
          `Called ${[...claimed].join(' and ')} in different places: it keeps its number.`,
        )
        continue
      }
      const [name = ''] = claimed
      const types = byName.get(name)
      if (types === undefined) byName.set(name, [type])
      else types.push(type)
    }
    const names = new Map<string, string>()
    for (const [name, types] of byName) {
      const [type = '', ...others] = types
      // A wrapper that a reference needs for the walk: QEMU gives it no name.
      if (name.includes(' ')) continue
      if (others.length > 0) {
        for (const each of types) {
          this.#disagree(
            each,
            '',
            `${name} would be the name of ${types.length} types: each keeps its number.`,
          )
        }
      } else if (this.#contradicts(type, name)) {
        // Said below.
      } else names.set(type, name)
    }
    return { names, disagreements: this.#disagreements }
  }

  #disagree(entity: string, path: string, says: string): void {
    this.#disagreements.push({ entity, path, says })
  }

  /**
   * Report the differences between a type and its documentation. A build may lack members and values that the manual has.
   * One that the manual lacks is reported; where the manual lacks most of a type, the name is wrong and is removed.
   */
  #contradicts(type: string, name: string): boolean {
    const entity = this.#schema.byName.get(type)
    const definition = this.#definitions.get(name)
    if (entity === undefined || definition === undefined) return true
    const has = entity.kind === 'enum' ? entity.values : entity.kind === 'object' ? entity.members : []
    const documented =
      entity.kind === 'enum'
        ? new Set(definition.members.map((each) => each.name))
        : new Set(this.#flatMembers(definition).keys())
    const unknown = has.filter((each) => !documented.has(each.name))
    if (unknown.length > 0 && unknown.length * 2 >= has.length) {
      this.#disagree(type, '', `Documented as ${name} with other members: it keeps its number.`)
      return true
    }
    for (const each of unknown) this.#disagree(type, each.name, `${name} is documented without it.`)
    if (entity.kind === 'object') {
      const members = this.#flatMembers(definition)
      for (const each of entity.members) {
        const said = members.get(each.name)
        if (said !== undefined && said.optional !== each.optional) {
          this.#disagree(
            type,
            each.name,
            `${said.optional ? 'Optional' : 'Required'} by the documentation of ${name}.`,
          )
        }
      }
    }
    return false
  }
}

/**
 * The schema to compare the shown one with: chosen in the address, of a machine, a recorded version or a file.
 * Tested by e2e/explore.spec.ts and e2e/places.spec.ts.
 */
import { addressOf } from '#qapi/model/address.ts'
import { compareSchemas } from '#qapi/compare/compare.ts'
import type { SchemaComparison } from '#qapi/compare/compare.ts'
import { mergeSchemas } from '#qapi/model/merged.ts'
import type { MergedSchema } from '#qapi/model/merged.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { compareVersions } from '#qapi/search/versions.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { SchemaState } from '#state/machine/schema-state.ts'
import type { App } from '#state/app.svelte.ts'
import { recordedSchemas } from '#state/library/recorded-schemas.svelte.ts'
import type { Router } from '#state/page/router.svelte.ts'
import type { Route } from '#state/page/route.ts'

/** A schema to compare with. */
export interface SchemaChoice {
  /** `machine:ID` or `recorded:FILE`. */
  readonly id: string
  readonly name: string
  readonly state: SchemaState
  /** Read the manual for it. */
  readonly loadTexts: () => Promise<void>
  /** The version of QEMU that it is of, where that is known. */
  readonly version: string | undefined
}

function versionOf(machine: Machine): string | undefined {
  const version = machine.identity?.version
  return version === undefined ? undefined : `${version.major}.${version.minor}.${version.micro}`
}

/** Names of recorded schemas have it, and those of files often. */
function versionIn(name: string): string | undefined {
  return /\d{1,3}\.\d{1,3}(?:\.\d{1,3})?/.exec(name)?.[0]
}

/** The chosen schema and the comparison with it. Made once a component; `schema` is read again each time. */
export class Against {
  readonly #app: Pick<App, 'machines' | 'recorded'>
  readonly #schema: () => Schema
  readonly #name: () => string | undefined
  readonly #router: Router

  readonly #own = $derived.by(() => {
    const { subject } = this.#router.current
    if (subject.kind === 'machine') return `machine:${subject.id}`
    return subject.kind === 'recorded' ? `recorded:${subject.file}` : ''
  })
  readonly #all = $derived.by<readonly SchemaChoice[]>(() => [
    ...this.#app.machines.all
      .filter((each) => each.protocol === 'qmp')
      .map((each) => ({
        id: `machine:${each.id}`,
        name: each.name,
        state: each.schema,
        loadTexts: () => each.loadTexts(),
        version: versionOf(each),
      })),
    ...[...recordedSchemas, ...this.#app.recorded.files].map((each) => ({
      id: `recorded:${each.file}`,
      name: each.name,
      state: this.#app.recorded.stateOf(each.file),
      loadTexts: () => this.#app.recorded.loadTexts(each.file),
      version: versionIn(each.name),
    })),
  ])
  readonly #choices = $derived(this.#all.filter((each) => each.id !== this.#own))
  readonly #chosen = $derived.by(() =>
    this.#choices.find((each) => each.id === this.#router.current.query.against),
  )
  /** From older to newer, unless the address says otherwise: `0` or `1`. */
  readonly #isSwapped = $derived.by(() => {
    const { swap } = this.#router.current.query
    if (swap === '0' || swap === '1') return swap === '1'
    const own = this.#all.find((each) => each.id === this.#own)?.version
    const other = this.#chosen?.version
    return own !== undefined && other !== undefined && compareVersions(own, other) < 0
  })
  readonly #comparison = $derived.by<SchemaComparison | undefined>(() => {
    const sides = this.#sides()
    return sides === undefined ? undefined : compareSchemas(...sides)
  })
  readonly #merged = $derived.by<MergedSchema | undefined>(() => {
    const sides = this.#sides()
    return sides === undefined || this.#comparison === undefined
      ? undefined
      : mergeSchemas(...sides, this.#comparison)
  })

  /** `router` is that of the pane whose schema it is. */
  constructor(
    app: Pick<App, 'machines' | 'recorded'>,
    schema: () => Schema,
    name: () => string | undefined,
    router: Router,
  ) {
    this.#app = app
    this.#schema = schema
    this.#name = name
    this.#router = router
    $effect(() => void this.#chosen?.loadTexts())
  }

  /** What can be chosen. */
  get choices(): readonly SchemaChoice[] {
    return this.#choices
  }

  get chosen(): SchemaChoice | undefined {
    return this.#chosen
  }

  /** The schema that is shown is the older one. */
  get isSwapped(): boolean {
    return this.#isSwapped
  }

  /** Undefined while nothing is chosen or the other schema is not there yet. */
  get comparison(): SchemaComparison | undefined {
    return this.#comparison
  }

  /** Both as one, for pictures. */
  get merged(): MergedSchema | undefined {
    return this.#merged
  }

  /** The name of the schema that is shown. */
  get ownName(): string {
    return this.#name() ?? this.#app.recorded.nameOf(this.#own.replace(/^recorded:/, ''))
  }

  /** The names of both, the older first. */
  get names(): { readonly before: string; readonly after: string } {
    const other = this.#chosen?.name ?? ''
    return this.#isSwapped ? { before: this.ownName, after: other } : { before: other, after: this.ownName }
  }

  /** Whether a side of the comparison is the schema that is shown. */
  isOwn(side: 'before' | 'after'): boolean {
    return (side === 'after') !== this.#isSwapped
  }

  /** The address of an entity of one of the two. */
  routeOf(entity: string, side: 'before' | 'after'): Partial<Route> {
    const query = Object.fromEntries(
      Object.entries(this.#router.current.query).filter(([key]) => key !== 'show'),
    )
    if (this.isOwn(side) || this.#chosen === undefined)
      return { view: 'schema', entity: addressOf(this.#schema(), entity), query }
    const { state } = this.#chosen
    const [kind, ...rest] = this.#chosen.id.split(':')
    const id = rest.join(':')
    return {
      subject: kind === 'machine' ? { kind: 'machine', id } : { kind: 'recorded', file: id },
      view: 'schema',
      entity: state.kind === 'ready' ? addressOf(state.schema, entity) : entity,
    }
  }

  #sides(): [before: Schema, after: Schema] | undefined {
    const other = this.#chosen?.state
    if (other?.kind !== 'ready') return undefined
    const own = this.#schema()
    return this.#isSwapped ? [own, other.schema] : [other.schema, own]
  }
}

/**
 * The entity that an address means in the schema that is shown, and who else has it. A name that this schema cannot prove is
 * found by its path in another schema that can.
 */
import { untrack } from 'svelte'
import { resolveAddress, wayTo } from '#qapi/model/address.ts'
import type { Schema } from '#qapi/model/schema.ts'
import type { App } from '#state/app.svelte.ts'
import { recordedSchemas } from '#state/library/recorded-schemas.svelte.ts'
import type { Router } from '#state/page/router.svelte.ts'
import type { ViewSubject } from '#state/page/route.ts'

/** Another schema. */
interface Other {
  readonly label: string
  readonly subject: ViewSubject
  readonly schema: Schema
  /** Read the manual for it, which names its types. */
  readonly loadTexts: () => Promise<void>
}

type ElsewhereNeeds = Pick<App, 'machines' | 'recorded' | 'references'>

/** What an address means. Made once a view. */
export class Elsewhere {
  readonly #app: ElsewhereNeeds
  readonly #schema: () => Schema | undefined
  readonly #address: () => string | undefined
  readonly #router: Router

  readonly #own = $derived.by(() => {
    const [schema, address] = [this.#schema(), this.#address()]
    return schema === undefined || address === undefined ? undefined : resolveAddress(schema, address)
  })
  readonly #isLost = $derived.by(() => this.#own !== undefined && this.#own.kind !== 'found')
  readonly #others = $derived.by((): readonly Other[] => {
    if (!this.#isLost) return []
    const now = this.#router.current.subject
    return [
      ...this.#app.machines.all
        .filter((each) => !(now.kind === 'machine' && now.id === each.id))
        .map((each) => ({
          label: each.name,
          subject: { kind: 'machine', id: each.id } as const,
          state: each.schema,
          loadTexts: () => each.loadTexts(),
        })),
      ...[...recordedSchemas, ...this.#app.recorded.files]
        .filter((each) => !(now.kind === 'recorded' && now.file === each.file))
        .map((each) => ({
          label: each.name,
          subject: { kind: 'recorded', file: each.file } as const,
          state: this.#app.recorded.stateOf(each.file),
          loadTexts: () => this.#app.recorded.loadTexts(each.file),
        })),
    ].flatMap(({ state, ...other }) => (state.kind === 'ready' ? [{ ...other, schema: state.schema }] : []))
  })
  /** Those that have what the address means. */
  readonly #holders = $derived.by(() =>
    this.#others.flatMap((other) => {
      const resolved = resolveAddress(other.schema, this.#address() ?? '')
      return resolved.kind === 'found' ? [{ ...other, name: resolved.name }] : []
    }),
  )
  /** The same by the way to it in another schema, where its name is not proven here. */
  readonly #byWay = $derived.by(() => {
    const schema = this.#schema()
    if (schema === undefined || this.#own?.kind !== 'missing') return undefined
    for (const holder of this.#holders) {
      const way = wayTo(holder.schema, holder.name)
      const resolved = way === undefined ? undefined : resolveAddress(schema, way)
      if (way !== undefined && resolved?.kind === 'found')
        return { name: resolved.name, way, label: holder.label }
    }
    return undefined
  })

  /** `router` is that of the pane. */
  constructor(
    app: ElsewhereNeeds,
    schema: () => Schema | undefined,
    address: () => string | undefined,
    router: Router,
  ) {
    this.#app = app
    this.#schema = schema
    this.#address = address
    this.#router = router
    $effect(() => {
      for (const other of this.#others) void other.loadTexts()
    })
    // Only loaded schemas can be searched for it.
    $effect(() => {
      if (!this.#isLost) return
      // Untracked: a file that cannot be loaded is not requested again automatically.
      untrack(() => {
        for (const { file } of recordedSchemas) void app.recorded.load(file)
      })
    })
  }

  /** The name of the entity in this schema; undefined where it has none. */
  get name(): string | undefined {
    return this.#own?.kind === 'found' ? this.#own.name : this.#byWay?.name
  }

  /** How it was found, where that is not plain; '' otherwise. */
  get note(): string {
    const found = this.#byWay
    return found === undefined
      ? ''
      : `No manual of this version proves the name: this is the type at ${found.way}, where ${found.label} has ${this.#address() ?? ''}.`
  }

  /** What the address leads to here. */
  get own(): ReturnType<typeof resolveAddress> | undefined {
    return this.#own
  }

  /** The other schemas that have it. */
  get holders(): readonly Other[] {
    return this.#holders
  }

  /** More may be known in a moment: schemas are on their way, or the manual by which types have names. */
  get isLooking(): boolean {
    const schema = this.#schema()
    return (
      (schema !== undefined && this.#app.references.isReading(schema)) ||
      recordedSchemas.some(({ file }) => this.#app.recorded.stateOf(file).kind === 'loading')
    )
  }
}

/**
 * The schema of one machine: read from it at each connection, that of an earlier visit while somebody else has the
 * monitor, that of another tab, or that of a recording. A guest agent's is made of its own list and a schema file.
 * Tested by e2e/explore.spec.ts and e2e/lock.spec.ts.
 */
import { equalJson } from '#base/json/equal.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { err } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { ConnectionState } from '#qmp/connection.ts'
import type { QemuVersion } from '#qmp/message.ts'
import { buildSchema } from '#qapi/model/schema.ts'
import { later } from '../../later.ts'
import type { SchemaState } from '../schema-state.ts'
import type { Commands } from './commands.svelte.ts'
import type { MachineNeeds } from './needs.ts'
import type { MachineSource } from './source.ts'

/** How long `query-qmp-schema` may take, in milliseconds. */
const readMs = 60_000

/** Most machines are no agents. */
const loadAgentSchema = later(() => import('#qapi/model/agent-schema.ts'))
const noCode =
  'The server of this page did not send the code that makes an agent’s schema. Is it still running? Connect again to try again.'

type SchemaNeeds = Pick<MachineNeeds, 'now' | 'references' | 'schemaCache'>

/** Reads the schema, and holds it. */
export class MachineSchema {
  readonly #needs: SchemaNeeds
  readonly #source: MachineSource
  readonly #commands: Commands
  readonly #connection: () => ConnectionState
  readonly #identified: () => QemuVersion | undefined
  #state = $state.raw<SchemaState>({ kind: 'none' })
  /** When the schema was read, where it is that of an earlier visit. */
  #cachedAt = $state<number | undefined>(undefined)
  #cachedVersion = $state.raw<QemuVersion | undefined>(undefined)
  /** What a guest agent said of itself on this connection; undefined when it was not asked, or has not answered. */
  #agentInfo: Promise<Result<Json, string>> | undefined
  /** It was asked for its schema: `ready` comes again whenever the order of its replies was in doubt. */
  #askedAgent = false

  /** `identified` is the version that the machine gave itself. */
  constructor(
    needs: SchemaNeeds,
    source: MachineSource,
    commands: Commands,
    connection: () => ConnectionState,
    identified: () => QemuVersion | undefined,
  ) {
    this.#needs = needs
    this.#source = source
    this.#commands = commands
    this.#connection = connection
    this.#identified = identified
  }

  get state(): SchemaState {
    return this.#needs.references.joined(this.#state)
  }

  /** Read the manual that fits it: see `References.load`. */
  loadTexts(): Promise<void> {
    return this.#needs.references.load(this.#state, this.#version)
  }

  /** What query-qmp-schema returned. */
  get raw(): Json | undefined {
    return this.#state.kind === 'ready' ? this.#state.raw : undefined
  }

  /** When it was read, milliseconds since the epoch, where it is that of an earlier visit. */
  get asOf(): number | undefined {
    return this.#state.kind === 'ready' ? this.#cachedAt : undefined
  }

  /** Whether there is none of this connection: one that another tab has is better. */
  get isMissing(): boolean {
    return this.#state.kind !== 'ready' || this.#cachedAt !== undefined
  }

  /** The connection entered a state. */
  entered(state: ConnectionState): void {
    if (state.kind === 'occupied') void this.#showCached()
    // Another agent may answer next.
    if (state.kind === 'connecting' || state.kind === 'silent') {
      this.#agentInfo = undefined
      this.#askedAgent = false
    }
    if (state.kind === 'ready' && !this.#askedAgent) void this.load()
  }

  /** Read the schema from the machine again. */
  async load(): Promise<void> {
    if (this.#state.kind === 'loading') return
    if (this.#source.protocol === 'agent') {
      await this.#loadAgent()
      return
    }
    // Forms, results and pages stay while it is read again: most often it is the same.
    const before = this.#state.kind === 'ready' ? this.#state : undefined
    const connection = this.#connection()
    if (before === undefined) this.#state = { kind: 'loading' }
    const reply = await this.#commands.call('query-qmp-schema', undefined, readMs)
    if (!reply.ok) {
      // Another connection reads it once more.
      if (before === undefined || connection === this.#connection())
        this.#state = { kind: 'failed', why: `query-qmp-schema: ${reply.error}` }
      return
    }
    if (before === undefined || !equalJson(before.raw, reply.value)) this.take(reply.value)
    this.#cachedAt = undefined
    // What was taken is ready only where it could be built.
    if (connection.kind === 'ready' && connection.greeting !== undefined && this.raw !== undefined) {
      const { version } = connection.greeting
      const read = { at: this.#needs.now(), version, raw: reply.value }
      void this.#needs.schemaCache().then((cache) => cache?.keep(this.#source.id, read))
    }
  }

  /** Make the schema of what query-qmp-schema returned. `failed` begins the sentence where that cannot be done. */
  take(raw: Json, failed = ''): void {
    this.#cachedAt = undefined
    const schema = buildSchema(raw)
    this.#state = schema.ok
      ? { kind: 'ready', schema: schema.value, raw }
      : { kind: 'failed', why: `${failed}${schema.error}` }
  }

  /**
   * The return of `guest-info`. Asked for once on a connection, whoever wants it: an agent answers nothing meanwhile.
   * `isChanged`: its list is another now.
   */
  agentInfo(isChanged = false): Promise<Result<Json, string>> {
    if (this.#agentInfo !== undefined && !isChanged) return this.#agentInfo
    const asked = this.#commands.call('guest-info').then((info) => {
      if (!info.ok && this.#agentInfo === asked) this.#agentInfo = undefined
      return info
    })
    this.#agentInfo = asked
    return asked
  }

  /** The version of the QEMU or storage daemon that the schema is of. */
  get #version(): string | undefined {
    const version = this.#identified() ?? (this.#cachedAt === undefined ? undefined : this.#cachedVersion)
    return version === undefined ? undefined : `${version.major}.${version.minor}.${version.micro}`
  }

  /** Somebody else has the monitor: what it was at the last visit can be explored meanwhile. */
  async #showCached(): Promise<void> {
    const before = this.#state
    if (before.kind !== 'none') return
    const cached = await (await this.#needs.schemaCache())?.newest(this.#source.id)
    // Another tab, or the machine itself, may have told it meanwhile.
    if (cached === undefined || this.#state !== before) return
    const schema = buildSchema(cached.raw)
    if (!schema.ok) return
    this.#state = { kind: 'ready', schema: schema.value, raw: cached.raw }
    this.#cachedAt = cached.at
    this.#cachedVersion = cached.version
  }

  /** A guest agent has no introspection: its own list, and the schema file that the lab serves where it has one. */
  async #loadAgent(): Promise<void> {
    this.#askedAgent = true
    const info = await this.agentInfo()
    if (!info.ok) return
    const said = isJsonObject(info.value) ? info.value.version : undefined
    const version = typeof said === 'string' ? said : undefined
    const found = await this.#needs.references.referenceOf('agent', version)
    if (found?.reference.form !== 'qapi') return
    const code = await loadAgentSchema()
    const made = code?.agentSchema(found.reference, info.value) ?? err(noCode)
    if (made.ok) this.#needs.references.made(made.value.schema, found.reference, found.manual, version)
    this.#state = made.ok ? { kind: 'ready', ...made.value } : { kind: 'failed', why: made.error }
  }
}

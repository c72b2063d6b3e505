/**
 * Checks saved commands against a schema: which would break there, where, and which deprecated or unstable parts they
 * use. Parameters without a value count as right.
 * @qapi SchemaInfo
 */
import { inWords } from '#base/apart.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { commandOf, entitiesOf, membersOf, takesAnyMember } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import { branchFor, nearest, validate } from '../check/validate.ts'

/** A command to check. */
export interface CheckedCommand {
  readonly name: string
  readonly arguments: JsonObject | undefined
  readonly oob?: boolean
  /** Paths of values that are not known yet (`fillWhatIsKnown`). */
  readonly open?: ReadonlySet<string>
}

/** A finding about a command. `missing`, `oob` and `argument` break it; `feature` is a warning. */
export interface CommandIssue {
  readonly kind: 'missing' | 'oob' | 'argument' | 'feature'
  /** Dotted, in the arguments; empty for the command itself. */
  readonly path: string
  readonly message: string
}

/** The result for a command. */
export interface CommandCheck {
  readonly name: string
  readonly verdict: 'works' | 'to-be-known' | 'breaks'
  readonly issues: readonly CommandIssue[]
}

/** The replacements of commands that were removed from QEMU (docs/about/removed-features). */
const successors: Readonly<Record<string, string>> = {
  'query-cpus': 'query-cpus-fast',
  change: 'blockdev-change-medium',
  eject: 'blockdev-open-tray',
  'cpu-add': 'device_add',
  migrate_set_downtime: 'migrate-set-parameters',
  migrate_set_speed: 'migrate-set-parameters',
  'migrate-set-cache-size': 'migrate-set-parameters',
  'query-migrate-cache-size': 'query-migrate-parameters',
  'query-events': 'query-qmp-schema',
  'block-job-pause': 'job-pause',
  'block-job-resume': 'job-resume',
  'block-job-complete': 'job-complete',
  'block-job-dismiss': 'job-dismiss',
  'block-job-finalize': 'job-finalize',
  'block-job-cancel': 'job-cancel',
  'nbd-server-add': 'block-export-add',
  'nbd-server-remove': 'block-export-del',
  'drive-backup': 'blockdev-backup',
  'drive-mirror': 'blockdev-mirror',
}

/** Check several commands, in their order. */
export function checkCommands(schema: Schema, commands: readonly CheckedCommand[]): readonly CommandCheck[] {
  return commands.map((each) => checkCommand(schema, each))
}

/** Check one command. */
export function checkCommand(schema: Schema, checked: CheckedCommand): CommandCheck {
  const { name } = checked
  const command = commandOf(schema, name)
  if (command === undefined) {
    const like = successorOf(schema, name)
    const hint = like === undefined ? '' : `; it may be ${inWords(like)} now`
    return {
      name,
      verdict: 'breaks',
      issues: [{ kind: 'missing', path: '', message: `there is no ${inWords(name)} there${hint}` }],
    }
  }
  const args = checked.arguments ?? {}
  const open = checked.open ?? new Set<string>()
  const issues: CommandIssue[] = []
  if (checked.oob === true && !command.allowOob) {
    issues.push({ kind: 'oob', path: '', message: `${inWords(name)} is not allowed out-of-band there` })
  }
  const notes: CommandIssue[] = []
  const openTags = new Set<string>()
  const walk: Walk = { schema, open, openTags, notes }
  note(command.features, '', name, notes)
  noteFeatures(walk, command.argType, args, '', 0)
  const anyMember = takesAnyMember(schema, name)
  for (const { path, message } of validate(schema, command.argType, args, { open: anyMember })) {
    // Where the tag is not known yet, its case may have the members that are unexpected without.
    const isUnknown = open.has(path) || (openTags.has(parentOf(path)) && / is unexpected/.test(message))
    if (!isUnknown) issues.push({ kind: 'argument', path, message })
  }
  issues.push(...notes)
  const breaks = issues.some((each) => each.kind !== 'feature')
  return { name, verdict: breaks ? 'breaks' : issues.length > 0 ? 'to-be-known' : 'works', issues }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')))
}

/** The command that a command which is not there may have become, or be meant for. */
function successorOf(schema: Schema, name: string): string | undefined {
  const known = Object.hasOwn(successors, name) ? successors[name] : undefined
  if (known !== undefined && commandOf(schema, known) !== undefined) return known
  // An experimental command has a prefix, which it loses when it becomes stable.
  const other = name.startsWith('x-') ? name.slice(2) : `x-${name}`
  if (commandOf(schema, other) !== undefined) return other
  const names = entitiesOf(schema, 'command').map((each) => each.name)
  const near = nearest(name, names)
  if (near !== undefined) return near
  const longer = names.filter((each) => each.startsWith(`${name}-`) || each.startsWith(`${name}_`))
  return longer.length === 1 ? longer[0] : undefined
}

function note(features: readonly string[], path: string, what: string, issues: CommandIssue[]): void {
  for (const each of features) {
    if (each === 'deprecated') {
      const successor = path === '' && Object.hasOwn(successors, what) ? successors[what] : undefined
      const hint = successor === undefined ? '' : `; use ${successor}`
      issues.push({
        kind: 'feature',
        path,
        message: `${inWords(what)} is deprecated there: it may be removed${hint}`,
      })
    } else if (each === 'unstable') {
      issues.push({
        kind: 'feature',
        path,
        message: `${inWords(what)} is unstable there: it may change or go in any version`,
      })
    }
  }
}

interface Walk {
  readonly schema: Schema
  /** Paths of values that are not known yet. */
  readonly open: ReadonlySet<string>
  /** Paths of the objects whose tag is one of them; found on the way. */
  readonly openTags: Set<string>
  readonly notes: CommandIssue[]
}

/** The flags of the members and values that are used. */
function noteFeatures(walk: Walk, type: string, value: Json, path: string, depth: number): void {
  const { schema, notes } = walk
  const entity = schema.byName.get(type)
  if (entity === undefined || depth > 1024) return
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  if (entity.kind === 'enum') {
    const found = entity.values.find((each) => each.name === value)
    if (found !== undefined) note(found.features, path, found.name, notes)
  } else if (entity.kind === 'array' && Array.isArray(value)) {
    ;(value as readonly Json[]).forEach((each, index) =>
      noteFeatures(walk, entity.elementType, each, at(String(index)), depth + 1),
    )
  } else if (entity.kind === 'alternate') {
    const branch = branchFor(schema, entity, value)
    if (branch !== undefined) noteFeatures(walk, branch, value, path, depth + 1)
  } else if (entity.kind === 'object' && isJsonObject(value)) {
    const tagOf = (tag: string): string | undefined => {
      if (walk.open.has(at(tag))) walk.openTags.add(path)
      const found = Object.hasOwn(value, tag) ? value[tag] : undefined
      return typeof found === 'string' ? found : undefined
    }
    for (const member of membersOf(schema, type, tagOf)) {
      if (!Object.hasOwn(value, member.name)) continue
      note(member.features, at(member.name), member.name, notes)
      noteFeatures(walk, member.type, value[member.name] ?? null, at(member.name), depth + 1)
    }
  }
}

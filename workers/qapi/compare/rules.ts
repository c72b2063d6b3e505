/**
 * Every kind of change between two schemas, and what it means for a client: the one table.
 * @adr 0010
 */

/**
 * What a change means for a client that works with the older schema. `notice`: it still works, but meets
 * something new.
 */
export type Compatibility = 'breaking' | 'notice' | 'compatible'

/** The verdicts, the worst first. */
export const verdicts: readonly Compatibility[] = ['breaking', 'notice', 'compatible']

/** Where a change is: in sent arguments, in a return, in an event, or in the list of commands and events itself. */
export type ChangeSide = 'arguments' | 'return' | 'data' | 'interface'

/** The sides in the order in which they are listed. */
export const sides: readonly ChangeSide[] = ['interface', 'arguments', 'return', 'data']

interface Rule {
  /** What changed, in a few words. */
  readonly words: string
  /** For what a client sends (or for the interface). */
  readonly sent: Compatibility
  /** For what a client receives. */
  readonly received: Compatibility
  /** What a client should know. */
  readonly hint?: string
}

/** Every kind of change with its verdicts. @qapi qapi-code-gen, "Compatibility considerations" */
export const rules = {
  'command-added': { words: 'new command', sent: 'compatible', received: 'compatible' },
  'command-removed': { words: 'command removed', sent: 'breaking', received: 'breaking' },
  'event-added': { words: 'new event', sent: 'compatible', received: 'compatible' },
  'event-removed': { words: 'event removed', sent: 'breaking', received: 'breaking' },
  'oob-allowed': { words: 'out-of-band allowed', sent: 'compatible', received: 'compatible' },
  'oob-refused': { words: 'out-of-band no longer allowed', sent: 'breaking', received: 'breaking' },
  'optional-member-added': { words: 'new optional member', sent: 'compatible', received: 'compatible' },
  'required-member-added': { words: 'new required member', sent: 'breaking', received: 'compatible' },
  'member-removed': { words: 'member removed', sent: 'breaking', received: 'breaking' },
  'member-now-in-case': { words: 'member only with some values now', sent: 'breaking', received: 'breaking' },
  'member-now-optional': { words: 'member became optional', sent: 'compatible', received: 'breaking' },
  'member-now-required': { words: 'member became required', sent: 'breaking', received: 'compatible' },
  'type-widened': { words: 'type takes more values', sent: 'compatible', received: 'breaking' },
  'type-narrowed': { words: 'type takes fewer values', sent: 'breaking', received: 'compatible' },
  'type-changed': { words: 'another type', sent: 'breaking', received: 'breaking' },
  /** Its meaning follows from the changes inside. */
  'type-replaced': { words: 'another type stands here', sent: 'breaking', received: 'breaking' },
  'value-added': {
    words: 'new value',
    sent: 'compatible',
    received: 'notice',
    hint: 'clients have to expect values that they do not know',
  },
  'value-removed': { words: 'value removed', sent: 'breaking', received: 'compatible' },
  'optional-members-of-case-added': {
    words: 'further optional members with this value',
    sent: 'compatible',
    received: 'compatible',
  },
  'required-members-of-case-added': {
    words: 'further required members with this value',
    sent: 'breaking',
    received: 'compatible',
  },
  'members-of-case-removed': {
    words: 'no further members with this value',
    sent: 'breaking',
    received: 'breaking',
  },
  'tag-changed': { words: 'another member decides', sent: 'breaking', received: 'breaking' },
  'alternative-added': { words: 'new alternative', sent: 'compatible', received: 'breaking' },
  'alternative-removed': { words: 'alternative removed', sent: 'breaking', received: 'compatible' },
  'feature-added': { words: 'new feature flag', sent: 'compatible', received: 'compatible' },
  'feature-removed': {
    words: 'feature flag removed',
    sent: 'notice',
    received: 'notice',
    hint: 'clients that look for the flag do without what it stands for',
  },
  deprecated: {
    words: 'deprecated now',
    sent: 'notice',
    received: 'notice',
    hint: 'it may be removed in a later version',
  },
  undeprecated: { words: 'no longer deprecated', sent: 'compatible', received: 'compatible' },
  unstable: {
    words: 'unstable now',
    sent: 'notice',
    received: 'notice',
    hint: 'it may change or go in any version',
  },
  stable: { words: 'no longer unstable', sent: 'compatible', received: 'compatible' },
} as const satisfies Readonly<Record<string, Rule>>

/** The kinds of changes. */
export type RuleId = keyof typeof rules

/** What a kind of change means on a side. */
export function verdictOf(rule: RuleId, side: ChangeSide): Compatibility {
  return side === 'arguments' || side === 'interface' ? rules[rule].sent : rules[rule].received
}

/** The worst of several verdicts; `compatible` for none. */
export function worstOf(all: Iterable<Compatibility>): Compatibility {
  const given = new Set(all)
  return verdicts.find((each) => given.has(each)) ?? 'compatible'
}

/** A change inside a pair of types, without where it is reached. */
export interface SchemaFact {
  readonly rule: RuleId
  /** The member, value or alternative; '' for the type, command or event itself. */
  readonly item: string
  /** What it was and what it is, or for which values of a tag, where that says more. */
  readonly detail: string
}

/** The changes of features. */
export function featureFacts(
  before: readonly string[],
  after: readonly string[],
  item: string,
): SchemaFact[] {
  const facts: SchemaFact[] = []
  for (const each of new Set(before)) if (!after.includes(each)) facts.push(featureFact(each, false, item))
  for (const each of new Set(after)) if (!before.includes(each)) facts.push(featureFact(each, true, item))
  return facts
}

function featureFact(feature: string, isThere: boolean, item: string): SchemaFact {
  if (feature === 'deprecated') return { rule: isThere ? 'deprecated' : 'undeprecated', item, detail: '' }
  if (feature === 'unstable') return { rule: isThere ? 'unstable' : 'stable', item, detail: '' }
  return { rule: isThere ? 'feature-added' : 'feature-removed', item, detail: feature }
}

/** The first names; the rest is counted. */
export function listed(names: readonly string[], most: number): string {
  const more = names.length - most
  return `${names.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

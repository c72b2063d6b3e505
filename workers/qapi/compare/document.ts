/** A comparison as a document: Markdown for people, JSON for programs. */
import type { JsonObject } from '#base/json/value.ts'
import { rules, verdicts } from './rules.ts'
import type { Compatibility } from './rules.ts'
import type { SchemaChange, SchemaComparison } from './compare.ts'

/** What is compared, by name. */
export interface ComparedNames {
  readonly before: string
  readonly after: string
}

/** How many ways to a change are listed before the rest is counted. */
const listedPaths = 5

const titles: Readonly<Record<Compatibility, string>> = {
  breaking: 'Breaking',
  notice: 'To be known',
  compatible: 'Compatible',
}

/** The comparison as Markdown: a table for breaking changes, one for notices, one for the rest. */
export function comparisonToMarkdown(comparison: SchemaComparison, { before, after }: ComparedNames): string {
  const { changes, isCut } = comparison
  const counts = verdicts.map((verdict) => changes.filter((each) => each.verdict === verdict).length)
  const lines = [
    `# ${escapeText(before)} → ${escapeText(after)}`,
    '',
    `${changes.length} changes: ${counts[0] ?? 0} breaking for a client, ${counts[1] ?? 0} to be known, ${counts[2] ?? 0} compatible.`,
    ...(isCut ? ['', cutWords] : []),
  ]
  for (const verdict of verdicts) {
    const list = changes.filter((each) => each.verdict === verdict)
    if (list.length === 0) continue
    lines.push(
      '',
      `## ${titles[verdict]}`,
      '',
      '| Where | Change | Types | On each side |',
      '|---|---|---|---|',
    )
    for (const each of list) {
      lines.push(
        `| ${[pathsInShort(each), changeInWords(each), each.types, sidesInWords(each)].map(escapeText).join(' | ')} |`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}

/** The note on an incomplete comparison. */
export const cutWords = 'The schemas differ in more places than are compared: the rest is left out.'

/** A change in words, with before and after. */
export function changeInWords({ rule, item, detail }: SchemaChange): string {
  const said = rules[rule]
  const words = 'hint' in said ? `${said.words} (${said.hint})` : said.words
  // A path ends with the member or value; the branch of an alternate is in no path.
  const what = rule.startsWith('alternative-') ? `${words}: ${item}` : words
  return detail === '' ? what : `${what}: ${detail}`
}

/** What a change means on each side: `arguments: breaking, return: compatible`; one word where it is one side. */
export function sidesInWords({ sides }: SchemaChange): string {
  return sides.map(({ side, verdict }) => `${side}: ${verdict}`).join(', ')
}

/** The first ways to a change, the rest counted. */
export function pathsInShort({ paths, hasMorePaths, types, item }: SchemaChange): string {
  if (paths.length === 0) return [types, item].filter((each) => each !== '').join(': ')
  const more = paths.length - listedPaths
  const rest = more > 0 ? ` and ${more} more` : ''
  return `${paths.slice(0, listedPaths).join(', ')}${rest}${hasMorePaths ? ', and others' : ''}`
}

/** The comparison as JSON: every change with all that reach it. */
export function comparisonToJson(
  { changes, common, isCut }: SchemaComparison,
  names: ComparedNames,
): JsonObject {
  return {
    before: names.before,
    after: names.after,
    common,
    incomplete: isCut,
    changes: changes.map((each) => ({
      rule: each.rule,
      verdict: each.verdict,
      sides: Object.fromEntries(each.sides.map(({ side, verdict }) => [side, verdict])),
      item: each.item,
      detail: each.detail,
      types: each.types,
      paths: each.paths,
      hasMorePaths: each.hasMorePaths,
      reachedBy: each.reachedBy,
    })),
  }
}

/** Names are data: what Markdown would take for markup is escaped. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_{}[\]()<>#+!|~&-]/g, '\\$&').replace(/\s+/g, ' ')
}

/** A comparison as a document: Markdown for people, JSON for programs. */
import type { JsonObject } from '../base/json.ts'
import { rules } from './compare.ts'
import type { Change, Comparison } from './compare.ts'

/** What is compared, by name. */
export interface ComparedNames {
  readonly before: string
  readonly after: string
}

/** How many roots are named before the rest is counted. */
const namedRoots = 5

/** The comparison as Markdown: a table for what breaks clients, one for what does not. */
export function comparisonToMarkdown({ changes }: Comparison, { before, after }: ComparedNames): string {
  const breaking = changes.filter((each) => each.verdict === 'breaking')
  const compatible = changes.filter((each) => each.verdict === 'compatible')
  const lines = [
    `# ${escapeText(before)} → ${escapeText(after)}`,
    '',
    `${changes.length} changes: ${breaking.length} breaking for a client, ${compatible.length} compatible.`,
  ]
  for (const [title, list] of [
    ['Breaking', breaking],
    ['Compatible', compatible],
  ] as const) {
    if (list.length === 0) continue
    lines.push('', `## ${title}`, '', '| Where | What | Change | In | Reached by |', '|---|---|---|---|---|')
    for (const each of list) {
      const words = each.detail === '' ? wordsOf(each) : `${wordsOf(each)}: ${each.detail}`
      lines.push(
        `| ${[each.where, each.item, words, each.side, rootsOf(each)].map(escapeText).join(' | ')} |`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}

/** What a change is, with what a client should know. */
export function wordsOf({ rule }: Change): string {
  const said = rules[rule]
  return 'hint' in said ? `${said.words} (${said.hint})` : said.words
}

/** The commands and events that reach a change, the first by name. */
export function rootsOf({ reachedBy }: Change): string {
  const more = reachedBy.length - namedRoots
  return `${reachedBy.slice(0, namedRoots).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** The comparison as JSON: every change with all that reach it. */
export function comparisonToJson({ changes, common }: Comparison, names: ComparedNames): JsonObject {
  return {
    before: names.before,
    after: names.after,
    common,
    changes: changes.map((each) => ({
      rule: each.rule,
      side: each.side,
      verdict: each.verdict,
      where: each.where,
      item: each.item,
      detail: each.detail,
      reachedBy: each.reachedBy,
    })),
  }
}

/** Names are data: what Markdown would take for markup is escaped. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_{}[\]()<>#+!|~&-]/g, '\\$&').replace(/\s+/g, ' ')
}

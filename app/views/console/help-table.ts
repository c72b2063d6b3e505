/**
 * The output of the human monitor's `help`, as a table of command names for completion. Its lines are
 * `name|alias arguments -- what it does`; subcommands are listed the same way with the word in front (`info block`).
 */

/** Names by the words before them: `''` holds the commands, `'info'` its subcommands. Sorted, without doubles. */
export type HelpTable = ReadonlyMap<string, readonly string[]>

/** Characters of `help` that are read: that of QEMU has 30,000. */
const longestHelp = 1_000_000
/** Characters of a line of it that are read: the longest has 300. */
const longestLine = 1000

/** Read the output of `help` and of `help info`. Lines that are not as expected are left out. */
export function readHelp(...outputs: readonly string[]): HelpTable {
  const table = new Map<string, Set<string>>()
  const add = (under: string, name: string): void => {
    const names = table.get(under)
    if (names === undefined) table.set(under, new Set([name]))
    else names.add(name)
  }
  for (const output of outputs) {
    for (const line of output.slice(0, longestHelp).split(/\r?\n/)) {
      const parts = /^([A-Za-z_?][\w?|-]*)((?:\s.*)?)\s--(?:\s|$)/.exec(line.slice(0, longestLine))
      if (parts === null) continue
      const [, names = '', rest = ''] = parts
      for (const name of names.split('|')) if (name !== '') add('', name)
      // `info block [-n] …`: a bare word after the name is a subcommand; arguments are `name` too, so only for info.
      const sub = names === 'info' ? /^\s+([\w-]+)/.exec(rest)?.[1] : undefined
      if (sub !== undefined && sub !== 'subcommand') add('info', sub)
    }
  }
  return new Map([...table].map(([under, names]) => [under, [...names].sort()]))
}

/** What completing leads to. */
export interface HelpCompletion {
  /** The text before the cursor, with what is certain added. */
  readonly before: string
  /** What it could be; more than one when it is not decided. */
  readonly candidates: readonly string[]
}

/** Complete the word before the cursor from the names that may stand there. */
export function complete(before: string, table: HelpTable): HelpCompletion {
  const words = before.replace(/^\s+/, '').split(/\s+/)
  const word = words[words.length - 1] ?? ''
  const first = words[0] ?? ''
  let names: readonly string[] = []
  if (words.length === 1) names = table.get('') ?? []
  // `help` takes the name of a command, and `help info` that of a subcommand.
  else if (words.length === 2) names = table.get(first === 'help' || first === '?' ? '' : first) ?? []
  else if (words.length === 3 && (first === 'help' || first === '?')) names = table.get(words[1] ?? '') ?? []
  const candidates = names.filter((name) => name.startsWith(word))
  if (candidates.length === 0) return { before, candidates }
  const common = commonStart(candidates)
  const end = candidates.length === 1 ? ' ' : ''
  return { before: before.slice(0, before.length - word.length) + common + end, candidates }
}

/** The longest text that all names begin with. */
export function commonStart(names: readonly string[]): string {
  let common = names[0] ?? ''
  for (const name of names) {
    let at = 0
    while (at < common.length && name[at] === common[at]) at += 1
    common = common.slice(0, at)
  }
  return common
}

/** Names that are listed at once: more would scroll the earlier output away. */
const mostShown = 1000
/** Characters of a name that are listed: every other one is padded to the longest. */
const longestName = 200

/** Names in columns for a terminal of `width` columns, one line of text each. */
export function inColumns(all: readonly string[], columns: number): string {
  const names = all
    .slice(0, mostShown)
    .map((each) => (each.length > longestName ? `${each.slice(0, longestName - 1)}…` : each))
  const width = names.reduce((most, name) => Math.max(most, name.length), 0) + 2
  const perRow = Math.max(1, Math.floor(columns / width))
  const rows: string[] = []
  for (let at = 0; at < names.length; at += perRow) {
    const row = names.slice(at, at + perRow)
    rows.push(
      row
        .map((name) => name.padEnd(width))
        .join('')
        .trimEnd(),
    )
  }
  if (all.length > names.length) rows.push(`… ${all.length - names.length} more`)
  return rows.join('\n')
}

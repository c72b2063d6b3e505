/**
 * Text of the human monitor as pages: which there are, and what changed from one reading to the next. Linear in the text;
 * everything is bounded.
 */

/** Characters of a text, and lines of it, that are looked at: `info mtree -o` of a large machine has 200,000. */
export const longestText = 4_000_000
export const mostLines = 50_000
/** A line that is longer is cut: the longest of QEMU has 2,000. */
const longestLine = 10_000
const mostPages = 500

/** One page: a subcommand of `info`. */
export interface MonitorPage {
  /** `mtree` */
  readonly name: string
  /** What it takes, as the help writes it: `[-f][-d]`; empty where it takes nothing. */
  readonly takes: string
  /** What it shows, in QEMU's words. */
  readonly about: string
}

/** The pages in the output of `help info`, by name. Lines that are not as expected are left out. */
export function readPages(help: string): readonly MonitorPage[] {
  const pages = new Map<string, MonitorPage>()
  for (const line of linesOf(help)) {
    if (pages.size >= mostPages) break
    const at = line.indexOf(' -- ')
    if (at < 0 || !line.startsWith('info ')) continue
    const words = line.slice('info '.length, at).trim()
    const space = words.indexOf(' ')
    const name = space < 0 ? words : words.slice(0, space)
    if (name === '' || name === 'subcommand' || name.startsWith('[')) continue
    pages.set(name, {
      name,
      takes: space < 0 ? '' : words.slice(space + 1).trim(),
      about: line.slice(at + ' -- '.length).trim(),
    })
  }
  return [...pages.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The lines of a text, cut to what is looked at. */
export function linesOf(text: string): readonly string[] {
  const lines = text.slice(0, longestText).split('\n', mostLines)
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => {
    const bare = line.endsWith('\r') ? line.slice(0, -1) : line
    return bare.length > longestLine ? `${bare.slice(0, longestLine)}…` : bare
  })
}

/** A part of a line. */
export interface LinePart {
  readonly text: string
  /** It is not as it was in the reading before. */
  readonly isNew: boolean
}

/** A line beside the reading before. */
export interface ReadLine {
  readonly text: string
  /** `same`: a line like it was there, wherever. */
  readonly change: 'same' | 'new'
  /** The line in parts, where the line at its place before had other words in the same number. */
  readonly parts: readonly LinePart[] | undefined
}

/** Two readings side by side. */
export interface Reading {
  readonly lines: readonly ReadLine[]
  /** Lines that were there before and are not any more. */
  readonly gone: readonly string[]
}

/**
 * The lines of a reading, and what changed since `before` (undefined: nothing is new). A line counts as new where the
 * reading before has it less often; where it has moved only, it is the same.
 */
export function compareReadings(before: readonly string[] | undefined, after: readonly string[]): Reading {
  if (before === undefined)
    return { lines: after.map((text) => ({ text, change: 'same', parts: undefined })), gone: [] }
  const left = new Map<string, number>()
  for (const line of before) left.set(line, (left.get(line) ?? 0) + 1)
  const isKept = after.map((line) => {
    const times = left.get(line) ?? 0
    if (times > 0) left.set(line, times - 1)
    return times > 0
  })
  const gone: string[] = []
  for (const line of before) {
    const times = left.get(line) ?? 0
    if (times === 0) continue
    left.set(line, times - 1)
    gone.push(line)
  }
  const lines = after.map((text, index): ReadLine => {
    if (isKept[index] === true) return { text, change: 'same', parts: undefined }
    return { text, change: 'new', parts: partsOf(before[index], text) }
  })
  return { lines, gone }
}

/** What stands between words: a run of it is one piece, so that a line keeps its looks. */
const between = /[\s=:,;()[\]]/

/** A line in pieces: words, and what stands between them. Joined they are the line. */
function pieces(line: string): readonly string[] {
  const found: string[] = []
  let from = 0
  for (let at = 1; at <= line.length; at += 1) {
    const isEdge = at === line.length || between.test(line[at] ?? '') !== between.test(line[at - 1] ?? '')
    if (!isEdge) continue
    found.push(line.slice(from, at))
    from = at
  }
  return found
}

/** A changed line in parts, where the one before has as many pieces and one is as before; undefined where it is another line. */
function partsOf(before: string | undefined, after: string): readonly LinePart[] | undefined {
  if (before === undefined) return undefined
  const [old, now] = [pieces(before), pieces(after)]
  if (old.length !== now.length) return undefined
  const isSame = now.map((piece, index) => piece === old[index])
  const hasSameWord = now.some((piece, index) => isSame[index] === true && !between.test(piece))
  if (!hasSameWord) return undefined
  const parts: { text: string; isNew: boolean }[] = []
  for (const [index, text] of now.entries()) {
    const last = parts.at(-1)
    const isNew = isSame[index] !== true
    if (last?.isNew === isNew) last.text += text
    else parts.push({ text, isNew })
  }
  return parts
}

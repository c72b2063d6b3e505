/**
 * How well an entity fits a typed text. Ranks are numbers, the best 0:
 *
 *   0    its name                         2    at the beginning of a word of its name
 *   0.5  one of its phrases               3    inside its name
 *   1    its name begins with it          4    the name of a member, value or case, then 5 inside one
 *   1.3  one of its phrases and more      6    its documentation, 7 the letters of its name in their order
 *
 * Each rank comes with the reason, which the page shows.
 * Tested by workers/qapi/search/search.test.ts and workers/qapi/search/phrases.test.ts.
 */
import type { Asked, AskedWord } from './asked.ts'
import type { Indexed, Matched } from './entity-index.ts'
import type { Saying } from './sayings.ts'
import { joined, singular } from './words.ts'

/** A rank and the reason; no reason where it is the name. */
export interface Ranked {
  readonly rank: number
  readonly matched: Matched | undefined
}

/** Up to here the whole name, its beginning or a whole phrase was typed. */
export const close = 1.3
/** From here on a match is no longer by name or phrase. */
export const byContent = 4
/** From here on a match is by running text or single letters. */
export const byText = 6

/** What an error of typing costs. */
const typoCost = 0.4
/** What it costs that a word is not typed to its end: a phrase ranks as a name that begins so. */
const beginningCost = 0.55

/** The rank of an entity for the whole text: its name or one of its phrases. Undefined where it is none of them. */
export function rankWhole(each: Indexed, asked: Asked): Ranked | undefined {
  if (asked.words.length > 0 && each.joined === asked.joined) return { rank: 0, matched: undefined }
  let best: Ranked | undefined
  for (const saying of each.sayings) {
    const rank = rankSaying(saying, asked)
    if (rank !== undefined && rank < (best?.rank ?? Infinity))
      best = { rank, matched: { in: 'saying', text: saying.phrase } }
  }
  return best
}

/** A phrase fits where it has all words of the text that need to be found. */
function rankSaying(saying: Saying, asked: Asked): number | undefined {
  let cost = 0
  let found = 0
  let begun = 0
  for (const word of asked.words) {
    const fit = fitIn(saying.words, word)
    if (fit === undefined && !word.isWeak) return undefined
    cost += fit ?? 0.1
    if (fit !== undefined) found += 1
    if (fit === beginningCost) begun += 1
  }
  if (found === 0) return undefined
  const missing = saying.words.length - found
  // The beginning of one word of many says little.
  return (missing <= 0 ? 0.5 : 1.3 + 0.4 * missing + begun) + cost + saying.order
}

/** What it costs to find a word among those of a phrase. */
function fitIn(words: readonly string[], asked: AskedWord): number | undefined {
  const typo = asked.isTypo ? typoCost : 0
  if (asked.tries.some((one) => words.some((each) => singular(each) === singular(one)))) return typo
  // While somebody types, the last word is a beginning; what it leads to ranks as beginnings of names do.
  const begins = asked.isLast && !asked.isTypo && asked.typed.length >= 3
  return begins && words.some((each) => each.startsWith(asked.typed)) ? beginningCost : undefined
}

/** The rank of an entity for one word. */
export function rankWord(each: Indexed, asked: AskedWord): Ranked | undefined {
  let best: Ranked | undefined
  for (const word of asked.tries) {
    const found = rankTry(each, word)
    if (found !== undefined && found.rank < (best?.rank ?? Infinity)) best = found
    if (best?.rank === 0) break
  }
  if (best !== undefined && asked.isTypo)
    best = { rank: best.rank + typoCost, matched: best.matched ?? { in: 'typo', text: asked.tries[0] ?? '' } }
  if ((best?.rank ?? Infinity) < byContent) return best
  const other = asked.others.find((part) => each.parts.includes(part))
  if (other !== undefined) return { rank: 3.5, matched: { in: 'other word', text: other } }
  return best ?? rankText(each, asked.typed)
}

function rankTry(each: Indexed, word: string): Ranked | undefined {
  const inName = rankName(each, word)
  if (inName !== undefined && inName < 3) return { rank: inName, matched: undefined }
  if (each.saidWords.has(word) || each.saidWords.has(singular(word)))
    return { rank: 2.5, matched: { in: 'saying', text: word } }
  if (inName !== undefined) return { rank: inName, matched: undefined }
  if (!each.insideText.includes(word)) return undefined
  let best: (typeof each.inside)[number] | undefined
  for (const one of each.inside) {
    if (one.lower === word) return { rank: 4, matched: { in: one.in, text: one.text } }
    if (best === undefined && one.lower.includes(word)) best = one
  }
  return best === undefined ? undefined : { rank: 5, matched: { in: best.in, text: best.text } }
}

function rankText(each: Indexed, word: string): Ranked | undefined {
  const at = each.docLower.indexOf(word)
  if (at >= 0) return { rank: 6, matched: new Excerpt(each.doc, at, word.length) }
  if (word.length >= 3 && hasLetters(each.name, word))
    return { rank: 7, matched: { in: 'letters', text: word } }
  return undefined
}

function rankName(each: Indexed, typed: string): number | undefined {
  const name = each.joined
  const word = joined(typed)
  if (name === word) return 0
  const first = name.indexOf(word)
  if (first < 0) return each.parts.includes(singular(word)) ? 2.2 : undefined
  if (first === 0) return 1
  for (let at = first; at >= 0; at = name.indexOf(word, at + 1)) {
    if (/[ .]/.test(name[at - 1] ?? '')) return 2
  }
  return 3
}

/** A match in a text. Its words are cut out when somebody looks: most hits are never in sight. */
class Excerpt implements Matched {
  readonly in = 'documentation'
  readonly #doc: string
  readonly #at: number
  readonly #length: number

  constructor(doc: string, at: number, length: number) {
    this.#doc = doc
    this.#at = at
    this.#length = length
  }

  get text(): string {
    return around(this.#doc, this.#at, this.#length)
  }
}

/** Some words before and after a match. */
function around(text: string, at: number, length: number): string {
  const from = at <= 30 ? 0 : text.indexOf(' ', at - 30) + 1
  const to = Math.min(text.length, at + length + 50)
  return `${from > 0 ? '…' : ''}${text.slice(Math.min(from, at), to)}${to < text.length ? '…' : ''}`
}

/**
 * Whether the letters of a word stand in a name in their order, each right after the one before or at the beginning
 * of a part: `bda` finds `blockdev-add` no less than `bdadd` does, and not every name that has the letters somewhere.
 * The places where the letters so far can end are kept, so that it takes as many steps as the product of both lengths.
 */
function hasLetters(name: string, word: string): boolean {
  if (name[0] !== word[0]) return false
  let ends = new Set([0])
  for (const letter of word.slice(1)) {
    const first = Math.min(...ends)
    const next = new Set<number>()
    for (let at = first + 1; at < name.length; at += 1) {
      if (name[at] === letter && (ends.has(at - 1) || /[-_ .]/.test(name[at - 1] ?? ''))) next.add(at)
    }
    if (next.size === 0) return false
    ends = next
  }
  return true
}

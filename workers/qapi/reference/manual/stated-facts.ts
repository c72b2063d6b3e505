/**
 * The default and the version that a text states for the member that it describes. A manual has no place of its own for
 * either: they stand in running text, among words that only look like them ("other values are allowed since 2.7",
 * "defaults to the same secret that …"). A statement that does not hold for the whole member is ignored: the text itself
 * is shown too, and is more exact.
 */

/** What a text states. */
export interface Facts {
  /** As the text words it: a value, or a few words. */
  readonly defaultText: string | undefined
  readonly since: string | undefined
}

/** Characters of a text that are looked at, from its end: the longest of QEMU's has 3,000. */
const looked = 20_000
/** Characters of a default. Longer ones are explanations, which the text gives. */
const longestDefault = 100
/** Words of a default that is a part of a sentence. */
const mostWords = 3

const version = /^v?(\d+(?:\.\d+)*)$/
const conditions =
  /\b(?:if|when|where|unless|otherwise|else|case|except|but|for|on|with|without|depends|depending|assuming)\b/i

/** The facts that a text states. `text` is plain: no markup, any white space. */
export function factsIn(text: string): Facts {
  const plain = text.slice(-looked).replace(/\s+/g, ' ').trim()
  const { groups, sentences } = partsOf(plain)
  const defaults = new Set<string>()
  const versions = new Set<string>()
  for (const group of groups) {
    for (const part of group.parts) {
      const [words, since] = withoutSince(part)
      if (since !== undefined && group.ends) versions.add(since)
      const value = defaultOfPart(words)
      if (value !== undefined) defaults.add(value)
    }
  }
  for (const sentence of sentences) {
    const value = defaultOfSentence(sentence)
    if (value !== undefined) defaults.add(value)
    const since = /^since:? (\S+)$/i.exec(sentence)?.[1]
    const found = since === undefined ? undefined : version.exec(since)?.[1]
    if (found !== undefined) versions.add(found)
  }
  // The last words of a text that ends without a stop before them.
  const last = / Since:? (\S+?)\.?$/.exec(plain)?.[1]
  const found = last === undefined ? undefined : version.exec(last)?.[1]
  if (found !== undefined) versions.add(found)
  return { defaultText: onlyOne(defaults), since: isOneVersion(plain, versions) }
}

/** Two that differ are about two things. */
function onlyOne(values: ReadonlySet<string>): string | undefined {
  const [only, ...others] = values
  return others.length === 0 ? only : undefined
}

/** A version that is stated, unless the text names another one for something else: then it is told in words. */
function isOneVersion(text: string, stated: ReadonlySet<string>): string | undefined {
  const only = onlyOne(stated)
  if (only === undefined) return undefined
  const named = [...text.matchAll(/\bsince:? (?:QEMU )?v?(\d+(?:\.\d+)*)/gi)].map((each) => each[1])
  return named.every((each) => each === only) ? only : undefined
}

interface BracketGroup {
  /** What stands between the brackets, apart at semicolons. */
  readonly parts: readonly string[]
  /** It ends the sentence: a new sentence follows, or nothing. */
  readonly ends: boolean
}

/** The bracketed groups of a text, and its sentences without them. One pass. */
function partsOf(text: string): { groups: readonly BracketGroup[]; sentences: readonly string[] } {
  const groups: BracketGroup[] = []
  const sentences: string[] = []
  let depth = 0
  let sentence = ''
  let parts: string[] = []
  let part = ''
  const endSentence = (): void => {
    const words = sentence.replace(/ +/g, ' ').trim()
    if (words !== '') sentences.push(words)
    sentence = ''
  }
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    const next = text.charAt(at + 1)
    if (character === '(') {
      if (depth > 0) part += character
      else parts = []
      depth += 1
    } else if (character === ')' && depth > 0) {
      depth -= 1
      if (depth > 0) part += character
      else {
        parts.push(part.trim())
        part = ''
        groups.push({ parts, ends: /^(?:$|[.;]| $| [A-Z(])/.test(text.slice(at + 1, at + 3)) })
        // A bracket with a condition is no fact of the sentence.
        if (conditions.test(parts.join(' '))) sentence += ' if '
      }
    } else if (depth > 0) {
      if (depth === 1 && character === ';') {
        parts.push(part.trim())
        part = ''
      } else part += character
    } else if ((character === '.' || character === ';') && (next === '' || next === ' ')) endSentence()
    else sentence += character
  }
  endSentence()
  return { groups, sentences }
}

/** `default: on, since 4.0` is both. */
function withoutSince(part: string): readonly [words: string, since: string | undefined] {
  const found = /^(?:(.*[^,]),? )?since:? (?:QEMU )?(\S+)$/i.exec(part)
  const since = found === null ? undefined : version.exec(found[2] ?? '')?.[1]
  if (found === null || since === undefined) return [part, undefined]
  const words = (found[1] ?? '').trim()
  // `supported since 4.0` is about what stands before it.
  return words === '' || /^(?:the )?defaults?\b/i.test(words) ? [words, since] : [words, undefined]
}

/** The default of a part of a bracket: `default: X` in any words, `default X` where X is one word. */
function defaultOfPart(part: string): string | undefined {
  const [, words, bare] =
    /^(?:the )?default(?:(?: value)?:| value is| is|s to| to) ?(.+)$|^default (\S+)$/i.exec(part) ?? []
  const value = (words ?? bare ?? '').trim()
  return value === '' || value.length > longestDefault ? undefined : value
}

/** The default of a sentence that says nothing else after it, and makes it depend on nothing. */
function defaultOfSentence(sentence: string): string | undefined {
  const stated = /(?:^| )(?:defaults?:|default(?: value)? is|defaults to) /i.exec(sentence)
  const found = stated ?? /(?:^|, )default /i.exec(sentence)
  if (found === null) return undefined
  const before = sentence.slice(0, found.index)
  const value = sentence.slice(found.index + found[0].length).trim()
  if (value === '' || value.length > longestDefault || conditions.test(before)) return undefined
  const quoted = /^(?:"[^"]*"|'[^']*')$/.test(value)
  if (quoted) return value
  const words = value.split(' ')
  const isBare = stated === null
  if (words.length > (isBare ? 1 : mostWords) || /[,"()]/.test(value) || conditions.test(value)) {
    return undefined
  }
  return /^(?:the|a|an|to|that|this|its|what|whatever|behaviou?r|value|values)$/i.test(words[0] ?? '')
    ? undefined
    : value
}

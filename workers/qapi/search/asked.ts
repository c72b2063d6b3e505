/** A typed text as the search takes it: its words, and what a word with a typing error may have meant. */
import type { EntityIndex } from './entity-index.ts'
import { othersOf } from './sayings.ts'
import { isNear, isWeak, joined, singular, strongWords, wordsOf } from './words.ts'

/** A word of the text. */
export interface AskedWord {
  readonly typed: string
  /** What is looked for: the word, or where nothing begins with it the words that are near it, at most 6. */
  readonly tries: readonly string[]
  readonly isTypo: boolean
  /** Parts of names that it may stand for. */
  readonly others: readonly string[]
  /** It need not be found. */
  readonly isWeak: boolean
  /** Somebody may be typing it still: it is the beginning of a word. */
  readonly isLast: boolean
}

/** A typed text. */
export interface Asked {
  /** As typed, without blanks around it. */
  readonly exact: string
  readonly words: readonly AskedWord[]
  /** All words in a row, as they stand in names: `block-resize` and `block_resize` are both written "block resize". */
  readonly joined: string
}

const mostTries = 6
/** A beginning of a word is compared with one error from five letters on: shorter ones begin like too many words. */
const shortestBeginning = 5

/** Read a typed text. */
export function askedOf(index: EntityIndex, query: string): Asked {
  const words = strongWords(query)
  return {
    exact: query.trim(),
    joined: joined(wordsOf(query).join(' ')),
    words: words.map((typed, at) => {
      const near = meantBy(index, typed)
      return {
        typed,
        tries: near.length === 0 ? [typed] : near,
        isTypo: near.length > 0,
        others: othersOf(typed),
        isWeak: isWeak(typed),
        isLast: at === words.length - 1,
      }
    }),
  }
}

/** The words that a typed word is one error away from, where no word begins with it and no name has it inside. */
function meantBy(index: EntityIndex, typed: string): readonly string[] {
  if (typed.length < 4 || isWeak(typed) || othersOf(typed).length > 0) return []
  const single = singular(typed)
  const near: string[] = []
  const beginnings: string[] = []
  for (const word of index.vocabulary) {
    if (word.includes(typed) || word === single) return []
    if (near.length < mostTries && isNear(typed, word)) near.push(word)
    else if (typed.length >= shortestBeginning && beginnings.length < mostTries && beginsNear(typed, word))
      beginnings.push(word)
  }
  return near.length > 0 ? near : beginnings
}

function beginsNear(typed: string, word: string): boolean {
  // The first letter is seldom wrong, and holding it keeps this cheap.
  if (typed[0] !== word[0] || word.length <= typed.length) return false
  return [0, 1].some((more) => isNear(typed, word.slice(0, typed.length + more)))
}

/**
 * Words that a reader stumbles over, each with the plain one, in comments and in texts. The whole list of words that were
 * replaced is in docs/glossary.md; here are those that come back most easily.
 */

/**
 * Each is matched without regard to case, as whole words; a blank also stands for the break of a line in a comment.
 *
 * @type {ReadonlyArray<readonly [words: string, instead: string]>}
 */
export const plainWords = [
  ['put down to', '“caused by” or “attributed to”'],
  ['puts down to', '“attributes to”'],
  ['anew', '“again”'],
  ['so many', 'the number, “N”, or “this many”'],
  ['so often in', '“N times in”'],
  ['behind it', '“after it”, or what it hides'],
  ['behind them', '“after them”, or what they hide'],
  ['what is to be', 'the noun: the action, the order, the value'],
  ['what are to be', 'the noun: the actions, the values'],
  ['reckon', '“compute”'],
  ['reckons', '“computes”'],
  ['reckoned', '“computed”'],
  ['what lasts', '“tracks”'],
  ['what goes on', '“what is running”, or the noun'],
  ['by itself', '“alone”, “automatically” or “without being asked”'],
  ['by themselves', '“alone”, “automatically” or “without being asked”'],
  ['without end', '“forever” or “without a limit”'],
  ['for ever', '“forever”'],
  ['to be had', '“available”'],
  ['how it stands', '“the state of”'],
]

/** What stands between two words: blanks, and in a comment the break of a line with its `*`. */
const gap = String.raw`\s{1,40}(?:(?:\*|//)\s{1,40})?`
const patterns = plainWords.map(([words, instead]) => ({
  words,
  instead,
  pattern: new RegExp(String.raw`\b${words.replaceAll(' ', gap)}\b`, 'gi'),
}))

/**
 * The words of the list in a text.
 *
 * @param {string} text
 * @returns {readonly { words: string, instead: string, at: number }[]} in the order of the list; `at` in UTF-16 units
 */
export function unplain(text) {
  return patterns.flatMap(({ words, instead, pattern }) =>
    [...text.matchAll(pattern)].map(({ index }) => ({ words, instead, at: index })),
  )
}

/**
 * The lint rule: no such words in comments and texts.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const plain = {
  meta: { type: 'suggestion', schema: [] },
  create(context) {
    const { sourceCode } = context
    /** @param {{ range?: [number, number] | undefined }} node */
    function check({ range: [from, to] = [0, 0] }) {
      for (const { words, instead, at } of unplain(sourceCode.text.slice(from, to))) {
        context.report({
          loc: sourceCode.getLocFromIndex(from + at),
          message: `“${words}”: say ${instead} (docs/glossary.md)`,
        })
      }
    }
    return {
      Program() {
        for (const comment of sourceCode.getAllComments()) check(comment)
      },
      Literal(node) {
        if (typeof node.value === 'string') check(node)
      },
      TemplateElement: check,
      SvelteText: check,
      SvelteHTMLComment: check,
      SvelteLiteral: check,
    }
  },
}

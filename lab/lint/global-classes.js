/**
 * A class belongs to app/styles/base.css or to a component, never to both. Styles of a component are scoped, those of
 * base.css are not: a component that calls a part of itself by a name of base.css is styled by both, which nobody sees
 * in either file (a row of the timeline's list was laid out as the box of the start-up trouble).
 */
import { readFileSync } from 'node:fs'

const base = new URL('../../app/styles/base.css', import.meta.url)

/**
 * The names of the classes in a style sheet's selectors.
 *
 * @param {string} css
 * @returns {ReadonlyMap<string, number>} each with the place of its first mention
 */
export function classesOf(css) {
  const found = new Map()
  // Blanks in place of comments, texts and what is excepted (a class in `:not(…)` is styled by nobody): places stay.
  const bare = css.replace(/\/\*[\s\S]*?\*\/|'[^']*'|"[^"]*"|:not\([^()]*\)/g, (text) =>
    ' '.repeat(text.length),
  )
  // A selector is what stands before an opening brace; at-rules have no classes.
  let from = 0
  for (const { 0: end, index } of bare.matchAll(/[{};]/g)) {
    const selector = bare.slice(from, index)
    if (end === '{' && !selector.trimStart().startsWith('@')) {
      for (const name of selector.matchAll(/\.(-?[a-z_][\w-]*)/gi)) {
        if (!found.has(name[1])) found.set(name[1], from + name.index)
      }
    }
    from = index + 1
  }
  return found
}

const global = classesOf(readFileSync(base, 'utf8'))

/** The lint rule: a component does not style a class of base.css. */
export const ownClasses = {
  meta: { type: 'problem', schema: [] },
  /** @param {import('eslint').Rule.RuleContext} context */
  create(context) {
    return {
      /** @param {{ children: { value: string, range: [number, number] }[] }} node */
      SvelteStyleElement(node) {
        const [text] = node.children
        if (text === undefined) return
        for (const [name, place] of classesOf(text.value)) {
          if (!global.has(name)) continue
          context.report({
            loc: context.sourceCode.getLocFromIndex(text.range[0] + place),
            message: `The class “${name}” is one of app/styles/base.css: give this part a name of its own`,
          })
        }
      },
    }
  },
}

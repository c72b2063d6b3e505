/** Sentences with names and values of a machine in them, kept apart so that each can be isolated and shown as it is. */

/** A part from outside: a machine's name, a command, an argument. */
interface Given {
  readonly given: string
}

/** A sentence in its parts. */
export type Words = readonly (string | Given)[]

/** A sentence as a template: each value that is put in is a separate part. */
export function words(own: TemplateStringsArray, ...given: readonly string[]): Words {
  return own.flatMap((text, at) => {
    const next = given[at]
    return next === undefined ? [text] : [text, { given: next }]
  })
}

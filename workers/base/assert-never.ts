/**
 * The end of a switch over a union: does not compile while a kind is left out, and throws (a bug, loud) where
 * a value arrives that the types do not know.
 */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}

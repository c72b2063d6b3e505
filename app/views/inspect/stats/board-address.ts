/** What a board shows first, and what else may be chosen; in the address by its number. */

/** One of a list of choices. The first is the usual one. */
type Choices = readonly [number, ...number[]]

/** Seconds of the window. */
export const windows: Choices = [300, 60, 900, 3600]
/** Seconds from an answer to the next question. */
export const intervals: Choices = [1, 2, 5, 10]

/** The number in an address where it is one of the choices, else the usual one. */
export function choiceOf(choices: Choices, told: string | undefined): number {
  return choices.find((each) => String(each) === told) ?? choices[0]
}

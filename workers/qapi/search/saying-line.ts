/** The name of a command or event, and phrases for it, separated by commas. */
export type SayingLine = readonly [name: string, phrases: string]

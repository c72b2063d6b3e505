/** The colour of output. `plain` is for text of the machine. */
export type Tone = 'plain' | 'sent' | 'error' | 'note' | 'event'

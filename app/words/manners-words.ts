/** What a server's manners mean for people: sentences for the details of a connection. */
import type { Manners } from '#qmp/manners.ts'

/** Notes on a connection, one sentence each; none for a plain QEMU. */
export function mannersSentences(manners: Manners | undefined): readonly string[] {
  if (manners === undefined) return []
  const { oneAtATime, noOob } = manners
  return [
    ...(oneAtATime === undefined
      ? []
      : [
          oneAtATime === 'greeting'
            ? 'libvirt’s proxy answers one command at a time, so commands are sent one at a time.'
            : 'It did not answer commands that were sent together, so they are sent one at a time. “Connect” tries again.',
        ]),
    ...(noOob === undefined ? [] : [`It offers out-of-band execution, ${whyNoOob[noOob]}.`]),
  ]
}

const whyNoOob: Readonly<Record<Exclude<Manners['noOob'], undefined>, string>> = {
  greeting: 'which libvirt’s proxy does not give: it is not used',
  refused: 'and does not know such a command: it is not used any more',
  silence: 'and does not answer such a command: it is not used any more',
}

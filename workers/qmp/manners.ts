/**
 * How a server keeps the protocol, beyond its greeting: whether it takes commands that are sent together, and whether it
 * gives the out-of-band execution that it offers.
 *
 * libvirt's `virt-qemu-qmp-proxy` takes one command at a time: two in one read are never answered, and nothing after them
 * is. It offers out-of-band execution and answers that with an error. It is known by its greeting. Other such servers are
 * known by what happens: commands that were sent together go unanswered, all of them, on a connection that has never
 * answered any that were.
 * @adr 0062
 */
import type { Greeting, QmpError } from './message.ts'

/** What is known of a server's manners. A plain QEMU has neither member set. */
export interface Manners {
  /**
   * It answers one command at a time, and is sent one at a time. Why that is believed: its greeting, or commands that were
   * sent together and not answered.
   */
  readonly oneAtATime: 'greeting' | 'silence' | undefined
  /** It offers out-of-band execution and does not give it: known by its greeting, by an error, by no answer. */
  readonly noOob: 'greeting' | 'refused' | 'silence' | undefined
}

/** The manners of a server of which nothing else is known. */
export const plainManners: Manners = { oneAtATime: undefined, noOob: undefined }

/**
 * This many commands that were sent while another one was unanswered, and were answered, prove that a server takes them
 * together. Fewer: two of
 * them may have come apart by chance. More: a QEMU that is held up early is taken for such a server.
 */
const proof = 3

/** What an error says of `exec-oob` where a server does not know that member. */
const unexpected = "'exec-oob'"

/** libvirt's proxy names libvirt's own reading of the version as the package, which no QEMU does. */
export function isLibvirtProxy({ version }: Greeting): boolean {
  return version.package === `qemu-${version.major}.${version.minor}.${version.micro}`
}

/** What a greeting shows, and what was found out on connections before. */
export function mannersOf(greeting: Greeting, before: Manners): Manners {
  const offersOob = greeting.capabilities.includes('oob')
  const oneAtATime = isLibvirtProxy(greeting) ? 'greeting' : before.oneAtATime
  if (!offersOob) return { oneAtATime, noOob: undefined }
  // Out-of-band commands are for a server that is busy: one that reads one at a time would not see them.
  return { oneAtATime, noOob: oneAtATime ?? before.noOob }
}

/** Whether an error says that the server does not know `exec-oob`. It names the member that was sent. */
export function refusesOob(error: QmpError): boolean {
  return error.desc.includes(unexpected)
}

/** Counts the answers of one connection, for telling a server that is slow from one that takes one command at a time. */
export class Together {
  #answered = 0

  /** A command was answered that was sent while another one was unanswered. */
  answered(): void {
    this.#answered += 1
  }

  /** Whether it takes commands that are sent together. */
  get isProved(): boolean {
    return this.#answered >= proof
  }
}

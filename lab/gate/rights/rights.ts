/**
 * What a key lets a client do. `watch` passes what the table of the page's lock calls harmless, and nothing else; the
 * error says why. The same table for the monitor and for the guest agent.
 * @adr 0039
 */
import type { JsonObject } from '#base/json/value.ts'
import { commandEffect } from '#qapi/check/effect.ts'
import { repliesWithSecret } from '#qapi/secrets/secrets.ts'

/** The rights of a client, by the key that its address has. */
export type Rights = 'full' | 'watch'

const begin = 'This key only lets you watch'

/** Why a watcher may not run a command, in a sentence; undefined where it may. */
export function whyWatchersMayNot(name: string, args: JsonObject | undefined): string | undefined {
  if (name === 'human-monitor-command') return `${begin}: the human monitor is refused, whatever the line is.`
  const effect = commandEffect(name, args)
  switch (effect.kind) {
    case 'reads':
      return repliesWithSecret(name, args ?? {}) ? `${begin}: ${name} would return a secret.` : undefined
    case 'changes':
      return `${begin}: ${name} changes the machine.`
    case 'dangerous':
      return `${begin}: ${name} is refused. ${effect.what}`
    case 'unknown':
      return `${begin}: ${name} is not on the list of harmless commands.`
  }
}

/** One line of the record: an entry with its time, without the secrets in arguments and errors, bounded in size. */
import { clip } from '#base/clip.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { redact, redactText } from '#qapi/secrets/secrets.ts'
import type { CommandEnd, GateEntry } from './entry.ts'

/** Characters of arguments that are kept as JSON; longer ones (a file that is written into a guest) as a part of their text. */
const mostArguments = 16 * 1024
/** Of a name or a description. */
const mostWords = 2000

/** The line, without its end. `now` is in milliseconds since the epoch. */
export function auditLine(entry: GateEntry, now: number): string {
  const { who, did } = entry
  const members: Record<string, Json> = {
    time: new Date(now).toISOString(),
    key: who.key,
    client: who.client,
    ...(who.peer === undefined ? {} : { peer: clip(who.peer, mostWords) }),
    channel: who.channel,
    did,
  }
  switch (entry.did) {
    case 'connected':
    case 'left':
      break
    case 'dropped':
      members.why = entry.why
      break
    case 'took the line':
      if (entry.from !== undefined) members.from = entry.from
      break
    case 'was not let write':
      members.what = entry.what
      members.count = entry.count
      break
    case 'command':
      addCommand(members, entry)
  }
  return printJson(members)
}

function addCommand(members: Record<string, Json>, entry: Extract<GateEntry, { did: 'command' }>): void {
  const { command, arguments: args, end, ms, gone } = entry
  const { arguments: shown, secrets } = redact(command, args)
  members.command = clip(command, mostWords)
  if (shown !== undefined) members.arguments = bounded(shown)
  Object.assign(members, endMembers(end, secrets))
  members.ms = Math.round(ms * 1000) / 1000
  if (gone) members.gone = true
}

function endMembers(end: CommandEnd, secrets: readonly string[]): Record<string, Json> {
  if (end.outcome === 'returned') return { outcome: end.outcome }
  const desc = clip(redactText(end.desc, secrets), mostWords)
  return end.outcome === 'failed'
    ? { outcome: end.outcome, class: clip(end.class, mostWords), desc }
    : { outcome: end.outcome, desc }
}

function bounded(args: JsonObject): Json {
  const text = printJson(args)
  return text.length <= mostArguments ? args : `${clip(text, mostArguments)} (${text.length} characters)`
}

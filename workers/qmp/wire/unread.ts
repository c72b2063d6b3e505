/**
 * What can be said of a message that is not read: it is nested too deeply, or has a number of too many digits. QEMU
 * prints an id among the members of a reply, and the name among those of an event; both are found without reading the rest.
 */
import { parseJson } from '#base/json/parse.ts'
import { endOfString } from '#base/json/loss.ts'

/** What kind of message it is. */
export type UnreadMessage =
  | { readonly kind: 'event' }
  /** `id` is undefined where it has none, or one that is neither a number nor a text. */
  | { readonly kind: 'reply'; readonly id: number | string | undefined }

const member = /"(id|event|return|error)"\s{0,8}:\s{0,8}/y
/** An id of ours has 16 digits at most; one that a person made up may be longer, and is then not found. */
const scalar = /-?\d{1,16}(?![\d.eE])|"(?:[^"\\]|\\.){0,200}"/y

/** Look at the outermost members of a text that begins with a brace. Undefined where none of them says anything. */
export function lookInto(text: string): UnreadMessage | undefined {
  let depth = 0
  let id: number | string | undefined
  let isReply = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      const name = depth === 1 ? matchAt(member, text, at) : undefined
      if (name?.[1] === 'event') return { kind: 'event' }
      if (name?.[1] === 'id') id = readScalar(text, at + name[0].length)
      if (name !== undefined && name[1] !== 'id') isReply = true
      at = endOfString(text, at + 1)
    } else if ((code | 0x20) === 0x7b) {
      depth += 1
    } else if ((code | 0x20) === 0x7d) {
      depth -= 1
    }
  }
  return isReply ? { kind: 'reply', id } : undefined
}

function readScalar(text: string, at: number): number | string | undefined {
  const found = matchAt(scalar, text, at)?.[0]
  const parsed = found === undefined ? undefined : parseJson(found)
  if (parsed?.ok !== true) return undefined
  return typeof parsed.value === 'number' || typeof parsed.value === 'string' ? parsed.value : undefined
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}

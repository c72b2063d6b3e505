/** Public keys of a user in the guest. Whatever the guest says is text. */
import { isJsonObject, stringsIn } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { own } from '#base/own.ts'

/** Keys that are shown. */
const mostKeys = 100

/** The reply of guest-ssh-get-authorized-keys. Undefined for anything else. @qapi GuestAuthorizedKeys */
export function readKeys(
  value: Json,
): { readonly keys: readonly string[]; readonly hidden: number } | undefined {
  const list = isJsonObject(value) ? own(value, 'keys') : undefined
  if (!Array.isArray(list)) return undefined
  const keys = stringsIn(list as readonly Json[])
  return { keys: keys.slice(0, mostKeys), hidden: Math.max(0, keys.length - mostKeys) }
}

/** Keys as they are typed, one a line. The failure is a sentence. */
export function typedKeys(text: string): {
  readonly keys: readonly string[]
  readonly why: string | undefined
} {
  const keys = text
    .split('\n')
    .map((each) => each.trim())
    .filter((each) => each !== '')
  if (text.includes('PRIVATE KEY'))
    return { keys: [], why: 'This is a private key: the guest needs the public one' }
  return { keys, why: keys.length === 0 ? 'No key is typed' : undefined }
}

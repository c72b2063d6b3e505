/**
 * A command as a line for QEMU's own qmp-shell, which reads other values than the consoles of this page do: quotes are
 * part of a value, there is no null, a number with a fraction is a text, and out-of-band does not exist. A value
 * that cannot be written bare is written as JSON of its nearest parent; without a parent the command cannot be written.
 *
 *     block_resize node-name=disk0 size=4294967296
 *     device_add driver=virtio-net-pci id=n0 addr=0x10 romfile=
 *     blockdev-add driver=qcow2 node-name=a file={"driver":"file","filename":"/my disk"}
 *
 * After a key with a dot the shell goes on inside of that object (python/qemu/qmp/qmp_shell.py, `_cli_expr`), so only
 * the last word may have one.
 */
import { isDecimal } from '#base/json/number.ts'
import { isJsonObject } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { ShellCommand } from './shell-line.ts'

/** Python's JSON recurses: deeper values end the shell. */
const deepest = 100
/** Python reads no longer integers, since 3.11. */
const mostDigits = 4000

/** The line, or in a sentence why the command cannot be written for qmp-shell. */
export function printQmpShell({ name, arguments: args, oob }: ShellCommand): Result<string, string> {
  const cannot = (why: string): Result<string, string> => err(`Cannot be said in qmp-shell: ${why}.`)
  if (oob) return cannot('it has no out-of-band commands')
  if (!isKey(name)) return cannot('the name of the command has signs that part words')
  const words = [name]
  const members = Object.entries(args ?? {})
  for (const [index, [key, value]] of members.entries()) {
    if (!isKey(key)) return cannot(`the name “${key}” has signs that part words`)
    const word = wordOf(key, value, index === members.length - 1)
    if (!word.ok) return cannot(`${key} is ${word.error}`)
    words.push(word.value)
  }
  return ok(words.join(' '))
}

/** A name that is one word, and no path. */
function isKey(name: string): boolean {
  return /^[^\s"'=.\p{C}]+$/u.test(name) && name !== 'transaction('
}

function wordOf(path: string, value: Json, isLast: boolean): Result<string, string> {
  const bare = bareOf(value)
  if (bare !== undefined) return ok(`${path}=${bare}`)
  if (isLast && isJsonObject(value) && Object.keys(value).length === 1) {
    const [name = '', inner = null] = Object.entries(value)[0] ?? []
    const word = isKey(name) ? wordOf(`${path}.${name}`, inner, true) : undefined
    if (word?.ok === true) return word
  }
  if (value === null) return err('null, which it does not know')
  if (typeof value === 'string') return err('a text that it would take for something else')
  if (typeof value !== 'object' || isDecimal(value)) return err('a number that is not an integer')
  if (!isReadByPython(value, 0)) return err('nested too deeply, or has a number that Python does not hold')
  return ok(`${path}=${jsonWord(value)}`)
}

/** How a value stands without a parent; undefined where it cannot. */
function bareOf(value: Json): string | undefined {
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint' || typeof value === 'number') {
    const text = printJson(value)
    return /^-?\d+$/.test(text) && text.length < mostDigits ? text : undefined
  }
  return typeof value === 'string' && isBareText(value) ? value : undefined
}

function isBareText(text: string): boolean {
  // What a terminal acts on; what Python's int() reads, digits of every script; booleans.
  if (/[\p{C}\u2028\u2029]/u.test(text)) return false
  if (/^[+-]?[\p{Nd}_]+$/u.test(text) || /^(?:true|false)$/i.test(text)) return false
  // JSON or a literal of Python; what begins so is neither.
  if (/^[{[]/.test(text) && !/^[{[][:/%;=&|^<>!?]/.test(text)) return false
  return isOneWord(text)
}

/** Whether blanks and quotes are such that the shell takes the text as it stands: blanks are held together by quotes. */
function isOneWord(text: string): boolean {
  let quote = ''
  for (const char of text) {
    if (quote !== '') {
      // After a backslash it looks for the end of the quotes in more than one way.
      if (char === '\\') return false
      if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (/\s/.test(char)) return false
  }
  return quote === ''
}

function isReadByPython(value: Json, depth: number): boolean {
  if (depth > deepest) return false
  if (isDecimal(value) || typeof value === 'number' || typeof value === 'bigint') {
    const text = printJson(value)
    return text.length < mostDigits && Number.isFinite(Number(text))
  }
  if (typeof value !== 'object' || value === null) return true
  return Object.values<Json>(value as Readonly<Record<string, Json>>).every((each) =>
    isReadByPython(each, depth + 1),
  )
}

/** JSON without blanks outside of its strings; what a terminal would act on is escaped. */
function jsonWord(value: Json): string {
  return printJson(value).replace(
    /[\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

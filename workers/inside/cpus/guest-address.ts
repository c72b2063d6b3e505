/** Addresses of memory as people write them. Tested by workers/inside/cpus/memory.test.ts. */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { addressIn, registerOf } from './registers.ts'
import type { RegisterSet } from './registers.ts'

/** The highest address of 64 bits. */
export const lastAddress = 0xffff_ffff_ffff_ffffn
const longestAddress = 100
const mostTerms = 8

/** An address with `0x`, at least four digits. */
export function hexAddress(address: bigint): string {
  return `0x${address.toString(16).padStart(4, '0')}`
}

/**
 * The address in a text: `0x7c00`, `31744`, a register (`rip`, `$rsp`, `pc`), or a sum or difference of these. The failure
 * is a sentence.
 */
export function parseAddress(text: string, registers?: RegisterSet): Result<bigint, string> {
  const whole = text.trim()
  if (whole === '') return err('An address is needed: 0x7c00, or a register such as rip.')
  if (whole.length > longestAddress) return err('That is too long for an address.')
  let sum = 0n
  let terms = 0
  for (const [, sign = '', term = ''] of whole.matchAll(/([+-]?)([^+-]*)/g)) {
    if (sign === '' && term === '') continue
    terms += 1
    if (terms > mostTerms) return err('An address is a sum of at most 8 numbers or registers.')
    const value = termValue(term.trim(), registers)
    if (!value.ok) return value
    sum += sign === '-' ? -value.value : value.value
  }
  if (sum < 0n) return err('An address is not below 0.')
  return sum > lastAddress ? err('An address has 64 bits at most.') : ok(sum)
}

function termValue(term: string, registers: RegisterSet | undefined): Result<bigint, string> {
  if (/^0x[0-9a-f]+$/i.test(term) || /^\d+$/.test(term)) return ok(BigInt(term))
  const register = registerOf(registers, term)
  const value = register === undefined || registers === undefined ? undefined : addressIn(registers, register)
  if (value !== undefined) return ok(value)
  if (/^[0-9a-f]+$/i.test(term))
    return err(`“${term}” is no register. A hexadecimal number begins with 0x: 0x${term}.`)
  return err(
    term === ''
      ? 'A number or a register is missing there.'
      : registers === undefined
        ? `“${term}” is no number. Registers have not been read.`
        : `“${term}” is no number, and no register of this CPU.`,
  )
}

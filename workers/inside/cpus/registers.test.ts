import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { bitWords, modeWords } from './register-words.ts'
import { addressIn, changedRegisters, isHalted, readRegisters, registerOf } from './registers.ts'
import type { RegisterSet } from './registers.ts'

/** As QEMU 7.2 prints it for two CPUs of SeaBIOS. */
const real = [
  '',
  'CPU#0',
  'EAX=00000000 EBX=00000000 ECX=0000b79d EDX=00000000',
  'ESI=0000b79d EDI=00000000 EBP=0000b79d ESP=00006f94',
  'EIP=0000b7b9 EFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1',
  'ES =d980 000d9800 0000ffff 00009300',
  'CS =f000 000f0000 0000ffff 00009b00',
  'SS =0000 00000000 0000ffff 00009300',
  'LDT=0000 00000000 0000ffff 00008200',
  'GDT=     00000000 00000000',
  'CR0=00000010 CR2=00000000 CR3=00000000 CR4=00000000',
  'DR6=00000000ffff0ff0 DR7=0000000000000400',
  'EFER=0000000000000000',
  'FCW=037f FSW=0000 [ST=0] FTW=00 MXCSR=00001f80',
  'FPR0=0000000000000000 0000 FPR1=0000000000000000 0000',
  'XMM00=0000000000000000 0000000000000000 XMM01=0000000000000000 0000000000000000',
  '',
  'CPU#1',
  'EAX=000f49f6 EBX=00000000 ECX=000002ff EDX=00000001',
  'EIP=000fd09a EFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0',
  'CS =0008 00000000 ffffffff 00cf9b00 DPL=0 CS32 [-RA]',
  'CR0=00000011 CR2=00000000 CR3=00000000 CR4=00000000',
].join('\r\n')

const long = [
  'RAX=ffffffff81c00000 RBX=0000000000000000 RCX=0000000000000001 RDX=0000000000000000',
  'R8 =0000000000000000 R9 =00000000000000ff R10=0000000000000000 R11=0000000000000000',
  'RIP=ffffffff81c0001b RFL=00000246 [---Z-P-] CPL=3 II=0 A20=1 SMM=0 HLT=0',
  'CS =0010 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]',
  'CR0=80050033 CR2=0000000000000000 CR3=0000000001234000 CR4=000000b0',
  'EFER=0000000000000d01',
].join('\r\n')

const only = (text: string, cpu = 0): RegisterSet => {
  const set = readRegisters(text, cpu).get(cpu)
  if (set === undefined) throw new Error('no registers')
  return set
}

describe('of x86', () => {
  const [zero, one] = [only(real), only(real, 1)]

  test('each CPU has its own, by group', () => {
    expect([...readRegisters(real).keys()]).toEqual([0, 1])
    expect(registerOf(zero, 'eip')).toEqual({
      name: 'EIP',
      value: '0000b7b9',
      number: 0xb7b9n,
      group: 'state',
    })
    expect(registerOf(zero, 'CS')?.value).toBe('f000 000f0000 0000ffff 00009b00')
    expect(registerOf(one, 'CS')?.value).toBe('0008 00000000 ffffffff 00cf9b00 DPL=0 CS32 [-RA]')
    expect(registerOf(zero, 'XMM01')).toMatchObject({ group: 'vector', number: 0n })
    expect(registerOf(zero, 'FSW')?.value).toBe('0000 [ST=0]')
    expect(zero.list.filter(({ group }) => group === 'other')).toEqual([])
    expect(registerOf(only(long), 'r8')).toMatchObject({ name: 'R8', group: 'general' })
    expect([isHalted(zero), isHalted(one), isHalted(undefined)]).toEqual([true, false, undefined])
  })

  test.each<[set: RegisterSet, name: string, address: bigint | undefined]>([
    // In real mode an address counts from the base of its segment: $pc of the monitor says 0xfb7b9.
    [zero, '$pc', 0xfb7b9n],
    [zero, 'sp', 0x6f94n],
    [zero, 'CS', 0xf0000n],
    [zero, 'gdt', 0n],
    [zero, 'ecx', 0xb79dn],
    [only(long), 'rip', 0xffffffff81c0001bn],
    [only(long), 'nothing', undefined],
  ])('%# %s is an address', (set, name, address) => {
    const register = registerOf(set, name)
    expect(register === undefined ? undefined : addressIn(set, register)).toBe(address)
  })

  test('bits and modes in words', () => {
    const words = (set: RegisterSet, name: string): string | undefined => {
      const register = registerOf(set, name)
      return register === undefined ? undefined : bitWords(register)
    }
    expect(words(zero, 'flags')).toBe('parity, zero, interrupts-on')
    expect(words(zero, 'EFER')).toBe('none set')
    expect(words(only(long), 'CR0')).toBe('PE, MP, ET, NE, WP, AM, PG')
    expect(words(zero, 'EAX')).toBeUndefined()
    expect(modeWords(zero)).toBe('real mode, 16-bit')
    expect(modeWords(one)).toBe('protected mode, 32-bit, kernel (ring 0), no paging')
    expect(modeWords(only(long))).toBe('64-bit mode, user (ring 3)')
  })

  test('what changed has its old value', () => {
    const later = only(real.replace('EAX=00000000', 'EAX=00000001').replace('0000b7b9', '0000b7ba'))
    expect([...changedRegisters(zero, later)]).toEqual([
      ['EAX', '00000000'],
      ['EIP', '0000b7b9'],
    ])
    expect(changedRegisters(undefined, later).size).toBe(0)
    expect(changedRegisters(zero, zero).size).toBe(0)
  })
})

test('other architectures stay text; a text without a heading is of the CPU that was asked', () => {
  const arm = ' PC=0000000040000000 X00=0000000000000000\r\nPSTATE=400003c5 -Z-- EL1h    FPU disabled'
  const set = readRegisters(arm, 3).get(3)
  expect(set?.list).toEqual([])
  expect(set?.lines).toEqual(arm.split('\r\n'))
  expect(readRegisters('').size).toBe(0)
})

test('any text: no register twice, all text of it is from the lines', () => {
  const piece = fc.constantFrom(
    'EAX=',
    'EIP=',
    '00',
    ' ',
    '\n',
    'CPU#1\n',
    'CS =',
    '[',
    ']',
    '=',
    'é',
    'XMM00',
    '\r',
  )
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }).map((all) => all.join('')),
      (text) => {
        for (const { list, lines } of readRegisters(text).values()) {
          expect(new Set(list.map(({ name }) => name)).size).toBe(list.length)
          const whole = lines.join(' ').replaceAll(/\s+/g, ' ')
          for (const { value } of list) expect(whole).toContain(value)
        }
      },
    ),
    { numRuns: runs(3000) },
  )
})

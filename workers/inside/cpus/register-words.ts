/** What the bits of x86's flag registers mean, by their names, and the mode of a CPU. Tested by workers/inside/cpus/registers.test.ts. */
import { registerOf } from './registers.ts'
import type { Register, RegisterSet } from './registers.ts'

type Bits = readonly (readonly [bit: number, name: string])[]

const bitsOf = (text: string): Bits =>
  text.split(' ').map((each) => {
    const [bit = '', name = ''] = each.split('=')
    return [Number(bit), name]
  })

const flags = bitsOf(
  '0=carry 2=parity 4=adjust 6=zero 7=sign 8=trap 9=interrupts-on 10=down 11=overflow 14=nested 16=resume 17=virtual-8086 18=alignment 19=virtual-interrupt 20=virtual-interrupt-pending 21=cpuid',
)

const tables: ReadonlyMap<string, Bits> = new Map([
  ['EFL', flags],
  ['RFL', flags],
  ['CR0', bitsOf('0=PE 1=MP 2=EM 3=TS 4=ET 5=NE 16=WP 18=AM 29=NW 30=CD 31=PG')],
  [
    'CR4',
    bitsOf(
      '0=VME 1=PVI 2=TSD 3=DE 4=PSE 5=PAE 6=MCE 7=PGE 8=PCE 9=OSFXSR 10=OSXMMEXCPT 11=UMIP 12=LA57 13=VMXE 14=SMXE 16=FSGSBASE 17=PCIDE 18=OSXSAVE 20=SMEP 21=SMAP 22=PKE 23=CET 24=PKS',
    ),
  ],
  ['EFER', bitsOf('0=SCE 8=LME 10=LMA 11=NXE 12=SVME 13=LMSLE 14=FFXSR')],
])

/** The bits of a register that are set, by name; undefined for a register without names for its bits. */
export function bitWords({ name, number }: Register): string | undefined {
  const table = tables.get(name)
  if (table === undefined || number === undefined) return undefined
  const set = table.filter(([bit]) => ((number >> BigInt(bit)) & 1n) === 1n).map(([, each]) => each)
  return set.length === 0 ? 'none set' : set.join(', ')
}

/** What an x86 runs, in words: `64-bit mode, user (ring 3)`; undefined where its registers do not tell. */
export function modeWords(set: RegisterSet): string | undefined {
  const has = (name: string, bit: bigint): boolean =>
    (((registerOf(set, name)?.number ?? 0n) >> bit) & 1n) === 1n
  const code = registerOf(set, 'CS')
  if (code === undefined || registerOf(set, 'CR0') === undefined) return undefined
  const ring = registerOf(set, 'CPL')?.number
  const who =
    ring === undefined
      ? ''
      : ring === 0n
        ? ', kernel (ring 0)'
        : `, ${ring === 3n ? 'user ' : ''}(ring ${ring})`
  if (!has('CR0', 0n)) return 'real mode, 16-bit'
  const paging = has('CR0', 31n) ? '' : ', no paging'
  // The fourth number of a segment: bit 21 is a 64-bit segment, bit 22 one of 32 bits.
  const attributes = Number.parseInt(code.value.split(' ', 4)[3] ?? '', 16)
  if (has('EFER', 10n)) return `${(attributes & (1 << 21)) === 0 ? 'compatibility' : '64-bit'} mode${who}`
  return `protected mode, ${(attributes & (1 << 22)) === 0 ? '16' : '32'}-bit${who}${paging}`
}

/**
 * Registers out of the text of `info registers`: of x86 as names, values and groups; of all other architectures as text.
 * Linear in the text, which is bounded.
 * Tested by workers/inside/cpus/registers.test.ts.
 */
import { linesOf } from '../monitor/monitor-text.ts'

/** What a register belongs to. */
export type RegisterGroup = 'general' | 'state' | 'segments' | 'control' | 'floating' | 'vector' | 'other'

/** One register as it was printed. */
export interface Register {
  /** In QEMU's spelling: `RAX`, `CS`, `XMM00`. */
  readonly name: string
  /** As it was printed, blanks as one: `0010 00000000 ffffffff 00cf9300 DPL=0 DS [-WA]`. */
  readonly value: string
  /** Its first number; undefined where it begins with none. */
  readonly number: bigint | undefined
  readonly group: RegisterGroup
}

/** The registers of one CPU at one time. */
export interface RegisterSet {
  /** In the order in which they were printed; empty for an architecture that this page does not take apart. */
  readonly list: readonly Register[]
  readonly lines: readonly string[]
}

/** Registers of a CPU: 64-bit x86 with AVX-512 has 120. */
const mostRegisters = 500
const mostCpus = 4096

/** The registers of each CPU in a text; `only` is the CPU of what has no line `CPU#…` above it, as before QEMU 6.2. */
export function readRegisters(text: string, only = 0): ReadonlyMap<number, RegisterSet> {
  const parts = new Map<number, string[]>()
  let lines: string[] = []
  let cpu = only
  for (const line of linesOf(text)) {
    const head = /^CPU#(\d{1,5})\s*$/.exec(line)
    if (head !== null) {
      if (parts.size >= mostCpus) break
      cpu = Number(head[1])
      lines = []
      parts.set(cpu, lines)
    } else if (line.trim() !== '') {
      lines.push(line)
      if (!parts.has(cpu)) parts.set(cpu, lines)
    }
  }
  return new Map([...parts].map(([index, each]) => [index, { list: registersIn(each), lines: each }]))
}

/** The registers in the lines of one CPU; none where they are not those of an x86. */
function registersIn(lines: readonly string[]): readonly Register[] {
  const found = new Map<string, Register>()
  for (const line of lines) {
    for (const { name, value } of pairsIn(line)) {
      if (found.size >= mostRegisters) break
      found.set(name, { name, value, number: firstNumber(value), group: groupOf(name) })
    }
  }
  const isX86 = (found.has('EAX') && found.has('EIP')) || (found.has('RAX') && found.has('RIP'))
  return isX86 ? [...found.values()] : []
}

const segmentNames = /^(?:[C-GS]S|LDT|TR|[GI]DT)$/

/** `NAME=VALUE` pairs of a line; a segment takes the whole line. */
function pairsIn(line: string): readonly { readonly name: string; readonly value: string }[] {
  const heads = [...line.matchAll(/(?<![[\w])([A-Za-z][A-Za-z0-9]{0,11}) {0,2}=/g)].slice(0, 100)
  const first = heads[0]
  if (first !== undefined && segmentNames.test(first[1] ?? ''))
    return [{ name: first[1] ?? '', value: wordsOf(line.slice(first.index + first[0].length)) }]
  return heads.map((head, index) => ({
    name: head[1] ?? '',
    value: wordsOf(line.slice(head.index + head[0].length, heads[index + 1]?.index)),
  }))
}

function wordsOf(text: string): string {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .join(' ')
}

function firstNumber(value: string): bigint | undefined {
  const digits = /^[0-9a-fA-F]{1,64}(?![^ ])/.exec(value)?.[0]
  return digits === undefined ? undefined : BigInt(`0x${digits}`)
}

function groupOf(name: string): RegisterGroup {
  if (/^(?:[ER][ABCD]X|[ER][SD]I|[ER][SB]P|R\d{1,2})$/.test(name)) return 'general'
  if (/^(?:[ER]IP|[ER]FL|CPL|II|A20|SMM|HLT)$/.test(name)) return 'state'
  if (segmentNames.test(name)) return 'segments'
  if (/^(?:CR\d|DR\d|EFER|CCS|CCD|CCO)$/.test(name)) return 'control'
  if (/^(?:F[CST]W|MXCSR|FPR\d)$/.test(name)) return 'floating'
  return /^(?:[XYZ]MM\d{1,2}|Opmask\d{1,2})$/.test(name) ? 'vector' : 'other'
}

/** The register of that name, whatever its case and with or without `$`; `pc`, `sp`, `ip` and `flags` of either width. */
export function registerOf(set: RegisterSet | undefined, name: string): Register | undefined {
  const wanted = name.replace(/^\$/, '').toUpperCase()
  const other = aliases.get(wanted) ?? [wanted]
  return set?.list.find((each) => other.includes(each.name.toUpperCase()))
}

const aliases: ReadonlyMap<string, readonly string[]> = new Map([
  ['PC', ['RIP', 'EIP']],
  ['IP', ['RIP', 'EIP']],
  ['SP', ['RSP', 'ESP']],
  ['FLAGS', ['RFL', 'EFL']],
  ['RFLAGS', ['RFL', 'EFL']],
  ['EFLAGS', ['RFL', 'EFL']],
])

/** What an address in a register counts from: the program counter from the base of CS, the stack from that of SS. */
const bases: ReadonlyMap<string, string> = new Map([
  ['EIP', 'CS'],
  ['RIP', 'CS'],
  ['ESP', 'SS'],
  ['RSP', 'SS'],
])

/**
 * The virtual address that a register stands for: its number, from the base of its segment where it is one of code or
 * stack, as `$pc` of the monitor. A segment stands for its base. Undefined where it holds none.
 */
export function addressIn(set: RegisterSet, { name, value, number, group }: Register): bigint | undefined {
  if (group === 'segments') return secondNumber(name, value)
  const segment = bases.get(name)
  const base = segment === undefined ? undefined : set.list.find((each) => each.name === segment)
  if (number === undefined || base === undefined) return number
  return (number + (secondNumber(base.name, base.value) ?? 0n)) & 0xffff_ffff_ffff_ffffn
}

/** The base of a segment: the first number of the two tables, else the second. */
function secondNumber(name: string, value: string): bigint | undefined {
  const word = value.split(' ', 2)[name === 'GDT' || name === 'IDT' ? 0 : 1] ?? ''
  return firstNumber(word)
}

/** Whether a CPU waits for an interrupt; undefined where its registers do not tell. */
export function isHalted(set: RegisterSet | undefined): boolean | undefined {
  const halt = set?.list.find(({ name }) => name === 'HLT')?.number
  return halt === undefined ? undefined : halt !== 0n
}

/** The values of registers that are not as they were, by name; none where nothing is known of before. */
export function changedRegisters(
  before: RegisterSet | undefined,
  now: RegisterSet,
): ReadonlyMap<string, string> {
  if (before === undefined) return new Map()
  const old = new Map(before.list.map(({ name, value }) => [name, value]))
  return new Map(
    now.list.flatMap(({ name, value }): readonly (readonly [string, string])[] => {
      const was = old.get(name)
      return was === undefined || was === value ? [] : [[name, was]]
    }),
  )
}

/** Addresses, dumps, instructions, the map, and the search. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ok } from '#base/result.ts'
import { runs } from '#base/testing/runs.ts'
import { hexAddress, lastAddress, parseAddress } from './guest-address.ts'
import { hexRows } from './hex-rows.ts'
import { isMemory, pagesOf, readMemoryMap, readTranslation, regionsIn } from './memory-map.ts'
import { indexOfBytes, parsePattern, searchMemory } from './memory-search.ts'
import type { SearchEnd, SearchedMemory } from './memory-search.ts'
import { byteText, memoryLine, readDump, readInstructions } from './memory-text.ts'
import { readRegisters } from './registers.ts'

const registers = readRegisters(
  'EAX=00000010 ESP=00006f94\nEIP=0000b7b9\nCS =f000 000f0000 0000ffff 00009b00',
).get(0)

describe('an address', () => {
  test.each<[text: string, value: bigint]>([
    ['0x7c00', 0x7c00n],
    [' 31744 ', 31744n],
    ['eip', 0xfb7b9n],
    ['$pc + 0x10', 0xfb7c9n],
    ['EAX-0x10', 0n],
    ['0xffffffffffffffff', lastAddress],
    ['cs', 0xf0000n],
  ])('%s', (text, value) => {
    expect(parseAddress(text, registers)).toEqual(ok(value))
  })

  test.each<[text: string, why: RegExp]>([
    ['', /needed/],
    ['dead', /begins with 0x: 0xdead/],
    ['rax', /no register of this CPU/],
    ['1-2', /not below 0/],
    ['0x1ffffffffffffffff', /64 bits/],
    ['eax+', /missing/],
    ['0x7c00; quit', /no number/],
    ['1+1+1+1+1+1+1+1+1', /at most 8/],
    ['9'.repeat(101), /too long/],
  ])('%s is none', (text, why) => {
    const address = parseAddress(text, registers)
    expect(address.ok ? '' : address.error).toMatch(why)
  })

  test('any text is an address of 64 bits, or a sentence; what is printed is read again', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, lastAddress), fc.string({ maxLength: 20 }), (value, text) => {
        expect(parseAddress(hexAddress(value))).toEqual(ok(value))
        const address = parseAddress(text)
        if (address.ok) expect(address.value >= 0n && address.value <= lastAddress).toBe(true)
        else expect(address.error).toMatch(/\.$/)
      }),
      { numRuns: runs(3000) },
    )
  })
})

/** What the monitor prints for bytes, from an address on. */
function print(address: bigint, bytes: Uint8Array, word: 1 | 8): string {
  let text = ''
  const perLine = word === 1 ? 8 : 16
  for (let from = 0; from < bytes.length; from += perLine) {
    text += `${(address + BigInt(from)).toString(16).padStart(16, '0')}:`
    for (let at = from; at < Math.min(from + perLine, bytes.length); at += word) {
      const digits = [...bytes.subarray(at, at + word)]
        .reverse()
        .map((byte) => byte.toString(16).padStart(2, '0'))
      text += ` 0x${digits.join('')}`
    }
    text += '\r\n'
  }
  return text
}

describe('a dump', () => {
  test('the lines that ask', () => {
    expect(memoryLine('physical', 0xf0000n, 512)).toBe('xp /512xb 0xf0000')
    expect(memoryLine('virtual', 0n, 512, 8)).toBe('x /64xg 0x0000')
  })

  test('any bytes are read from both widths', () => {
    const words = fc
      .uint8Array({ maxLength: 20 })
      .map((half) => new Uint8Array([...half, ...half, ...half, ...half, ...half, ...half, ...half, ...half]))
    fc.assert(
      fc.property(
        words,
        fc.bigInt(0n, lastAddress - 1000n),
        fc.constantFrom<1 | 8>(1, 8),
        (bytes, address, word) => {
          if (bytes.length === 0) return
          const read = readDump(print(address, bytes, word), address, bytes.length)
          expect(read).toEqual(ok({ address, bytes, unreadable: undefined }))
        },
      ),
      { numRuns: runs(1000) },
    )
  })

  test('it ends where memory cannot be read', () => {
    const some = print(0xff8n, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 1)
    expect(readDump(`${some}0000000000001000: Cannot access memory\r\n`, 0xff8n, 16)).toEqual(
      ok({ address: 0xff8n, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), unreadable: 0x1000n }),
    )
    expect(readDump('0000100000000000: Cannot access memory\r\n', 0x100000000000n, 16)).toMatchObject({
      value: { bytes: new Uint8Array(0), unreadable: 0x100000000000n },
    })
  })

  test.each([
    ['', /nothing/],
    ['unknown command: xp\r\n', /unknown command/],
    ['0000000000000010: 0x00\r\n', /another address/],
    ['0000000000000000: 0x00 zz\r\n', /no memory/],
  ])('%j is none', (text, why) => {
    const read = readDump(text, 0n, 16)
    expect(read.ok ? '' : read.error).toMatch(why)
  })

  test('rows have all bytes, with what stands out', () => {
    const bytes = new Uint8Array(20).fill(0x41)
    const rows = hexRows({ address: 0x10n, bytes, unreadable: undefined }, 16, (index) =>
      index < 2 ? 'found' : 'none',
    )
    expect(rows.map(({ address }) => address)).toEqual([0x10n, 0x20n])
    expect(rows[0]?.hex[0]).toEqual({ text: '41 41', mark: 'found' })
    expect(rows[0]?.hex.map(({ text }) => text).join('')).toBe(`${'41 '.repeat(8)} ${'41 '.repeat(8)}`.trim())
    expect(rows[1]?.text).toEqual([{ text: 'AAAA', mark: 'none' }])
    expect([0, 0x1f, 0x7f, 0xff].map(byteText).join('')).toBe('....')
  })
})

describe('instructions', () => {
  test('address, bytes and words; a long one goes on', () => {
    const text = [
      '0x000fb7b9:  fa                       cli      ',
      '0x000fb7ce:  66 e8 89 cf ff ff        calll    0xf875d',
      '0x000fb7d4:  48 b8 88 77 66 55 44 33  movabsq  $0x1122334455667788, %rax',
      '0x000fb7dc:  22 11                    ',
      '0x40000000:  580000c0          ldr x0, #0x18',
    ].join('\r\n')
    expect(readInstructions(text)).toEqual(
      ok([
        { address: 0xfb7b9n, bytes: 'fa', text: 'cli' },
        { address: 0xfb7cen, bytes: '66 e8 89 cf ff ff', text: 'calll    0xf875d' },
        {
          address: 0xfb7d4n,
          bytes: '48 b8 88 77 66 55 44 33 22 11',
          text: 'movabsq  $0x1122334455667788, %rax',
        },
        { address: 0x40000000n, bytes: '580000c0', text: 'ldr x0, #0x18' },
      ]),
    )
  })

  test.each([
    ['0x1000: Asm output not supported on this arch\r\n', /not supported/],
    ['0x00001000:  Cannot access memory\r\n', /Cannot access/],
    ['\r\n', /nothing/],
  ])('%j has none', (text, why) => {
    const code = readInstructions(text)
    expect(code.ok ? '' : code.error).toMatch(why)
  })
})

const mtree = [
  'FlatView #0',
  ' AS "I/O", root: io',
  '  0000000000000000-0000000000000007 (prio 0, i/o): dma-chan',
  '',
  'FlatView #1',
  ' AS "memory", root: system',
  ' AS "cpu-memory-0", root: system',
  ' Root memory region: system',
  '  0000000000000000-00000000000c2fff (prio 0, ram): pc.ram',
  '  00000000000c3000-00000000000e7fff (prio 0, rom): pc.ram @00000000000c3000',
  '  00000000fed00000-00000000fed003ff (prio 0, i/o): hpet',
  '  00000000fffc0000-00000000ffffffff (prio 0, rom): pc.bios',
  '  0000000100000000-0000000103ffffff (prio 0, ramd): 0000:01:00.0 BAR 0 mmaps[0]',
].join('\r\n')

describe('the map', () => {
  test('the view of a CPU, else that of the machine; what is memory', () => {
    const map = readMemoryMap(mtree, 0) ?? []
    expect(map.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'pc.ram ram',
      'pc.ram rom',
      'hpet i/o',
      'pc.bios rom',
      '0000:01:00.0 BAR 0 mmaps[0] ramd',
    ])
    expect(map.map(isMemory)).toEqual([true, true, false, true, false])
    expect(readMemoryMap(mtree, 9)).toEqual(map)
    expect(readMemoryMap('unknown command', 0)).toBeUndefined()
    expect(regionsIn(map, 0xc2fffn, 2).map(({ type }) => type)).toEqual(['ram', 'rom'])
    expect(regionsIn(map, 0xfecfffffn, 1)).toEqual([])
  })

  test('where a virtual address is', () => {
    expect(readTranslation('gpa: 0xffff0\r\n')).toEqual({ kind: 'mapped', physical: 0xffff0n })
    expect(readTranslation('gpa: 0\r\n')).toEqual({ kind: 'mapped', physical: 0n })
    expect(readTranslation('Unmapped\r\n').kind).toBe('unmapped')
    expect(readTranslation('gpa: 0xzz').kind).toBe('unknown')
    expect(readTranslation('').kind).toBe('unknown')
  })

  test('pages are what was asked for, none across a border', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, lastAddress / 2n), fc.integer({ min: 1, max: 20_000 }), (address, length) => {
        const parts = pagesOf(address, length)
        expect(parts.reduce((sum, part) => sum + part.length, 0)).toBe(length)
        for (const { at, length: each } of parts) expect(at / 4096n).toBe((at + BigInt(each) - 1n) / 4096n)
      }),
      { numRuns: runs(1000) },
    )
  })
})

describe('the search', () => {
  test('bytes and texts', () => {
    expect(parsePattern('55 aa', 'hex')).toEqual(ok(Uint8Array.of(0x55, 0xaa)))
    expect(parsePattern('0x55, 0xAA', 'hex')).toEqual(ok(Uint8Array.of(0x55, 0xaa)))
    expect(parsePattern('é', 'text')).toEqual(ok(Uint8Array.of(0xc3, 0xa9)))
    for (const [text, as] of [
      ['', 'hex'],
      ['5', 'hex'],
      ['zz', 'hex'],
      ['', 'text'],
      ['a'.repeat(65), 'text'],
      ['00'.repeat(65), 'hex'],
    ] as const)
      expect(parsePattern(text, as).ok).toBe(false)
  })

  /** Memory of three stretches; the middle one is a device. */
  function memory(
    bytes: Uint8Array,
    hole: readonly [from: number, to: number],
  ): SearchedMemory & { readonly read_: string[] } {
    const read_: string[] = []
    const [from, to] = hole
    return {
      read_,
      stretchAt: (address) => {
        const at = Number(address)
        if (at >= bytes.length) return Promise.resolve(ok(undefined))
        if (at < from) return Promise.resolve(ok({ isMemory: true, end: BigInt(from - 1) }))
        if (at < to) return Promise.resolve(ok({ isMemory: false, end: BigInt(to - 1) }))
        return Promise.resolve(ok({ isMemory: true, end: BigInt(bytes.length - 1) }))
      },
      read: (address, length) => {
        read_.push(`${address}+${length}`)
        return Promise.resolve(ok(bytes.slice(Number(address), Number(address) + length)))
      },
    }
  }
  const options = {
    from: 0n,
    blockBytes: 8,
    mostBytes: 1e6,
    mostStretches: 100,
    isStopped: () => false,
    onprogress: () => undefined,
  }
  const endOf = async (
    searched: SearchedMemory,
    more: Partial<Parameters<typeof searchMemory>[1]>,
  ): Promise<SearchEnd> => {
    const end = await searchMemory(searched, { ...options, pattern: Uint8Array.of(9), ...more })
    if (!end.ok) throw new Error(end.error)
    return end.value
  }

  test('it finds what a look at all bytes finds, and never reads the device', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 30, maxLength: 80, max: 2 }),
        fc.uint8Array({ minLength: 1, maxLength: 6, max: 2 }),
        fc.nat({ max: 20 }),
        async (bytes, pattern, start) => {
          const [from, to] = [21, 24]
          const searched = memory(bytes, [from, to])
          const end = await endOf(searched, { pattern, from: BigInt(start) })
          const first = indexOfBytes(bytes.subarray(0, from), pattern, start)
          const second = indexOfBytes(bytes, pattern, to)
          const expected = first >= 0 ? first : second
          expect(end.kind === 'found' ? Number(end.at) : -1).toBe(expected)
          for (const each of searched.read_) {
            const [at = 0, length = 0] = each.split('+').map(Number)
            expect(at + length <= from || at >= to).toBe(true)
          }
        },
      ),
      { numRuns: runs(1000) },
    )
  })

  test('a limit, a stop and a failure say where', async () => {
    const searched = memory(new Uint8Array(100), [40, 44])
    expect(await endOf(searched, { mostBytes: 16 })).toEqual({ kind: 'limit', next: 16n, looked: 16 })
    expect(await endOf(searched, { mostBytes: 16, pattern: Uint8Array.of(9, 9) })).toMatchObject({
      next: 15n,
    })
    let blocks = 0
    expect(await endOf(searched, { isStopped: () => (blocks += 1) > 3 })).toEqual({
      kind: 'stopped',
      next: 24n,
      looked: 24,
    })
    expect(await endOf(searched, {})).toEqual({ kind: 'end', looked: 96 })
    expect(await endOf(searched, { mostStretches: 1 })).toEqual({ kind: 'limit', next: 40n, looked: 40 })
    const broken = { ...searched, read: () => Promise.resolve({ ok: false, error: 'lost' } as const) }
    expect(await searchMemory(broken, { ...options, pattern: Uint8Array.of(1) })).toEqual({
      ok: false,
      error: 'lost',
    })
  })
})

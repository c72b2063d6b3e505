import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { Json } from '#base/json/value.ts'
import { base64Of } from '#qapi/text/base64-bytes.ts'
import { createFilmReader, jpegSize, pictureValue, readPicture } from './film-lines.ts'

/** The head of a JPEG of a size, and as many bytes of data. */
function jpeg(width: number, height: number, data = 4, frame = 0xc0): Uint8Array<ArrayBuffer> {
  const two = (value: number): readonly number[] => [value >> 8, value & 255]
  const start = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xdb, 0, 3, 9]
  return new Uint8Array([
    ...start,
    0xff,
    frame,
    0,
    8,
    8,
    ...two(height),
    ...two(width),
    ...Array.from({ length: data }, () => 7),
  ])
}

const good = { machine: 'a', screen: 'vnc', at: 1_700_000_000_000.5, jpeg: jpeg(320, 200) }

test('a picture comes back as it was written', () => {
  const read = readPicture(pictureValue(good))
  expect(read).toEqual({ ok: true, value: { ...good, bytes: good.jpeg.length } })
})

describe('what is no picture is refused, and why', () => {
  const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
  const of = (change: Readonly<Record<string, Json>>): Json => ({
    ...(pictureValue(good) as Readonly<Record<string, Json>>),
    ...change,
  })
  test.each([
    [null, 'a picture of no machine'],
    [[], 'a picture of no machine'],
    [{}, 'a picture of no machine'],
    [of({ machine: 'x'.repeat(201) }), 'a picture of no machine'],
    [of({ screen: 7 }), 'a picture of no screen'],
    [of({ time: 'yesterday' }), 'a picture without a time that can be read'],
    [of({ jpeg: null }), 'a picture without its data'],
    [of({ jpeg: 'A'.repeat(400_000) }), 'a picture that is too large'],
    [of({ jpeg: '<svg>' }), 'a picture that is no JPEG'],
    [of({ jpeg: base64Of(svg) }), 'a picture that is no JPEG'],
    [of({ jpeg: '' }), 'a picture that is no JPEG'],
    [
      of({ jpeg: base64Of(jpeg(65_535, 65_535)) }),
      'a picture of 65535 × 65535 pixels; 1024 a side are allowed',
    ],
    [of({ jpeg: base64Of(jpeg(0, 10)) }), 'a picture that is no JPEG'],
    // Lossless and hierarchical frames: no browser shows them, and their size may stand elsewhere.
    [of({ jpeg: base64Of(jpeg(10, 10, 4, 0xc3)) }), 'a picture that is no JPEG'],
    [of({ jpeg: base64Of(jpeg(10, 10, 4, 0xde)) }), 'a picture that is no JPEG'],
  ])('%#', (value, why) => {
    expect(readPicture(value)).toEqual({ ok: false, error: why })
  })
})

test('the size of any bytes is found or not, and nothing throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(40), (bytes, cut) => {
      const mixed = new Uint8Array([...good.jpeg.slice(0, cut), ...bytes])
      const size = jpegSize(mixed)
      expect(size === undefined || (size.width > 0 && size.height > 0)).toBe(true)
    }),
    { numRuns: runs(3000) },
  )
})

test('a film of a file is bounded in pictures, bytes and screens, and stands in the order of its times', () => {
  const reader = createFilmReader()
  const take = (at: number, screen = 'vnc', data = 4): unknown =>
    reader.take(pictureValue({ ...good, at, screen, jpeg: jpeg(320, 200, data) }))
  for (let at = 1000; at > 0; at -= 1) expect(take(at)).toEqual({ ok: true, value: undefined })
  const { pictures, gone } = reader.all()
  expect([pictures.length, pictures[0]?.at, pictures.at(-1)?.at, gone]).toEqual([900, 1, 900, 100])
  for (let screen = 1; screen < 16; screen += 1) take(5, `vnc${screen}`)
  expect(take(5, 'vnc16')).toEqual({ ok: false, error: 'a picture of one screen too many' })

  const large = createFilmReader()
  const value = pictureValue({ ...good, jpeg: jpeg(320, 200, 200_000) })
  for (let count = 0; count < 100; count += 1) large.take(value)
  const bytes = large.all().pictures.reduce((sum, each) => sum + each.bytes, 0)
  expect(bytes).toBeLessThanOrEqual(16 * 1024 * 1024)
  expect(large.all().gone).toBe(100 - large.all().pictures.length)
})

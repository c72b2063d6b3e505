import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ExecId } from '#qmp/report.ts'
import type { LogRow } from '#record/row.ts'
import { anyLines } from '#store/testing/any-rows.ts'
import { csvHeader, csvLine } from './row-csv.ts'

/** A reader of CSV by the grammar of RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    let value = ''
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        if (at >= text.length) throw new Error('a quote that is not closed')
        value += text[at] ?? ''
        if (text[at] === '"') at += 1
      }
      at += 1
    } else {
      for (; at < text.length && text[at] !== ',' && text[at] !== '\r'; at += 1) {
        if (text[at] === '"' || text[at] === '\n') throw new Error('a quote or line end in a plain cell')
        value += text[at] ?? ''
      }
    }
    row.push(value)
    if (text[at] === ',') at += 1
    else if (text.startsWith('\r\n', at)) {
      rows.push(row)
      row = []
      at += 2
    } else throw new Error(`unexpected at ${at}`)
  }
  return rows
}

const base = { seq: 4, at: 1_700_000_000_000.25, bytes: 10 }

test('a reply and its columns', () => {
  const row: LogRow = {
    ...base,
    kind: 'error',
    exec: 7 as ExecId,
    name: 'x',
    error: undefined,
    latencyMs: 1.25,
    late: true,
    origin: 'person',
  }
  expect(csvHeader() + csvLine('lab, 1', row, '{"error": "a"}')).toBe(
    'machine,time,direction,kind,name,id,latency_ms,size,outcome,message\r\n' +
      '"lab, 1",2023-11-14T22:13:20.000250Z,received,error,x,7,1.25,10,failed late,"{""error"": ""a""}"\r\n',
  )
})

test('no cell begins as a formula', () => {
  for (const sign of ['=', '+', '-', '@', '\t', '\r', '\n', '＝', "'@"]) {
    const text = `${sign}1+cmd|'/C calc'!A0`
    const [cells] = readCsv(csvLine(text, { ...base, kind: 'raw', exec: 1 as ExecId }, text))
    expect(cells?.[0]).toBe(`'${text}`)
    expect(cells?.at(-1)).toBe(`'${text}`)
  }
})

test('any rows are a table of ten columns that gives the texts back', () => {
  fc.assert(
    fc.property(anyLines, (lines) => {
      const table = readCsv(csvHeader() + lines.map(({ row, text }) => csvLine('m', row, text)).join(''))
      expect(table).toHaveLength(lines.length + 1)
      expect(table.every((cells) => cells.length === 10)).toBe(true)
      lines.forEach(({ text }, index) => {
        const message = table[index + 1]?.at(-1) ?? ''
        if (text !== undefined)
          expect(/^'+[=+\-@\t\r\n＝＋－＠]/.test(message) ? message.slice(1) : message).toBe(text)
      })
    }),
  )
})

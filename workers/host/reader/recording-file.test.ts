import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { BareLine } from '#record/row-facts.ts'
import { readRecordingFile } from './recording-file.ts'

const stream = '{"execute":"query-status","id":1}\n{"return":{"status":"running"},"id":1}\n'
const row = (seq: number): string =>
  `{"machine":"m","seq":${seq},"time":"2023-11-14T22:13:20.000001Z","direction":"sent","kind":"raw","name":"","id":1,"bytes":1,"text":"${'x'.repeat(99)}"}\n`

async function read(file: Blob, name: string): Promise<{ said: string; rows: number }> {
  const lines: BareLine[] = []
  const out = await readRecordingFile(file, name, (_, line) => lines.push(line))
  return { said: out.ok ? out.value.format : out.error, rows: lines.length }
}

describe('a file that gzip made', () => {
  test('is read as the file inside', async () => {
    expect(await read(new Blob([gzipSync(stream)]), 'a.log.gz')).toEqual({ said: 'json-stream', rows: 2 })
  })

  test('a transcript is read as one', async () => {
    const text = `{"qmp-studio-transcript":1,"machines":[]}\n${Array.from({ length: 500 }, (_, n) => row(n)).join('')}`
    expect(await read(new Blob([gzipSync(text)]), 'a.jsonl.gz')).toEqual({ said: 'transcript', rows: 500 })
  })

  test('one that is broken is refused in words', async () => {
    const broken = new Blob([gzipSync(stream).subarray(0, 30)])
    expect((await read(broken, 'c.gz')).said).toMatch(/^c\.gz could not be read: /)
  })
})

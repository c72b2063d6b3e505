import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readRecordingFile } from './recording-file.ts'

test('a file that gzip made, and that holds very much, is refused in words', async () => {
  const bomb = new Blob([gzipSync(Buffer.alloc(80 * 1024 * 1024, 0x20), { level: 1 })])
  const read = await readRecordingFile(bomb, 'b.gz', () => undefined)
  expect(read.ok ? '' : read.error).toMatch(/^The content of b\.gz has 6\d\.\d MiB/)
})

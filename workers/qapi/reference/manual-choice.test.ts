import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import {
  chooseManual,
  isSameInterface,
  isSameRelease,
  releaseOf,
  subjectOfReference,
  versionInPath,
} from './manual-choice.ts'
import { readManual } from './manual/read-manual.ts'
import type { Reference } from './reference.ts'
import { loadSchema } from '../testing/load.ts'

test.each([
  ['7.2.22', '7.2'],
  ['v10.0.2', '10.0'],
  ['10.0', '10.0'],
  ['10.0.50', '10.0.50'],
  ['7.2.22 (Debian 1:7.2+dfsg)', '7.2'],
  ['new', undefined],
  [undefined, undefined],
])('the release of %s is %s', (version, release) => {
  expect(releaseOf(version)).toBe(release)
})

test.each([
  // The manuals, the schema, the one that is chosen.
  [['7.2.22', '10.0.2'], '7.2.5', '7.2.22'],
  [['7.2.22', '10.0.2'], '10.0.7', '10.0.2'],
  [['7.2.22', '10.0.2'], '11.1.0', '10.0.2'],
  [['7.2.22', '10.0.2'], '5.2.0', '7.2.22'],
  [['2.12.0', '3.1.0'], '3.0.0', '3.1.0'],
  [['7.2.22', undefined], '9.0.0', '7.2.22'],
  [['7.2.22', '10.0.2'], undefined, '10.0.2'],
  [[undefined], '9.0.0', undefined],
] as const)('of %j for %s: %s', (versions, wanted, version) => {
  const chosen = chooseManual(
    versions.map((each) => ({ version: each })),
    wanted,
  )
  expect(chosen).toEqual({ version })
})

test('of two of one release the first is chosen, and of none none', () => {
  const [one, two] = [
    { version: '7.2.1', n: 1 },
    { version: '7.2.2', n: 2 },
  ]
  expect(chooseManual([one, two], '7.2.2')).toBe(one)
  expect(chooseManual<{ version: string }>([], '7.2')).toBe(undefined)
  expect(isSameRelease('7.2.1', '7.2.9')).toBe(true)
  expect(isSameRelease('7.2.1', '10.0.9')).toBe(false)
  expect(isSameRelease(undefined, '10.0.9')).toBe(undefined)
})

test.each([
  ['qemu-9.2.1.tar.xz', '9.2.1'],
  ['qemu-8.0/qapi/block.json', '8.0'],
  ['src/qemu-8.0.0/qapi/block.json', '8.0.0'],
  ['qapi/block.json', undefined],
  ['qemu-qmp-ref.7', undefined],
])('the path %s names %s', (path, version) => {
  expect(versionInPath(path)).toBe(version)
})

test('a manual without a version is known by what it describes', () => {
  const read = (name: string): Reference => {
    const manual = readManual(gunzipSync(readFileSync(`/usr/share/man/man7/${name}.7.gz`)).toString('utf8'))
    if (!manual.ok) throw new Error(manual.error)
    return manual.value
  }
  const manual = read('qemu-qmp-ref')
  const same = ['5.2', '7.2', '10.0', '11.1'].filter((version) => {
    return isSameInterface(loadSchema(`qemu-${version}-x86_64`), manual)
  })
  expect(same).toEqual(['7.2'])
  expect(subjectOfReference(manual)).toBe(undefined)
  expect(subjectOfReference(read('qemu-storage-daemon-qmp-ref'))).toBe('storage-daemon')
  expect(subjectOfReference(read('qemu-ga-ref'))).toBe('agent')
})

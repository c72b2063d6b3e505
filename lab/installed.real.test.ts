/** `npm ci && npm start` installs once: whoever ran npm, what is there is seen. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isInstalled } from './installed.mjs'
import { root } from './paths.ts'
import { temporaryFolder } from './testing.ts'

const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
const record = readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8')

function packages(all: object): string {
  return JSON.stringify({ lockfileVersion: 3, packages: { '': { name: 'x' }, ...all } })
}

test('what npm has installed here is what the lock names', () => {
  expect(isInstalled(lock, record)).toBe(true)
})

test.each([
  ['nothing is installed', { a: { version: '1' } }, undefined],
  ['the record is broken', { a: { version: '1' } }, '{'],
  ['the record has no packages', { a: { version: '1' } }, '{"packages": null}'],
  ['one is missing', { a: { version: '1' }, b: { version: '1' } }, packages({ a: { version: '1' } })],
  ['another version is there', { a: { version: '2' } }, packages({ a: { version: '1' } })],
  [
    'the same version with other contents is there',
    { a: { version: '1', integrity: 'sha512-x' } },
    packages({ a: { version: '1', integrity: 'sha512-y' } }),
  ],
])('not installed: %s', (_, wanted, found) => {
  expect(isInstalled(packages(wanted), found)).toBe(false)
})

test('packages for other systems may be missing, and others may be there besides', () => {
  const wanted = packages({ a: { version: '1' }, b: { version: '1', optional: true } })
  expect(isInstalled(wanted, packages({ a: { version: '1' }, c: { version: '1' } }))).toBe(true)
})

test.each([
  ['after npm ci', 0, true],
  ['on a fresh clone', 1, false],
])('npm start %s runs npm %i times', (_, runs, installed) => {
  const folder = temporaryFolder()
  try {
    const at = (...parts: string[]): string => join(folder.path, ...parts)
    for (const each of ['lab', 'bin', 'node_modules']) mkdirSync(at(each))
    for (const each of ['bootstrap.mjs', 'installed.mjs'])
      copyFileSync(join(root, 'lab', each), at('lab', each))
    writeFileSync(at('package-lock.json'), lock)
    writeFileSync(at('package.json'), '{"type": "module"}')
    writeFileSync(at('lab', 'cli.ts'), 'console.log("started" as string)')
    symlinkSync(join(root, 'node_modules', 'tsx'), at('node_modules', 'tsx'))
    if (installed) writeFileSync(at('node_modules', '.package-lock.json'), record)
    // An npm that notes that it was run and does nothing.
    writeFileSync(at('bin', 'npm'), `#!/bin/sh\necho "$1" >> '${at('npm-ran')}'\n`)
    chmodSync(at('bin', 'npm'), 0o755)
    const started = spawnSync(process.execPath, [at('lab', 'bootstrap.mjs'), 'start'], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${at('bin')}:${process.env.PATH ?? ''}` },
    })
    expect(started.stdout, started.stderr).toContain('started')
    const ran = existsSync(at('npm-ran')) ? readFileSync(at('npm-ran'), 'utf8').trim().split('\n') : []
    expect(ran).toEqual(Array.from({ length: runs }, () => 'ci'))
  } finally {
    folder.remove()
  }
})

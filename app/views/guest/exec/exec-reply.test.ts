import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '#base/json/value.ts'
import { endWords, execArguments, readExecStatus, readPid, statusWait } from './exec-reply.ts'

const form = { program: 'ls -l', inShell: true, isWindows: false, args: '', environment: '', input: '' }

test('a line of a shell, on both kinds of systems, and a program with arguments', () => {
  expect(execArguments(form)).toEqual({ path: '/bin/sh', arg: ['-c', 'ls -l'], 'capture-output': true })
  expect(execArguments({ ...form, isWindows: true })).toMatchObject({ path: 'cmd', arg: ['/c', 'ls -l'] })
  expect(
    execArguments({
      ...form,
      inShell: false,
      program: '/bin/ls',
      args: '-l\n/tmp dir',
      environment: 'A=1\n\nB=2',
      input: 'ü',
    }),
  ).toEqual({
    path: '/bin/ls',
    arg: ['-l', '/tmp dir'],
    env: ['A=1', 'B=2'],
    'input-data': 'w7w=',
    'capture-output': true,
  })
})

test('what ended, with streams apart', () => {
  const status = readExecStatus({
    exited: true,
    exitcode: 2,
    'out-data': 'aGk=',
    'err-data': '%%%',
    'out-truncated': true,
  })
  expect(status).toEqual({
    kind: 'exited',
    code: 2,
    signal: undefined,
    out: { text: 'hi', size: 2, isTruncated: true, why: undefined },
    err: { text: '', size: 0, isTruncated: false, why: 'what came is no base64' },
  })
  expect(readExecStatus({ exited: false })).toEqual({ kind: 'running' })
  expect(endWords({ code: 2, signal: undefined })).toBe('exit code 2')
  expect(endWords({ code: undefined, signal: 9 })).toBe('ended by signal 9')
})

test.each([['7; rm -rf /'], [-1], [0], [1.5], [null], [{}], [2n ** 60n]] as readonly [Json][])(
  'a process id of %s is none',
  (pid) => {
    expect(readPid({ pid })).toBeUndefined()
  },
)

test('an answer of any shape is read or refused', () => {
  const names = ['exited', 'exitcode', 'signal', 'out-data', 'err-data', 'out-truncated', '__proto__']
  const value = fc.dictionary(
    fc.constantFrom(...names),
    fc.oneof(fc.string(), fc.boolean(), fc.double(), fc.constant(null)),
  )
  fc.assert(
    fc.property(value, (reply) => {
      const status = readExecStatus(reply)
      if (status.kind === 'exited') expect(typeof status.out.text).toBe('string')
    }),
  )
})

test('it is asked less and less often', () => {
  expect([0, 1, 5, 100].map(statusWait)).toEqual([100, 150, 100 * 1.5 ** 5, 2000])
})

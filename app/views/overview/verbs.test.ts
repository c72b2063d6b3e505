import { expect, test } from 'vitest'
import { doesNotApply, balloonVerb, doneSentence, missedSentence, verbs } from './verbs.ts'

const stop = verbs.find((verb) => verb.command === 'stop')!
const powerdown = verbs.find((verb) => verb.command === 'system_powerdown')!

test('an event is said with its distance to the command and to the reply, on either side', () => {
  expect(doneSentence(stop, { sentAt: 1000, repliedMs: 1.5, seenAt: 1001 })).toBe(
    'stop: done, STOP after 1.0 ms (0.50 ms before the reply)',
  )
  expect(doneSentence(stop, { sentAt: 1000, repliedMs: 2, seenAt: 1014 })).toBe(
    'stop: done, STOP after 14 ms (12 ms after the reply)',
  )
  expect(doneSentence(stop, { sentAt: 1000, repliedMs: undefined, seenAt: 1014 })).toBe(
    'stop: done, STOP after 14 ms',
  )
  // The command's own row was left out of a flood: nothing is invented.
  expect(doneSentence(stop, { sentAt: undefined, repliedMs: 2, seenAt: 1014 })).toBe('stop: done, STOP seen')
})

test('powering down is asked, not done', () => {
  expect(doneSentence(powerdown, { sentAt: 0, repliedMs: 1, seenAt: 1 })).toContain(
    'SHUTDOWN follows if the guest obeys',
  )
})

test('an event that does not come: why, where that is known', () => {
  const paused = { status: 'paused', running: false }
  expect(missedSentence(stop, 5000, paused)).toBe(
    'stop: answered, but no STOP came within 5 s. It was paused already.',
  )
  expect(missedSentence(stop, 5000, { status: 'running', running: true })).toBe(
    'stop: answered, but no STOP came within 5 s.',
  )
  expect(missedSentence(balloonVerb, 5000, paused)).toMatch(/only if it has the driver/)
})

test('what cannot be taken back asks first, and what can be is offered back', () => {
  for (const verb of verbs) expect(verb.danger, verb.command).toBe(verb.undo === undefined)
  for (const verb of verbs)
    if (verb.undo !== undefined) expect(verbs.map((each) => each.command)).toContain(verb.undo)
})

test.each([
  ['cont', 'running', true, 'it is running already'],
  ['cont', 'paused', false, undefined],
  ['cont', 'io-error', false, undefined],
  ['cont', 'guest-panicked', false, undefined],
  ['cont', 'internal-error', false, 'it is in internal-error: only a reset helps'],
  ['cont', 'suspended', false, 'it is suspended: system_wakeup wakes it'],
  ['stop', 'running', true, undefined],
  ['stop', 'io-error', false, 'it is stopped already: io-error'],
  ['stop', 'inmigrate', false, undefined],
  ['system_powerdown', 'running', true, undefined],
  ['system_powerdown', 'io-error', false, 'the guest is stopped (io-error) and cannot answer'],
  ['system_reset', 'internal-error', false, undefined],
  ['quit', 'guest-panicked', false, undefined],
])('%s in %s: %4$s', (command, status, running, why) => {
  expect(doesNotApply(command, { status, running })).toBe(why)
})

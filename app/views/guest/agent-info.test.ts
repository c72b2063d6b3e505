import { expect, test } from 'vitest'
import { readAgentInfo, whyNotNow } from './agent-info.ts'

test('the commands by name, with what is odd about each', () => {
  const info = readAgentInfo({
    version: '7.2.22',
    supported_commands: [
      { name: 'guest-shutdown', enabled: true, 'success-response': false },
      { name: 'guest-ping', enabled: true, 'success-response': true },
      { name: 'guest-get-osinfo', enabled: false, 'success-response': true },
      { name: 'guest-network-get-interfaces' },
      { enabled: true },
      7,
    ],
  })
  expect(info).toEqual({
    version: '7.2.22',
    commands: [
      { name: 'guest-get-osinfo', enabled: false, successResponse: true, asks: true },
      { name: 'guest-network-get-interfaces', enabled: true, successResponse: true, asks: true },
      { name: 'guest-ping', enabled: true, successResponse: true, asks: true },
      { name: 'guest-shutdown', enabled: true, successResponse: false, asks: false },
    ],
  })
})

test('what is no guest-info', () => {
  expect(readAgentInfo(null)).toBeUndefined()
  expect(readAgentInfo({ version: '1' })).toBeUndefined()
})

test('why a part cannot be used', () => {
  const info = readAgentInfo({
    supported_commands: [{ name: 'guest-exec', enabled: false }, { name: 'guest-ping' }],
  })
  expect(whyNotNow({ isReady: false }, info, 'guest-ping')).toBe('The agent is not connected')
  expect(whyNotNow({ isReady: true }, undefined)).toBe('Its list of commands is not known')
  expect(whyNotNow({ isReady: true }, info, 'guest-ping', 'guest-exec')).toBe(
    'guest-exec is disabled in the guest',
  )
  expect(whyNotNow({ isReady: true }, info, 'guest-fstrim')).toBe('This agent has no guest-fstrim')
  expect(whyNotNow({ isReady: true }, info, 'guest-ping')).toBeUndefined()
})

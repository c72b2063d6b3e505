/** The agent's protocol over commands of libvirt. */
import { expect, test } from 'vitest'
import { err, ok } from '#base/result.ts'
import { answer } from './agent-socket.ts'
import type { AskAgent } from './agent-socket.ts'

const there: AskAgent = (request) =>
  Promise.resolve(ok(request.includes('ping') ? '{"return":{}}' : '{"return":[1]}'))
const away: AskAgent = () => Promise.resolve(err('Guest agent is not responding'))
const text = async (line: string, ask: AskAgent): Promise<string> =>
  (await answer(line, ask)).toString('latin1')

test('it is in step where a ping is answered, and silent where not', async () => {
  const sync = '{"execute":"guest-sync-delimited","arguments":{"id":7}}'
  expect(await text(sync, there)).toBe('\xff{"return":7}\n')
  expect(await text(sync, away)).toBe('')
  expect(await text('{"execute":"guest-sync","arguments":{"id":8}}', there)).toBe('{"return":8}\n')
})

test('a reply has the id of its request, and a failure its reason', async () => {
  expect(await text('{"execute":"guest-info","id":"a"}', there)).toBe('{"return":[1],"id":"a"}\n')
  expect(await text('{"execute":"guest-info"}', away)).toBe(
    '{"error":{"class":"GenericError","desc":"Guest agent is not responding"}}\n',
  )
  expect(await text('nonsense', there)).toContain('Invalid JSON')
  expect(await text('{"execute":"x"}', () => Promise.resolve(ok('no JSON')))).toContain('no reply')
  expect(await text(`{"execute":"x","arguments":{"a":"${'b'.repeat(130_000)}"}}`, there)).toContain('120,000')
})

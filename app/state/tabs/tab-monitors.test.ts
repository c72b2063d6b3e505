import { expect, test, vi } from 'vitest'
import { TabMonitors } from './tab-monitors.ts'
import type { Channel } from '../platform.ts'

/** Tabs that hear each other at once. */
function tabs(count: number): readonly TabMonitors[] {
  const channels: Channel[] = []
  return Array.from({ length: count }, () => {
    const own: Channel = {
      onmessage: null,
      postMessage(message) {
        for (const other of channels)
          if (other !== own) other.onmessage?.(new MessageEvent('message', { data: message }))
      },
    }
    channels.push(own)
    return new TabMonitors(own)
  })
}

test('a tab learns that another one holds its monitor, and takes it over', async () => {
  const [first, second, third] = tabs(3)
  const said: string[] = []
  third?.add({
    url: 'ws://a',
    holds: () => false,
    raw: () => undefined,
    letGo: () => said.push('wrong'),
    heldElsewhere: () => undefined,
    news: () => said.push('wrong'),
    followed: () => said.push('wrong'),
  })
  let isHeld = true
  first?.add({
    url: 'ws://a',
    holds: () => isHeld,
    raw: () => ['schema'],
    letGo: () => {
      isHeld = false
      said.push('let go')
    },
    heldElsewhere: () => said.push('wrong'),
    news: (after) => ({ rows: [], omitted: 0, last: after + 1 }),
    followed: () => said.push('wrong'),
  })
  second?.add({
    url: 'ws://a',
    holds: () => false,
    raw: () => undefined,
    letGo: () => said.push('wrong'),
    heldElsewhere: (raw) => said.push(`held ${JSON.stringify(raw)}`),
    news: () => said.push('wrong'),
    followed: ({ last }) => said.push(`news ${last}`),
  })
  second?.ask('ws://b')
  expect(said).toEqual([])
  second?.ask('ws://a')
  expect(said).toEqual(['held ["schema"]'])
  second?.follow('ws://a', 4)
  // The third has not asked, and is told nothing.
  await vi.waitFor(() => expect(said).toEqual(['held ["schema"]', 'news 5']))
  second?.takeOver('ws://a')
  second?.ask('ws://a')
  second?.follow('ws://a', 5)
  expect(said).toEqual(['held ["schema"]', 'news 5', 'let go'])
})

test('what is no word is nothing, and without a channel nobody answers', () => {
  const channel: Channel = { onmessage: null, postMessage: () => undefined }
  const monitors = new TabMonitors(channel)
  for (const data of [
    null,
    5,
    'who',
    {},
    { kind: 'mine' },
    { kind: 'who', url: 5 },
    { kind: 'follow', url: 'ws://a', from: 5, after: 1 },
    { kind: 'news', url: 'ws://a' },
  ])
    channel.onmessage?.(new MessageEvent('message', { data }))
  monitors.ask('ws://a')
  const none = new TabMonitors(undefined)
  none.ask('ws://a')
})

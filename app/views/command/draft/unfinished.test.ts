import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fakeBrowser } from '#state/testing/browser.ts'
import { mostUnfinished, mostUnfinishedSize, UnfinishedStore, whyNotKept } from './unfinished.ts'
import type { UnfinishedTexts } from './unfinished.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const entry = (text: string, aside: readonly string[] = []): UnfinishedTexts => ({
  text,
  aside,
  address: undefined,
})

test('texts are there again after a reload, also of one right after the last key', () => {
  const tab = fakeBrowser()
  const store = new UnfinishedStore(tab.page)
  store.put('a', entry('{"x": ', ['{"y"']))
  vi.advanceTimersByTime(1000)
  store.put('b', { ...entry('{'), address: '{"a":1}' })
  tab.fire('pagehide')
  const after = new UnfinishedStore(tab.page)
  expect(after.of('a')).toEqual(entry('{"x": ', ['{"y"']))
  expect(after.of('b')).toEqual({ text: '{', aside: [], address: '{"a":1}' })
  after.put('a', undefined)
  after.put('b', undefined)
  vi.advanceTimersByTime(1000)
  expect(new UnfinishedStore(tab.page).of('a')).toBeUndefined()
})

test('bounded: the oldest go', () => {
  const store = new UnfinishedStore(fakeBrowser().page)
  for (let index = 0; index <= mostUnfinished; index += 1) store.put(String(index), entry('{'))
  expect(store.of('0')).toBeUndefined()
  expect(store.of('1')).toBeDefined()
  store.put('large', entry('{'.repeat(mostUnfinishedSize / 2)))
  store.put('larger', entry('{'.repeat(mostUnfinishedSize / 2 + 1)))
  expect(store.of('large')).toBeUndefined()
  expect(store.of('larger')).toBeDefined()
})

test('what is stored may be anything, and a browser may keep nothing', () => {
  const { page } = fakeBrowser()
  for (const stored of ['', '{', '7', '[1,["a"],["b",{"text":1,"aside":[2,"{"]}]]']) {
    page.sessionStorage.setItem('qmp-studio.unfinished', stored)
    expect(new UnfinishedStore(page).of('a')).toBeUndefined()
  }
  expect(new UnfinishedStore(page).of('b')).toEqual({ text: undefined, aside: ['{'], address: undefined })
  const off = (): never => {
    throw new Error('off')
  }
  const closed = new UnfinishedStore({
    addEventListener: page.addEventListener,
    sessionStorage: { getItem: off, setItem: off } as unknown as Storage,
  })
  closed.put('a', entry('{'))
  vi.advanceTimersByTime(1000)
  expect(closed.of('a')).toEqual(entry('{'))
})

test('what is not kept says why', () => {
  expect(whyNotKept('{"driver": ', 'blockdev-add')).toBeUndefined()
  expect(whyNotKept('{"password": ', 'blockdev-add')).toBe('it may hold a secret')
  expect(whyNotKept('{'.repeat(mostUnfinishedSize + 1), 'blockdev-add')).toBe(
    'it has more than 100,000 characters',
  )
})

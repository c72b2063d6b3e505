import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Arming } from './stranger.ts'

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('KeyboardEvent', class extends Event {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('half a second after a stranger has changed the address things can be pressed again, and not before', () => {
  const dataset: Record<string, string> = {}
  const page = Object.assign(new EventTarget(), { document: { documentElement: { dataset } }, setTimeout })
  const arming = new Arming(page as unknown as Window)
  const isTaken = (): boolean => page.dispatchEvent(new Event('click', { cancelable: true }))
  expect(isTaken()).toBe(true)
  arming.disarm()
  expect(isTaken()).toBe(false)
  vi.advanceTimersByTime(499)
  expect(isTaken()).toBe(false)
  // Changed again: the half second begins again.
  arming.disarm()
  vi.advanceTimersByTime(499)
  expect(isTaken()).toBe(false)
  expect(dataset).toEqual({ unarmed: '' })
  vi.advanceTimersByTime(1)
  expect(isTaken()).toBe(true)
  expect(dataset).toEqual({})
})

test('a space is a letter where nothing has the focus, and a press on what has it', () => {
  class Element extends EventTarget {}
  for (const name of ['HTMLSelectElement', 'HTMLBodyElement', 'HTMLDialogElement', 'HTMLInputElement'])
    vi.stubGlobal(name, class extends Element {})
  vi.stubGlobal('HTMLTextAreaElement', class extends Element {})
  const heard: (EventListener | undefined)[] = []
  const page = {
    document: { documentElement: { dataset: {} } },
    setTimeout,
    addEventListener: (kind: string, listener: EventListener) => kind === 'keydown' && heard.push(listener),
  }
  const arming = new Arming(page as unknown as Window)
  arming.disarm()
  const passes = (key: string, target: EventTarget): boolean => {
    const event = Object.defineProperties(new KeyboardEvent('keydown', { cancelable: true }), {
      key: { value: key },
      target: { value: target },
    })
    heard[0]?.(event)
    return !event.defaultPrevented
  }
  expect(passes(' ', new HTMLBodyElement())).toBe(true)
  expect(passes(' ', new HTMLDialogElement())).toBe(true)
  expect(passes('Enter', new HTMLBodyElement())).toBe(false)
  expect(passes(' ', new Element())).toBe(false)
})

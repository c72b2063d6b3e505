import { expect, test } from 'vitest'
import { err, ok } from '#base/result.ts'
import type { Json } from '#base/json/value.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'
import { fails, returns } from '../testing/fake-agent.ts'
import { Freeze } from './freeze.svelte.ts'
import { hasMarks, readMarks, writeMark } from './freeze-marks.ts'
import type { FreezeMark, MarkStore } from './freeze-marks.ts'

/** A guest, a clock, and what the browser keeps. */
class World {
  now = 1_000_000
  isFrozen = false
  isReady = true
  mark: FreezeMark | undefined
  uses = 0
  thawed = 0
  refuse: RunResult | undefined
  odd: Json | undefined
  readonly sent: string[] = []
  #timers: { at: number; then: () => void }[] = []

  page(): Freeze {
    return new Freeze({
      send: {
        run: (name, _, options) => {
          this.sent.push(`${name}${options?.isAgreed === true ? ' agreed' : ''}`)
          if (this.refuse !== undefined) return Promise.resolve(this.refuse)
          this.isFrozen = name === 'guest-fsfreeze-freeze'
          return Promise.resolve(returns(1))
        },
      },
      status: () =>
        Promise.resolve(
          this.isReady ? ok<Json>(this.odd ?? (this.isFrozen ? 'frozen' : 'thawed')) : err('not sent'),
        ),
      isReady: () => this.isReady,
      use: () => {
        this.uses += 1
        return () => void (this.uses -= 1)
      },
      marks: {
        read: () => this.mark,
        write: (mark) => {
          this.mark = mark
          return true
        },
      },
      now: () => this.now,
      after: (ms, then) => {
        const timer = { at: this.now + ms, then }
        this.#timers.push(timer)
        return () => void (this.#timers = this.#timers.filter((each) => each !== timer))
      },
      thawed: () => void (this.thawed += 1),
    })
  }

  /** The page is closed: its timers with it. */
  close(): void {
    this.#timers = []
    this.uses = 0
  }

  async pass(seconds: number): Promise<void> {
    const end = this.now + seconds * 1000
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter((each) => each !== next)
      this.now = Math.max(this.now, next.at)
      next.then()
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
    }
    this.now = end
  }
}

test('what is frozen is thawed after the countdown', async () => {
  const world = new World()
  const freeze = world.page()
  await freeze.freeze(30)
  expect([freeze.kind, freeze.mark?.thawAt, world.uses]).toEqual(['frozen', world.now + 30_000, 1])
  await world.pass(29)
  expect(world.isFrozen).toBe(true)
  await world.pass(1)
  expect([world.isFrozen, freeze.kind, world.mark, world.uses, world.thawed]).toEqual([
    ...[false, 'thawed', undefined, 0, 1],
  ])
  expect(world.sent).toEqual(['guest-fsfreeze-freeze', 'guest-fsfreeze-thaw agreed'])
})

test('prolonged, and thawed by hand', async () => {
  const world = new World()
  const freeze = world.page()
  await freeze.freeze(30)
  await world.pass(20)
  freeze.prolong()
  await world.pass(39)
  expect(freeze.kind).toBe('frozen')
  await freeze.thaw()
  expect(freeze.kind).toBe('thawed')
  await world.pass(100)
  expect(world.sent).toHaveLength(2)
})

test('a page that is loaded again thaws in time; late where it was closed longer', async () => {
  for (const closedFor of [10, 100]) {
    const world = new World()
    await world.page().freeze(30)
    world.close()
    await world.pass(closedFor)
    const again = world.page()
    await world.pass(0)
    await again.look()
    if (closedFor === 10) {
      expect([again.kind, again.since]).toEqual(['frozen', 1_000_000])
      await world.pass(19)
      expect(world.isFrozen).toBe(true)
    }
    await world.pass(1)
    expect([world.isFrozen, again.kind]).toEqual([false, 'thawed'])
  }
})

test('a freeze of somebody else is told, and not thawed without a person', async () => {
  const world = new World()
  world.isFrozen = true
  const freeze = world.page()
  await freeze.look()
  expect([freeze.kind, freeze.mark, freeze.since]).toEqual(['frozen', undefined, world.now])
  await world.pass(10_000)
  expect(world.sent).toEqual([])
  await freeze.thaw()
  expect([freeze.kind, world.uses]).toEqual(['thawed', 0])
})

test('without its agent it waits for it, and a thaw that fails is tried again', async () => {
  const world = new World()
  const freeze = world.page()
  await freeze.freeze(30)
  world.isReady = false
  await world.pass(40)
  expect(freeze.problem).toMatch(/when the agent is back/)
  world.isReady = true
  world.refuse = fails('hung')
  await world.pass(10)
  expect(freeze.problem).toBe('It could not be thawed: hung')
  expect(freeze.kind).toBe('frozen')
  world.refuse = undefined
  await world.pass(5)
  expect([freeze.kind, freeze.problem]).toEqual(['thawed', undefined])
})

test('what was refused leaves no mark; what may have happened counts as frozen', async () => {
  const world = new World()
  world.refuse = { kind: 'refused', by: 'person', why: 'Not sent, as you chose.' }
  const refused = world.page()
  await refused.freeze(30)
  expect([refused.kind, refused.problem, world.mark]).toEqual([
    'thawed',
    'Not sent, as you chose.',
    undefined,
  ])
  world.refuse = { kind: 'timed-out', afterMs: 30_000 } as RunResult
  world.isFrozen = true
  const doubtful = world.page()
  await doubtful.freeze(30)
  expect(doubtful.kind).toBe('frozen')
  expect(doubtful.problem).toMatch(/no reply within 30 s.*counts as frozen/)
})

test('an agent that freezes nothing, or says something else', async () => {
  const world = new World()
  const freeze = world.page()
  world.odd = 'thawed'
  await freeze.freeze(30)
  expect([freeze.kind, freeze.problem]).toEqual(['thawed', 'The agent says that nothing is frozen.'])
  for (const odd of [{ a: 1 }, '<b>', 7, []]) {
    world.odd = odd
    await freeze.look()
    expect(freeze.kind).toBe('thawed')
  }
})

test('another tab: what it froze is shown, what it thawed is over', async () => {
  const world = new World()
  world.isReady = false
  const follower = world.page()
  world.mark = { since: world.now, thawAt: world.now + 30_000, seconds: 30 }
  follower.reread()
  expect(follower.kind).toBe('frozen')
  world.mark = undefined
  follower.reread()
  expect(follower.kind).toBe('thawed')
  await world.pass(100)
  expect(world.sent).toEqual([])
})

test('marks come back from the store, and nothing else does', () => {
  const kept = new Map<string, string>()
  const store: MarkStore = () => ({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  })
  const mark = { since: 1000, thawAt: 31_000, seconds: 30 }
  expect(hasMarks(store)).toBe(false)
  expect(writeMark(store, '__proto__', mark)).toBe(true)
  expect(hasMarks(store)).toBe(true)
  expect(readMarks(store).get('__proto__')).toEqual(mark)
  writeMark(store, '__proto__', undefined)
  expect(hasMarks(store)).toBe(false)
  for (const odd of ['{', '7', '[7,["a"],["a",1,"x",3],["a",1,1e99,30],["a",1,2,-1]]']) {
    kept.set('qmp-studio.frozen', odd)
    expect(readMarks(store).size, odd).toBe(0)
  }
  const closed: MarkStore = () => {
    throw new Error('switched off')
  }
  expect([hasMarks(closed), readMarks(closed).size, writeMark(closed, 'a', mark)]).toEqual([false, 0, false])
})

import { describe, expect, test } from 'vitest'
import { makeCollections } from './library/collections.svelte.ts'
import { makeLearnedWidths } from './machine/learned-widths.svelte.ts'
import { makeHistory } from './library/history.svelte.ts'
import { createApp } from './app.svelte.ts'
import type { App } from './app.svelte.ts'
import { fakeBrowser } from './testing/browser.ts'

const key = '00112233445566778899aabbccddeeff'

/** Change all that a person can change without a machine that answers. */
async function use(app: App): Promise<void> {
  app.settings.setTheme('dark')
  app.labKey.use(key)
  app.machines.addProfile('vm', 'ws://127.0.0.1/vm', 'qmp')
  app.machines.byId('at-vm')?.commands.setLock('free')
  app.router.go({ subject: { kind: 'machine', id: 'at-vm' }, view: 'timeline' })
  app.panes.split()
  app.of(makeLearnedWidths).learn('print', 'owner.member', 'int8')
  void app.confirm.ask({ title: ['Sure?'], text: [], action: [] })
  app.of(makeHistory).setKeepSecrets(true)
  await app.of(makeCollections).create('first')
  await app.recorded.addFile(new File(['[]'], 'empty.json'))
}

/** All that of an app which a person sees. */
const seen = (app: App): unknown => ({
  theme: app.settings.theme,
  profiles: app.settings.profiles,
  lock: app.settings.lockOf('at-vm'),
  key: app.labKey.value,
  machines: app.machines.all.map((each) => each.name),
  address: app.platform.page.location.hash,
  panes: app.panes.all.length,
  widths: app.of(makeLearnedWidths).of('print'),
  question: app.confirm.question?.title,
  secrets: app.of(makeHistory).keepSecrets,
  problem: app.of(makeCollections).problem,
  collections: app.of(makeCollections).all.map((each) => each.collection.name),
})

describe('an app', () => {
  test('two side by side share nothing', async () => {
    const [one, other] = [createApp(fakeBrowser()), createApp(fakeBrowser())]
    const before = seen(other)
    await use(one)
    expect(seen(other)).toEqual(before)
    const changed = seen(one)
    for (const [name, value] of Object.entries(before as object))
      expect([name, (changed as Record<string, unknown>)[name]]).not.toEqual([name, value])
  })

  test('what a view keeps is made once in each, when it is first asked for', () => {
    const [one, other] = [createApp(fakeBrowser()), createApp(fakeBrowser())]
    let made = 0
    const make = (app: App): { app: App } => {
      made += 1
      return { app }
    }
    expect(made).toBe(0)
    expect(one.of(make)).toBe(one.of(make))
    expect(one.of(make).app).toBe(one)
    expect(other.of(make).app).toBe(other)
    expect(made).toBe(2)
    const vm = one.machines.addProfile('vm', 'ws://127.0.0.1/vm', 'qmp')
    const name = (machine: { name: string }): string[] => [machine.name]
    expect(vm.of(name)).toBe(vm.of(name))
  })

  test('a tab opened later finds what this browser remembers, and the key only in its own tab', () => {
    const browser = fakeBrowser()
    const one = createApp(browser)
    one.settings.setTheme('dark')
    one.labKey.use(key)
    one.machines.addProfile('vm', 'ws://127.0.0.1/vm', 'qmp')
    const again = createApp(browser.tab())
    expect(again.settings.theme).toBe('dark')
    expect(again.labKey.value).toBeUndefined()
    expect(again.machines.all).toEqual([])
    again.machines.start()
    expect(again.machines.all.map((each) => each.name)).toEqual(['vm'])
  })

  test('nothing is started before the machines are, and each machine has a worker', async () => {
    const browser = fakeBrowser()
    const app = createApp(browser)
    expect(browser.started).toEqual([])
    const vm = app.machines.addProfile('vm', 'ws://127.0.0.1/vm', 'qmp')
    await vm.record.prepared
    await Promise.resolve()
    expect(browser.started).toEqual(['vm'])
    expect(browser.calls).toEqual(['vm subscribe', 'vm connect'])
    app.machines.remove(vm)
    expect(browser.calls.at(-1)).toBe('vm end')
    expect(app.settings.profiles).toEqual([])
  })

  test('without storage it works, and remembers nothing', () => {
    const browser = fakeBrowser()
    const off = (): never => {
      throw new Error('switched off')
    }
    const page = Object.defineProperties(
      { ...browser.page },
      { localStorage: { get: off }, sessionStorage: { get: off } },
    )
    const app = createApp({ ...browser, page, openChannel: () => undefined })
    app.settings.setTheme('dark')
    app.labKey.use(key)
    app.labKey.forget()
    expect(app.settings.theme).toBe('dark')
  })
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Schema } from '#qapi/model/schema.ts'
import { loadSchema } from '#qapi/testing/load.ts'
import { LearnedWidths } from '#state/machine/learned-widths.svelte.ts'
import type { Route } from '#state/page/route.ts'
import type { Router } from '#state/page/router.svelte.ts'
import { fakeBrowser } from '#state/testing/browser.ts'
import type { FakeTab } from '#state/testing/browser.ts'
import { CommandDraft } from './command-draft.svelte.ts'
import { DraftAddress } from './draft-address.ts'
import { Drafts } from './drafts.ts'
import { UnfinishedStore } from './unfinished.ts'

const schema = loadSchema('qemu-7.2-x86_64')

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A page of a tab: its address is in `query`, its drafts are those of `tab`. */
function openPage(tab: FakeTab, query: Record<string, string>, name = 'block_resize') {
  const drafts = new Drafts(new UnfinishedStore(tab.page))
  const router = {
    current: { view: 'command', entity: name, query },
    replace: (to: Partial<Route>) => {
      router.current = { ...router.current, query: { ...to.query } }
    },
  }
  const learned = new LearnedWidths(tab.page)
  const open = (of: Schema | 'none' = schema): CommandDraft => {
    const own = of === 'none' ? undefined : of
    const address = new DraftAddress(drafts, router as unknown as Router, `m\0${name}`, name)
    const parts = { name, own, schema: own, fingerprint: '', machine: undefined, learned }
    const draft: CommandDraft = new CommandDraft(parts, address.begin(own), () => address.remember(draft))
    return draft
  }
  return { drafts, router, open }
}

const broken = '{"device": "d0", "size": '

test('unfinished JSON is there after a form edit, a change of tab and a reload', () => {
  const tab = fakeBrowser()
  const page = openPage(tab, {})
  const draft = page.open()
  draft.editText(broken)
  // Another tab of the page, and back.
  expect(page.open().text).toBe(broken)
  tab.fire('pagehide')
  const again = openPage(tab, { ...page.router.current.query }).open()
  expect(again.text).toBe(broken)
  expect(again.isBroken).toBe(true)
  again.edit(again.node)
  expect(again.aside).toBe(broken)
  expect(again.isBroken).toBe(false)
  vi.advanceTimersByTime(1000)
  const third = openPage(tab, {}).open()
  expect(third.aside).toBe(broken)
  third.takeUpAside()
  expect(third.text).toBe(broken)
  expect(third.aside).toBeUndefined()
  third.edit(third.node)
  third.discardAside()
  vi.advanceTimersByTime(1000)
  expect(openPage(tab, {}).open().aside).toBeUndefined()
})

test('a link to other arguments puts the unfinished text aside', () => {
  const tab = fakeBrowser()
  const page = openPage(tab, {})
  page.open().editText(broken)
  page.router.current = { ...page.router.current, query: { args: '{"device":"d1","size":1}' } }
  const linked = page.open()
  expect(linked.value).toEqual({ device: 'd1', size: 1 })
  expect(linked.aside).toBe(broken)
  tab.fire('pagehide')
  const other = openPage(tab, { args: '{"device":"d2","size":2}' }).open()
  expect(other.value).toEqual({ device: 'd2', size: 2 })
  expect(other.aside).toBe(broken)
})

test('arguments that are too long for the address are there after a reload', () => {
  const tab = fakeBrowser()
  const page = openPage(tab, {})
  const long = 'n'.repeat(5000)
  page.open().editText(`{"device": "${long}", "size": 1}`)
  vi.advanceTimersByTime(1000)
  expect(page.router.current.query.args).toBeUndefined()
  const again = openPage(tab, {}).open()
  expect(again.value).toEqual({ device: long, size: 1 })
  expect(again.leads).toBe('form')
})

test('what was typed right before a reload is there, and is not kept twice', () => {
  const tab = fakeBrowser()
  const page = openPage(tab, {})
  page.open().editText('{"device": "d0", "size": 7}')
  tab.fire('pagehide')
  expect(openPage(tab, {}).open().value).toEqual({ device: 'd0', size: 7 })
  vi.advanceTimersByTime(1000)
  expect(tab.page.sessionStorage.getItem('qmp-studio.unfinished')).toBeNull()
  expect(page.router.current.query.args).toBe('{"device":"d0","size":7}')
})

test('a secret is not kept in the browser', () => {
  const tab = fakeBrowser()
  const page = openPage(tab, {}, 'set_password')
  page.open().editText('{"password": "hunter2"')
  expect(page.open().text).toContain('hunter2')
  tab.fire('pagehide')
  expect(tab.page.sessionStorage.getItem('qmp-studio.unfinished')).toBeNull()
  expect(openPage(tab, {}, 'set_password').open().text).not.toContain('hunter2')
})

test('a saved command in the place of unfinished JSON puts it aside', () => {
  const tab = fakeBrowser()
  const page = openPage(tab, {})
  const draft = page.open()
  draft.editText(broken)
  page.drafts.replace('m\0block_resize', { node: draft.node, text: undefined })
  expect(page.open().aside).toBe(broken)
})

test('what was typed before the schema was there is in the form then', () => {
  const page = openPage(fakeBrowser(), {})
  const early = page.open('none')
  early.editText('{"device": "d0", "size": 5}')
  const draft = page.open()
  expect(draft.node.kind).toBe('object')
  expect(draft.value).toEqual({ device: 'd0', size: 5 })
  early.editText(broken)
  expect(page.open().text).toBe(broken)
  expect(page.open().node.kind).toBe('object')
})

test('several commands are there after a reload', () => {
  const tab = fakeBrowser()
  const { drafts } = openPage(tab, {})
  drafts.batch = '{"execute": "stop"} {"exec'
  tab.fire('pagehide')
  expect(openPage(tab, {}).drafts.batch).toBe('{"execute": "stop"} {"exec')
  drafts.batch = '{"execute": "set_password", "arguments": {"password": '
  tab.fire('pagehide')
  expect(drafts.batch).toContain('password')
  expect(openPage(tab, {}).drafts.batch).toBe('')
})

import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { ReferenceFile } from '#api/reader.ts'
import { ok, err } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { Reference } from '#qapi/reference/reference.ts'
import { fakeBrowser } from '../testing/browser.ts'
import type { FakeBrowser } from '../testing/browser.ts'
import { ManualFiles } from './manual-files.ts'
import { ManualShelf } from './manual-shelf.svelte.ts'
import type { StoredManual } from './manual-store.ts'

/** What the tabs share: the database, what lies beside the page, and the worker's references. */
const shared = {
  stored: new Map<string, { manual: StoredManual; files: readonly ReferenceFile[] }>(),
  full: '',
  listed: [] as { of: string; file: string; version: string | undefined }[],
  forgotten: [] as string[],
}
let browser: FakeBrowser

const store = {
  all: () => Promise.resolve([...shared.stored.values()].map(({ manual }) => manual)),
  files: (id: string) => Promise.resolve(shared.stored.get(id)?.files),
  put: (manual: StoredManual, files: readonly ReferenceFile[]) => {
    if (shared.full !== '') return Promise.resolve(shared.full)
    shared.stored.set(manual.id, { manual, files })
    return Promise.resolve(undefined)
  },
  describe: (manual: StoredManual) => {
    shared.stored.set(manual.id, { manual, files: shared.stored.get(manual.id)?.files ?? [] })
    return Promise.resolve()
  },
  remove: (id: string) => {
    shared.stored.delete(id)
    return Promise.resolve()
  },
}

/** A file says what it is: `form|version|title`. */
const reader = {
  readReference: (_key: string, files: readonly ReferenceFile[]): Promise<Result<Reference, string>> => {
    const [form = '', version = '', title = ''] = new TextDecoder().decode(files[0]?.bytes).split('|')
    if (form !== 'man' && form !== 'qapi') return Promise.resolve(err('it is no manual'))
    const definitions = title.includes('Agent') ? [{ name: 'guest-ping' }] : []
    const reference = { form, title, version: version === '' ? undefined : version, definitions }
    return Promise.resolve(ok(reference as unknown as Reference))
  },
  hasReference: () => Promise.resolve(true),
  forgetReference: (id: string) => void shared.forgotten.push(id),
}

/** The shelf of another tab. */
const openTab = (): ManualShelf => {
  const tab = browser.tab()
  const files = new ManualFiles(tab, store)
  return new ManualShelf({ ...tab, files: () => Promise.resolve(files), reader })
}

const picked = (path: string, text: string): { path: string; file: File }[] => [
  { path, file: new File([text], path) },
]

const inShort = (shelf: ManualShelf): string[] =>
  shelf.of('qemu').map((each) => `${each.version ?? '?'} ${each.from} ${each.where}`)

beforeEach(() => {
  // The tabs of one test hear each other, and none of an earlier one.
  browser = fakeBrowser({
    'manuals.json': () => JSON.stringify({ manuals: shared.listed }),
    'manuals/qemu.7': () => 'man|7.2.1|manuals/qemu.7',
  })
  shared.stored.clear()
  shared.full = ''
  shared.listed = [{ of: 'qemu', file: 'manuals/qemu.7', version: '7.2.22' }]
  shared.forgotten = []
})

describe('the shelf of manuals', () => {
  test('what somebody gave stands first, and is there after a reload', async () => {
    const shelf = openTab()
    expect(shelf.isListed).toBe(false)
    const added = await shelf.add('qemu', picked('a.7', 'man|10.0.2|QMP'))
    expect(added.ok && added.value).toMatchObject({ version: '10.0.2', title: 'QMP', where: 'browser' })
    const both = ['10.0.2 a.7 browser', '7.2.22 manuals/qemu.7 lab']
    expect(inShort(shelf)).toEqual(both)
    const again = openTab()
    await again.list()
    expect(inShort(again)).toEqual(both)
    const [first] = again.of('qemu')
    expect(first !== undefined && (await again.read(first)).ok).toBe(true)
  })

  test('one of the same release takes the place of another; other releases and the lab’s stay', async () => {
    const shelf = openTab()
    await shelf.add('qemu', picked('a.7', 'man|10.0.2|QMP'))
    await shelf.add('qemu', picked('b.7', 'man|9.1.0|QMP'))
    await shelf.add('qemu', picked('c.7', 'man|10.0.4|QMP'))
    await shelf.add('qemu', picked('d.7', 'man|7.2.0|QMP'))
    expect(inShort(shelf)).toEqual([
      '7.2.0 d.7 browser',
      '10.0.4 c.7 browser',
      '9.1.0 b.7 browser',
      '7.2.22 manuals/qemu.7 lab',
    ])
    expect(shared.stored.size).toBe(3)
    // The worker has let go of the one that went.
    expect(shared.forgotten).toHaveLength(1)
  })

  test('what cannot be read changes nothing, and says why', async () => {
    const shelf = openTab()
    await shelf.list()
    const before = inShort(shelf)
    expect(await shelf.add('qemu', picked('x.txt', 'hello'))).toEqual(err('it is no manual'))
    expect(await shelf.add('qemu', [])).toEqual(err('No file was chosen.'))
    const agents = await shelf.add('agent', picked('qemu-ga-ref.7', 'man|7.2|Agent'))
    expect(!agents.ok && agents.error).toMatch(/made from its schema file/)
    expect(inShort(shelf)).toEqual(before)
  })

  test('one that the browser does not keep is there until the page is closed', async () => {
    const shelf = openTab()
    shared.full = 'This browser is full.'
    const added = await shelf.add('qemu', picked('a.7', 'man|10.0.2|QMP'))
    expect(added.ok && added.value).toMatchObject({ where: 'page', trouble: 'This browser is full.' })
    const [first] = shelf.of('qemu')
    expect(first !== undefined && (await shelf.read(first)).ok).toBe(true)
    const again = openTab()
    await again.list()
    expect(inShort(again)).toEqual(['7.2.22 manuals/qemu.7 lab'])
  })

  test('a list that names no versions: the manuals do', async () => {
    shared.listed = [{ of: 'qemu', file: 'manuals/qemu.7', version: undefined }]
    const shelf = openTab()
    await shelf.list()
    expect(inShort(shelf)).toEqual(['7.2.1 manuals/qemu.7 lab'])
  })
})

describe('another tab', () => {
  /** Wait until a shelf has these; the word of another tab takes a moment. */
  const until = (shelf: ManualShelf, expected: readonly string[]): Promise<void> =>
    vi.waitFor(() => expect(inShort(shelf)).toEqual(expected))
  const labs = '7.2.22 manuals/qemu.7 lab'

  test('learns of a manual that is added, given a version, and removed', async () => {
    const [one, other] = [openTab(), openTab()]
    await other.list()
    const told: string[] = []
    other.watch((of) => told.push(of))
    await one.add('qemu', picked('a.7', 'man||QMP'))
    await until(other, ['? a.7 browser', labs])
    const [manual] = one.of('qemu')
    if (manual === undefined) throw new Error('there is none')
    await one.say(manual, '10.0')
    await until(other, ['10.0 a.7 browser', labs])
    await one.remove(manual)
    await until(other, [labs])
    expect(shared.forgotten).toEqual([manual.id, manual.id])
    expect(told).toEqual(['qemu', 'qemu', 'qemu'])
  })

  test('keeps what it alone has, and one that has not looked yet reads nothing', async () => {
    const [one, other, idle] = [openTab(), openTab(), openTab()]
    shared.full = 'full'
    await other.add('qemu', picked('own.7', 'man|9.0.0|QMP'))
    shared.full = ''
    await one.add('qemu', picked('a.7', 'man|10.0.2|QMP'))
    await until(other, ['10.0.2 a.7 browser', '9.0.0 own.7 page', labs])
    expect(idle.isListed).toBe(false)
    expect(inShort(idle)).toEqual([])
  })
})

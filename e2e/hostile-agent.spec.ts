/**
 * A guest agent that is hostile in all parts of its view: files, programs, freeze, trim, keys. What is of the wrong type or size is
 * refused with a reason, names are texts, and the page answers afterwards.
 */
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startFakeServer } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { evil, expectAlive, expectHarmless, expectTexts } from './hostile.ts'
import { expect, goTo, test } from './lab.ts'

const commands = [
  ...['guest-file-open', 'guest-file-seek', 'guest-file-read', 'guest-file-write', 'guest-file-flush'],
  ...[
    'guest-file-close',
    'guest-exec',
    'guest-exec-status',
    'guest-fsfreeze-status',
    'guest-fsfreeze-freeze',
  ],
  ...['guest-fsfreeze-thaw', 'guest-fstrim', 'guest-set-time', 'guest-get-time', 'guest-shutdown'],
  ...['guest-set-user-password', 'guest-ssh-get-authorized-keys', 'guest-ping'],
]

interface Asked {
  readonly id?: number
  readonly execute: string
  readonly arguments?: Readonly<Record<string, unknown>>
}

/** Answers of an agent by command; what is not here is refused with hostile words. `undefined` is no answer at all. */
type Answers = Record<
  string,
  (args: Readonly<Record<string, unknown>>, say: (reply: object) => void) => unknown
>

/** An agent with these answers. Returns what it was asked, and a way to end it. */
async function startAgent(
  lab: TestLab,
  answers: Answers,
): Promise<{ asked: Asked[]; stop(): Promise<void> }> {
  const asked: Asked[] = []
  const list = commands.map((name) => ({ name, enabled: true, 'success-response': true }))
  const server = await startFakeServer(join(lab.sockets, 'vm.qga'), (socket) => {
    let rest = ''
    socket.on('data', (data) => {
      const lines = `${rest}${data.toString('latin1')}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const command = JSON.parse(line.replaceAll('\xff', '')) as Asked
        const { id, execute, arguments: args = {} } = command
        asked.push(command)
        const say = (reply: object): void => void socket.write(`${JSON.stringify(reply)}\n`)
        const answer = (reply: object): void => say({ ...reply, ...(id === undefined ? {} : { id }) })
        if (execute.startsWith('guest-sync')) {
          if (execute === 'guest-sync-delimited') socket.write(Buffer.from([0xff]))
          answer({ return: args.id })
        } else if (execute === 'guest-info') answer({ return: { version: '1', supported_commands: list } })
        else {
          const own = answers[execute]
          if (own === undefined) answer({ error: { class: 'GenericError', desc: evil('refused-') } })
          else answer({ return: own(args, say) })
        }
      }
    })
  })
  return { asked, stop: () => server.stop() }
}

async function openGuest(page: Page, lab: TestLab): Promise<void> {
  page.setDefaultTimeout(15_000)
  await page.goto(`${lab.url}#/machine/vm.qga/overview`)
  await expect(page.getByRole('region', { name: 'The guest', exact: true })).toContainText('qemu-ga 1')
  await page.getByRole('combobox', { name: 'Lock' }).selectOption('free')
}

const part = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true })

test('files: wrong sizes, wrong types, no base64, and names that lead elsewhere', async ({ page, lab }) => {
  const content = Buffer.from('harmless')
  let at = 0
  const reads: unknown[] = [
    { count: 9, 'buf-b64': '<b>not base64</b>', eof: true },
    { count: 3, 'buf-b64': Buffer.alloc(5_000_000).toString('base64'), eof: true },
    { count: '3', 'buf-b64': { a: 1 }, eof: 'yes' },
    [evil('list-')],
  ]
  const agent = await startAgent(lab, {
    'guest-file-open': () => 1000,
    'guest-file-seek': ({ whence }) => ({ position: whence === 2 ? content.length : 0, eof: false }),
    'guest-file-read': () =>
      reads[at++] ?? { count: content.length, 'buf-b64': content.toString('base64'), eof: true },
    'guest-file-close': () => ({}),
  })
  await openGuest(page, lab)
  const files = part(page, 'Files')
  await files.getByLabel(/Compare SHA-256/).uncheck()
  await files.getByLabel('Path in the guest').fill(`/tmp/../../${evil('..')}`)
  for (const why of [
    'no base64',
    'more than was asked for',
    'something unexpected',
    'something unexpected',
  ]) {
    await files.getByRole('button', { name: 'Download' }).click()
    await expect(files.locator('.error').first()).toContainText(why)
  }
  const waiting = page.waitForEvent('download')
  await files.getByRole('button', { name: 'Download' }).click()
  expect((await waiting).suggestedFilename()).toMatch(/^[\w-][\w.-]*$/)
  await expectHarmless(page)
  const opened = agent.asked.filter(({ execute }) => execute === 'guest-file-open').length
  const closed = agent.asked.filter(({ execute }) => execute === 'guest-file-close').length
  expect([opened, closed]).toEqual([5, 5])
  await expectAlive(page)
})

test('files: the connection is lost in the middle; the handle is closed when the agent is back', async ({
  page,
  lab,
}) => {
  let hangs = true
  const answers: Answers = {
    'guest-file-open': () => 1000,
    'guest-file-seek': ({ whence }) => ({ position: whence === 2 ? 8 : 0, eof: false }),
    'guest-file-read': () => {
      if (hangs) void first.stop()
      return { count: 0, 'buf-b64': '', eof: false }
    },
    'guest-file-close': () => ({}),
  }
  const first = await startAgent(lab, answers)
  await openGuest(page, lab)
  const files = part(page, 'Files')
  await files.getByLabel(/Compare SHA-256/).uncheck()
  await files.getByLabel('Path in the guest').fill('/tmp/a')
  await files.getByRole('button', { name: 'Download' }).click()
  await expect(files).toContainText(
    'Handle 1000 is still open in the guest: not sent: the machine is not connected',
  )
  hangs = false
  const second = await startAgent(lab, answers)
  await expect(files).not.toContainText('Handle 1000', { timeout: 30_000 })
  expect(second.asked.filter(({ execute }) => execute === 'guest-file-close')).toEqual([
    expect.objectContaining({ arguments: { handle: 1000 } }),
  ])
})

test('programs: the answer of another command, and output that is markup', async ({ page, lab }) => {
  await startAgent(lab, {
    'guest-exec': () => ({ pid: 7 }),
    'guest-exec-status': (_, say) => {
      // Somebody else's: no command of this page has the id.
      say({
        return: { exited: true, exitcode: 0, 'out-data': Buffer.from('stolen').toString('base64') },
        id: 987_654,
      })
      return {
        exited: true,
        exitcode: 3,
        'out-data': Buffer.from(evil('output-')).toString('base64'),
        'err-data': '***',
      }
    },
  })
  await openGuest(page, lab)
  const run = part(page, 'Run a command')
  await run.getByLabel('Line of the shell').fill('true')
  await run.getByRole('button', { name: 'Run in the guest' }).click()
  await expect(run).toContainText('exit code 3')
  await expect(run).toContainText('what came is no base64')
  await expect(run).not.toContainText('stolen')
  await expectTexts(page, 'output-')
  await expectAlive(page)
})

test('freeze, trim and keys of the wrong types, or with names that are markup', async ({ page, lab }) => {
  let frozen: unknown = evil('status-')
  await startAgent(lab, {
    'guest-fsfreeze-status': () => frozen,
    'guest-fsfreeze-freeze': () => {
      frozen = 'frozen'
      return evil('count-')
    },
    'guest-fsfreeze-thaw': () => {
      frozen = 'thawed'
      return [evil('count-')]
    },
    'guest-fstrim': () => ({
      paths: [
        { path: evil('/../path-'), trimmed: 1e300 },
        { path: '/', error: evil('trim-error-') },
        7,
        { path: {}, trimmed: 'x' },
      ],
    }),
    'guest-ssh-get-authorized-keys': () => ({ keys: [evil('key-'), 7, null] }),
    'guest-get-time': () => evil('time-'),
  })
  await openGuest(page, lab)
  const system = part(page, 'System')
  await system.getByRole('button', { name: 'Give back what is not used' }).click()
  await expect(system).toContainText('path-<img')
  await expectHarmless(page, 'path-', 'trim-error-')
  await system.getByRole('button', { name: 'Reboot' }).click()
  await expect(system).toContainText('refused-<img')
  const users = part(page, 'Users')
  await users.getByLabel('User in the guest').fill('root')
  await users.getByRole('button', { name: 'Show its keys' }).click()
  await expect(users).toContainText('key-<img')
  await expectHarmless(page, 'key-', 'refused-')
  await part(page, 'Freeze').getByRole('button', { name: 'Freeze all file systems' }).click()
  await expect(page.getByText(/is frozen since/)).toBeVisible()
  await goTo(page, 'Timeline')
  await page.getByRole('button', { name: 'Thaw now' }).click()
  await expect(page.getByText(/is frozen since/)).toHaveCount(0)
  await expectAlive(page)
})

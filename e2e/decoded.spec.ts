/** Base64 in replies and forms, against a real guest agent. */
import { startGuestAgent } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'

test('the output of guest-exec can be read; input is written as base64', async ({ page, lab }) => {
  const agent = await startGuestAgent(lab.sockets, 'guest')
  const send = async (name: string): Promise<void> => {
    await page.getByRole('button', { name: /^Send/ }).click()
    const ask = page.getByRole('dialog').getByRole('button', { name: `Run ${name}` })
    const result = page.getByRole('article', { name: `Result of ${name}` }).first()
    await expect(ask.or(result.getByText('returned'))).toBeVisible()
    if (await ask.isVisible()) await ask.click()
    await expect(result).toContainText('returned')
  }
  const open = (name: string, args: object): Promise<unknown> =>
    page.goto(
      `${lab.url}#/machine/guest.qga/command/${name}?args=${encodeURIComponent(JSON.stringify(args))}`,
    )
  const script = 'cat; printf "\\033[31m<b>red</b>"; printf "a\\000b" >&2'
  await open('guest-exec', {
    path: '/bin/sh',
    arg: ['-c', script],
    'input-data': 'hi',
    'capture-output': true,
  })
  const form = page.getByRole('form', { name: 'Arguments of guest-exec' })
  await expect(form.getByText('no base64 yet')).toBeVisible()
  await form.getByRole('button', { name: 'Write input-data as base64' }).click()
  await expect(form.getByLabel('input-data', { exact: true })).toHaveValue('aGk=')
  await expect(form.getByText('“hi”')).toBeVisible()
  await send('guest-exec')
  const pid = /"pid":(\d+)/.exec(
    await page.getByRole('article', { name: 'Result of guest-exec' }).first().innerText(),
  )?.[1]

  await open('guest-exec-status', { pid: Number(pid) })
  // The output is there once the program has ended, and only once.
  await expect(async () => {
    await send('guest-exec-status')
    const result = page.getByRole('article', { name: 'Result of guest-exec-status' }).first()
    await expect(result.getByText(/"exited": ?true|exited/).first()).toBeVisible()
    await expect(result.getByText('out-data').first()).toBeVisible({ timeout: 500 })
  }).toPass()
  const result = page.getByRole('article', { name: 'Result of guest-exec-status' }).first()
  const decoded = result.getByText(/decoded/)
  // What a terminal would obey is shown by its picture, and tags are text.
  await expect(result.getByText('hi␛[31m<b>red</b>')).toBeVisible()
  await expect(result.getByText(/000000 {2}61 00 62 +a\.b/)).toBeVisible()
  await expectAccessible(page)
  await result.getByRole('button', { name: 'Decoded' }).click()
  await expect(decoded.filter({ hasText: 'decoded text' })).toHaveCount(0)
  await agent.kill()
})

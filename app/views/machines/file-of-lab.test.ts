/** Which addresses ask for a file of the lab: none that leads elsewhere. */
import { expect, test } from 'vitest'
import { parseRoute } from '#state/page/route.ts'
import { isFileOfLab } from './file-of-lab.ts'

const secret = '0123456789abcdef'.repeat(2)

test.each([
  [`#/open/${secret}/run.qmp.jsonl`, `open/${secret}/run.qmp.jsonl`],
  [`#/open/${secret}/a%20b%23.json`, `open/${secret}/a b#.json`],
  [`#/open/${secret}`, undefined],
  [`#/open/${secret}/a/b`, undefined],
  [`#/open/${secret}/..%2f..%2flab.json`, undefined],
  [`#/open/../lab.json`, undefined],
  [`#/open/${encodeURIComponent('http://evil.example/')}/x`, undefined],
  [`#/open/${secret.toUpperCase()}/x`, undefined],
  [`#/machine/open/schema/open/${secret}/x`, 'open/' + secret + '/x'],
])('%s', (fragment, expected) => {
  const { entity } = parseRoute(fragment)
  expect(isFileOfLab(entity) ? entity : undefined).toBe(expected)
})

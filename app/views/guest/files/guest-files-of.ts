/** The files of a guest: transfers go on, and are kept, while the view is not shown. */
import type { Machine } from '#state/machine/machine.svelte.ts'
import { download } from '#ui/browser/download.ts'
import { senderOf } from '../agent-sender.ts'
import { GuestFiles } from './guest-files.svelte.ts'
import { HandleMarks } from './handle-marks.ts'

/** The files through an agent's connection, which is kept open while one is moved. */
export function guestFilesOf(agent: Machine): GuestFiles {
  return agent.of(makeFiles)
}

function makeFiles(agent: Machine): GuestFiles {
  return new GuestFiles(senderOf(agent), {
    now: () => Date.now(),
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
    use: () => agent.use(),
    save: download,
    marks: new HandleMarks(
      () => localStorage,
      agent.id,
      () => Date.now(),
    ),
  })
}

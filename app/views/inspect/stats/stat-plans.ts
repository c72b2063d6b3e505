/** Actions that make a statistic: commands, shown before they are sent. Tested by e2e/inspect-stats.spec.ts. */
import type { ActionPlan } from '../action/action.ts'

/** Measure how fast the guest writes its memory, for this many seconds. */
export function measurePlan(seconds: number): ActionPlan {
  return {
    title: `Measure the dirty rate for ${seconds} s`,
    about: 'QEMU looks at a sample of the guest’s pages at the start and at the end. The guest runs on.',
    verb: 'Measure',
    steps: [{ name: 'calc-dirty-rate', args: { 'calc-time': seconds } }],
    after: 'The value comes when the time is over.',
  }
}

/** Have the balloon driver of the guest tell its statistics every two seconds. */
export function pollPlan(path: string): ActionPlan {
  const property = 'guest-stats-polling-interval'
  return {
    title: 'Have the guest tell of its memory every 2 s',
    about: 'QEMU asks the balloon driver of the guest. A guest without one tells nothing.',
    verb: 'Ask every 2 s',
    steps: [
      {
        name: 'qom-set',
        args: { path, property, value: 2 },
        undo: { name: 'qom-set', args: { path, property, value: 0 } },
      },
    ],
  }
}

import type { Machines } from '#state/machine/machines.svelte.ts'
import type { Settings } from '#state/page/settings.svelte.ts'

/** Keep the records of all machines over reloads, or keep them no more. This browser remembers the answer. */
export function keepRecords(settings: Settings, machines: Machines, on: boolean): void {
  settings.setKeepsRecords(on)
  for (const machine of machines.all) machine.record.setKeep(on)
}

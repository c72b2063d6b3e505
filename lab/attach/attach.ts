/**
 * What a lab attaches beside its folder of sockets, as the options name it.
 * Tested by lab/attach/machines-file/machines-file.real.test.ts and lab/attach/libvirt/libvirt.real.test.ts.
 */
import { ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { StartOptions } from '../options.ts'
import type { AttachedSource } from './attached.ts'
import { openMachinesFile } from './machines-file/machines-file.ts'

/** The sources of machines of a lab. */
export interface Attachments {
  readonly sources: readonly AttachedSource[]
  stop(): Promise<void>
}

/** Open them. The failure is a sentence. */
export function openAttachments({ machines }: StartOptions): Result<Attachments, string> {
  const sources: AttachedSource[] = []
  if (machines !== undefined) {
    const file = openMachinesFile(machines)
    if (!file.ok) return file
    sources.push(file.value)
  }
  return ok({ sources, stop: () => Promise.resolve() })
}

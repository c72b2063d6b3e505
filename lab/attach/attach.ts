/**
 * What a lab attaches beside its folder of sockets, as the options name it.
 * Tested by lab/attach/machines-file/machines-file.real.test.ts and lab/attach/libvirt/libvirt.real.test.ts.
 */
import { join } from 'node:path'
import { ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { StartOptions } from '../options.ts'
import type { AttachedSource } from './attached.ts'
import { openLibvirt } from './libvirt/libvirt.ts'
import type { Libvirt } from './libvirt/libvirt.ts'
import { openMachinesFile } from './machines-file/machines-file.ts'

/** The sources of machines of a lab. */
export interface Attachments {
  readonly sources: readonly AttachedSource[]
  stop(): Promise<void>
}

/** Open them. `run` is the private folder of the lab. The failure is a sentence. */
export async function openAttachments(
  { machines, libvirt }: StartOptions,
  run: string,
  say: (words: string) => void,
): Promise<Result<Attachments, string>> {
  const sources: AttachedSource[] = []
  if (machines !== undefined) {
    const file = openMachinesFile(machines)
    if (!file.ok) return file
    sources.push(file.value)
  }
  let domains: Libvirt | undefined
  if (libvirt !== undefined) {
    const opened = await openLibvirt({ uri: libvirt, folder: join(run, 'libvirt'), say })
    if (!opened.ok) return opened
    domains = opened.value
    sources.push(domains)
  }
  return ok({ sources, stop: async () => domains?.stop() })
}

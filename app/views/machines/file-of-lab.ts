/**
 * A file that `qmp-studio open FILE` has put beside this page. Its address names no other place than the lab's own folder for
 * such files, whoever has written it.
 */
import type { DroppedFile } from '#ui/browser/dropped.ts'

/** Whether the entity of a route asks for such a file: `open/` 32 digits `/` a name. */
export function isFileOfLab(entity: string | undefined): entity is string {
  return entity !== undefined && /^open\/[0-9a-f]{32}\/[^/]{1,255}$/.test(entity)
}

/** Fetch it. Rejects with a sentence where it is not there. */
export async function fetchFileOfLab(entity: string): Promise<readonly DroppedFile[]> {
  const [, secret = '', name = ''] = entity.split('/')
  const response = await fetch(`./opened/${secret}/${encodeURIComponent(name)}`, { cache: 'no-store' })
  if (!response.ok) throw new Error('the lab that serves this page has no such file.')
  return [{ path: name, file: new File([await response.blob()], name) }]
}

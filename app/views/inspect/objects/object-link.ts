/** The address of an object’s page, for any text of a machine that is the path of one: in replies, and in messages. */
import { looksLikeObject } from '#inside/objects/qom-path.ts'
import type { Router } from '#state/page/router.svelte.ts'

/** Makes links of paths, for a machine; without `id` for that of the pane. */
export function objectLink(router: Router, id?: string): (text: string) => string | undefined {
  return (text) =>
    looksLikeObject(text)
      ? router.href({
          ...(id === undefined ? {} : { subject: { kind: 'machine', id } }),
          view: 'inspect',
          entity: 'objects',
          query: { path: text },
        })
      : undefined
}

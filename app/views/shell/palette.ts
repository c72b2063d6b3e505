/** What Ctrl+K offers for what is typed: commands and types (`/`), machines (`@`), actions (`>`). */
import { search } from '../../../workers/qapi/search.ts'
import { labelOf } from '../../../workers/qapi/schema.ts'
import type { Schema } from '../../../workers/qapi/schema.ts'

/** One offer. */
export type Offer =
  | {
      readonly kind: 'entity'
      readonly name: string
      readonly label: string
      readonly isCommand: boolean
      readonly note: string
    }
  | { readonly kind: 'machine'; readonly id: string; readonly label: string; readonly note: string }
  | { readonly kind: 'action'; readonly id: string; readonly label: string; readonly note: string }

/** What people call it, and what QMP calls it. */
const synonyms: Readonly<Record<string, string>> = {
  pause: 'stop',
  suspend: 'stop',
  resume: 'cont',
  continue: 'cont',
  unpause: 'cont',
  reboot: 'system_reset',
  restart: 'system_reset',
  shutdown: 'system_powerdown',
  poweroff: 'system_powerdown',
  kill: 'quit',
  exit: 'quit',
  hotplug: 'device_add',
  unplug: 'device_del',
  screenshot: 'screendump',
  memory: 'query-memory-size-summary',
  cpu: 'query-cpus-fast',
  disks: 'query-block',
  status: 'query-status',
  snapshot: 'blockdev-snapshot-sync',
}

/** The best offers for a text, 30 at most. */
export function offersFor(
  text: string,
  schema: Schema | undefined,
  machines: readonly { readonly id: string; readonly name: string; readonly state: string }[],
  actions: readonly { readonly id: string; readonly label: string }[],
): readonly Offer[] {
  const mode = /^[>/@]/.exec(text)?.[0] ?? ''
  const query = text.slice(mode.length).trim().toLowerCase()
  const offers: Offer[] = []
  if (mode !== '/' && mode !== '@') {
    for (const action of actions) {
      if (action.label.toLowerCase().includes(query) && (query !== '' || mode === '>')) {
        offers.push({ kind: 'action', id: action.id, label: action.label, note: 'action' })
      }
    }
  }
  if (mode !== '>' && mode !== '/') {
    for (const machine of machines) {
      if (machine.name.toLowerCase().includes(query)) {
        offers.push({ kind: 'machine', id: machine.id, label: machine.name, note: machine.state })
      }
    }
  }
  if (mode !== '>' && mode !== '@' && schema !== undefined) {
    const meant = Object.keys(synonyms).filter((word) => query.length >= 3 && word.startsWith(query))
    for (const word of meant) {
      const name = synonyms[word] ?? ''
      if (schema.byName.has(name) && !offers.some((each) => each.kind === 'entity' && each.name === name)) {
        offers.unshift({
          kind: 'entity',
          name,
          label: name,
          isCommand: true,
          note: `${word}: what QMP calls it`,
        })
      }
    }
    for (const { entity, matched } of search(schema, query).hits.slice(0, 30)) {
      if (offers.some((each) => each.kind === 'entity' && each.name === entity.name)) continue
      const note = matched === undefined ? entity.kind : `${entity.kind}, has ${matched}`
      offers.push({
        kind: 'entity',
        name: entity.name,
        label: labelOf(schema, entity.name),
        isCommand: entity.kind === 'command',
        note,
      })
    }
  }
  return offers.slice(0, 30)
}

/** The offers of Ctrl+K for a typed text: commands and types (`/`), machines (`@`), actions (`>`). */
import { search } from '#qapi/search.ts'
import { labelOf } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'

/** One offer. `id` is unique among the offers of a list. */
export type Offer =
  | {
      readonly kind: 'entity'
      readonly id: string
      readonly name: string
      readonly label: string
      readonly isCommand: boolean
      readonly note: string
    }
  | {
      readonly kind: 'machine'
      readonly id: string
      readonly machine: string
      readonly label: string
      readonly note: string
    }
  | {
      readonly kind: 'action'
      readonly id: string
      readonly action: string
      readonly label: string
      readonly note: string
    }

/** An action of the page. `words` are other names for it. */
export interface Action {
  readonly id: string
  readonly label: string
  readonly words?: readonly string[]
}

/** A machine as the palette lists it. */
export interface MachineOffer {
  readonly id: string
  readonly name: string
  readonly state: string
}

/** Words of people, and QMP's commands for them. */
const synonyms: Readonly<Record<string, string>> = {
  pause: 'stop',
  suspend: 'stop',
  freeze: 'stop',
  resume: 'cont',
  continue: 'cont',
  unpause: 'cont',
  reboot: 'system_reset',
  restart: 'system_reset',
  shutdown: 'system_powerdown',
  poweroff: 'system_powerdown',
  acpi: 'system_powerdown',
  kill: 'quit',
  exit: 'quit',
  terminate: 'quit',
  hotplug: 'device_add',
  attach: 'device_add',
  unplug: 'device_del',
  detach: 'device_del',
  screenshot: 'screendump',
  keyboard: 'send-key',
  memory: 'query-memory-size-summary',
  ram: 'query-memory-size-summary',
  cpu: 'query-cpus-fast',
  disks: 'query-block',
  drives: 'query-block',
  status: 'query-status',
  version: 'query-version',
  snapshot: 'blockdev-snapshot-sync',
  monitor: 'human-monitor-command',
  hmp: 'human-monitor-command',
}

/** The most offers that are listed. */
const mostOffers = 30

/** QMP's names for a word of people, of which three letters at least are typed. */
export function meantBy(word: string): readonly { readonly word: string; readonly name: string }[] {
  if (word.length < 3) return []
  return Object.entries(synonyms)
    .filter(([each]) => each.startsWith(word))
    .map(([each, name]) => ({ word: each, name }))
}

/**
 * The best offers for a text, 30 at most. Commands with another name in QMP come first, then actions, machines, and
 * results of the schema's search. Without a text: the machines and the actions.
 */
export function offersFor(
  text: string,
  schema: Schema | undefined,
  machines: readonly MachineOffer[],
  actions: readonly Action[],
): readonly Offer[] {
  const mode = /^[>/@]/.exec(text)?.[0] ?? ''
  const typed = text.slice(mode.length).trim()
  const query = typed.toLowerCase()
  const offers: Offer[] = []
  const named = new Set<string>()

  const addEntity = (name: string, note: string): void => {
    if (schema === undefined || named.has(name)) return
    const entity = schema.byName.get(name)
    if (entity === undefined) return
    named.add(name)
    offers.push({
      kind: 'entity',
      id: `entity ${name}`,
      name,
      label: labelOf(schema, name),
      isCommand: entity.kind === 'command',
      note,
    })
  }

  const schemaAsked = mode === '/' || (mode === '' && query !== '')
  if (schemaAsked) {
    // Exact names come first: as typed, then in small letters (commands), then in capitals (events).
    for (const name of [typed, query, query.toUpperCase()]) {
      const kind = schema?.byName.get(name)?.kind
      if (kind === 'command' || kind === 'event') addEntity(name, kind)
    }
    for (const { word, name } of meantBy(query)) addEntity(name, `command: what QMP calls “${word}”`)
  }
  if (mode === '' || mode === '>') {
    for (const { id, label, words } of actions) {
      const meant = label.toLowerCase().includes(query) || words?.some((each) => each.startsWith(query))
      if (meant === true)
        offers.push({ kind: 'action', id: `action ${id}`, action: id, label, note: 'action' })
    }
  }
  if (mode === '' || mode === '@') {
    const found = machines
      .filter(({ name }) => name.toLowerCase().includes(query))
      .map(({ id, name, state }): Offer => ({
        kind: 'machine',
        id: `machine ${id}`,
        machine: id,
        label: name,
        note: `machine, ${state}`,
      }))
    // Without a text, people most often want to go to another machine.
    if (query === '') offers.unshift(...found)
    else offers.push(...found)
  }
  if (schemaAsked && schema !== undefined) {
    for (const { entity, matched } of search(schema, typed).hits.slice(0, mostOffers)) {
      addEntity(
        entity.name,
        matched === undefined || matched.in === 'letters'
          ? entity.kind
          : `${entity.kind}, has ${matched.text}`,
      )
    }
  }
  return offers.slice(0, mostOffers)
}

/** Why nothing is offered, and what to do. */
export function whyNothing(text: string, hasSchema: boolean): string {
  const mode = /^[>/@]/.exec(text)?.[0] ?? ''
  if (mode === '@') return 'No machine has that in its name.'
  if (mode === '>') return 'There is no such action. Take the > away to search in commands and types too.'
  return hasSchema
    ? `Nothing matches “${text}”.`
    : 'There is no schema to search in: choose a connected machine or a recorded schema first.'
}

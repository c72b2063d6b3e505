/**
 * The offers of Ctrl+K for a typed text. A sign before it says what is searched: `>` actions, `/` commands and types,
 * `@` machines, `#` marks of the timeline; `:` writes a line for the human monitor. Without one, all but the last.
 */
import { caseOf } from '#qapi/search/case-in-query.ts'
import type { TypedCase } from '#qapi/search/case-in-query.ts'
import { phrasesToTry, reasonOf, search } from '#qapi/search/search.ts'
import type { SearchHit } from '#qapi/search/search.ts'
import { strongWords } from '#qapi/search/words.ts'
import { labelOf } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'

/** One offer. `id` is unique among the offers of a list. */
export type PaletteOffer =
  | {
      readonly kind: 'entity'
      readonly id: string
      readonly name: string
      readonly label: string
      readonly isCommand: boolean
      /** The case of its union that was typed: it is chosen there. */
      readonly chosen: TypedCase | undefined
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
  | {
      readonly kind: 'mark'
      readonly id: string
      /** Milliseconds since the epoch. */
      readonly at: number
      readonly label: string
      readonly note: string
    }
  | {
      readonly kind: 'line'
      readonly id: string
      /** What is typed for the human monitor. */
      readonly line: string
      readonly label: string
      readonly note: string
    }
  | {
      /** Puts a sign into the field. */
      readonly kind: 'sign'
      readonly id: string
      readonly sign: string
      readonly label: string
      readonly note: string
    }

/** An action of the page. `words` are other names for it. */
export interface Action {
  readonly id: string
  readonly label: string
  readonly words?: readonly string[]
  /** One of many of its kind: offered only where its words were typed. */
  readonly isAsked?: boolean
}

/** A machine as the palette lists it. */
export interface MachineOffer {
  readonly id: string
  readonly name: string
  readonly state: string
}

/** A mark of the timeline that is open, with its time in words. */
export interface MarkOffer {
  readonly at: number
  readonly text: string
  readonly time: string
}

/** What there is to offer. */
export interface Stock {
  readonly schema: Schema | undefined
  readonly machines: readonly MachineOffer[]
  readonly actions: readonly Action[]
  readonly marks: readonly MarkOffer[]
  /** The machine whose human monitor takes lines; undefined where there is none. */
  readonly human: string | undefined
}

/** The signs, and what follows them. */
export const signs = [
  ['>', 'actions', 'of the page and the chosen machine'],
  ['/', 'commands and types', 'by name, or by what you want to do'],
  ['@', 'machines', 'and recordings'],
  ['#', 'marks', 'of the timeline'],
  [':', 'human monitor', 'a line for the chosen machine'],
] as const

/** Lines that people ask of the human monitor most. @qmp human-monitor-command */
const humanLines = [
  ...['info status', 'info block', 'info network', 'info qtree', 'info pci', 'info registers', 'info mtree'],
  ...['info snapshots', 'info jobs', 'info migrate', 'help'],
]

/** The most offers that are listed. */
const mostOffers = 30
/** Entities before the actions: names and phrases that were typed whole. More would push the actions out of sight. */
const mostFirst = 4

/**
 * The best offers for a text, 30 at most. What the schema's search finds by a whole name or phrase comes first, then
 * actions, machines, and the other results of the search. Without a text: the signs, the machines and the actions.
 */
export function offersFor(text: string, stock: Stock): readonly PaletteOffer[] {
  const { schema, machines, actions } = stock
  const mode = signOf(text)
  const typed = text.slice(mode.length).trim()
  const query = typed.toLowerCase()
  if (mode === ':') return lineOffers(typed, stock.human)
  const offers: PaletteOffer[] = []
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
      chosen: caseOf(schema, name, typed),
      note,
    })
  }

  const schemaAsked = mode === '/' || (mode === '' && query !== '')
  const hits = schemaAsked && schema !== undefined ? search(schema, typed).hits.slice(0, mostOffers) : []
  const addHits = (some: readonly SearchHit[]): void => {
    for (const hit of some) {
      const why = reasonOf(hit)
      addEntity(hit.entity.name, why === '' ? hit.entity.kind : `${hit.entity.kind}, ${why}`)
    }
  }
  addHits(hits.filter((each) => each.isClose).slice(0, mostFirst))
  if (mode === '' || mode === '>') {
    for (const action of actions) {
      const { id, label } = action
      if (isMeant(action, query))
        offers.push({ kind: 'action', id: `action ${id}`, action: id, label, note: 'action' })
    }
  }
  if (mode === '' || mode === '@') {
    const found = machines
      .filter(({ name }) => name.toLowerCase().includes(query))
      .map(({ id, name, state }): PaletteOffer => ({
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
  if (mode === '#' || (mode === '' && query !== '')) offers.push(...markOffers(query, stock.marks))
  if (text === '') offers.unshift(...signOffers)
  addHits(hits)
  return offers.slice(0, mostOffers)
}

/** Whether an action is what was typed: a part of its name, or words that its words begin with. `query` is in small letters. */
function isMeant({ label, words = [], isAsked = false }: Action, query: string): boolean {
  if (query === '') return !isAsked
  const name = label.toLowerCase()
  if (name.includes(query) || words.some((each) => each.startsWith(query))) return true
  // Hyphens are typed or not: hot-plug and hotplug are one word.
  const plain = (word: string): string => word.replaceAll('-', '')
  const parts = [...name.split(/[\s:,“”]+/), ...words].map(plain)
  return strongWords(query).every((word) => parts.some((part) => part.startsWith(plain(word))))
}

const signOffers = signs.map(([sign, label, note]): PaletteOffer => ({
  kind: 'sign',
  id: `sign ${sign}`,
  sign,
  label,
  note,
}))

/** The sign that a text begins with; empty where it has none. */
function signOf(text: string): string {
  return /^[>/@#:]/.exec(text)?.[0] ?? ''
}

function markOffers(query: string, marks: readonly MarkOffer[]): readonly PaletteOffer[] {
  return marks
    .filter(({ text, time }) => `${text} ${time}`.toLowerCase().includes(query))
    .map(({ at, text, time }, index) => ({
      kind: 'mark',
      id: `mark ${index}`,
      at,
      label: text === '' ? 'a mark' : text,
      note: `mark, ${time}`,
    }))
}

/** What was typed first, then common lines that go on from it. */
function lineOffers(typed: string, human: string | undefined): readonly PaletteOffer[] {
  if (human === undefined) return []
  const note = `for the human monitor of ${human}`
  const lines = humanLines.filter((line) => line !== typed && line.startsWith(typed))
  return [...(typed === '' ? [] : [typed]), ...lines].map((line) => ({
    kind: 'line',
    id: `line ${line}`,
    line,
    label: line,
    note,
  }))
}

/** Why nothing is offered, and what to do. */
export function whyNothing(text: string, schema: Schema | undefined): string {
  const mode = signOf(text)
  if (mode === '@') return 'No machine has that in its name.'
  if (mode === '>') return 'There is no such action. Take the > away to search in commands and types too.'
  if (mode === '#') return 'The timeline has no such mark. In its lanes, M sets one.'
  if (mode === ':') return 'There is no human monitor here: choose a connected machine first.'
  if (schema === undefined)
    return 'There is no schema to search in: choose a connected machine or a recorded schema first.'
  const phrases = phrasesToTry(schema).map((each) => `“${each.phrase}”`)
  return `Nothing matches “${text}”. Say it in other words, for example ${phrases.join(', ')}.`
}

/**
 * Collections in the palette: each is opened, and checked against each recorded version; a starter is added and opened.
 * Tested by e2e/tasks.spec.ts.
 */
import { inWords } from '#base/apart.ts'
import { starters } from '#qapi/collections/starters.ts'
import type { App } from '#state/app.svelte.ts'
import type { Collections } from '#state/library/collections.svelte.ts'
import { fileOfRelease, releases } from '#state/library/recorded-schemas.svelte.ts'
import type { Route } from '#state/page/route.ts'
import type { RunAction } from '../frame/palette-actions.ts'

/** Collections that are offered: the palette lists 30 offers, and each has several. */
const mostCollections = 200

const checkWords = [
  'breaks',
  'check',
  'upgrade',
  'update',
  'removed',
  'deprecated',
  'saved',
  'commands',
  'collection',
]

/** Where collections are shown: beside the commands of the pane, where it has some, else of the newest recorded schema. */
function placeOf({ panes }: Pick<App, 'panes'>): Partial<Route> {
  const { source, tabs } = panes.focused
  if (source.kind === 'ready' && tabs.includes('command')) return { view: 'command', entity: undefined }
  const file = fileOfRelease(releases.at(-1) ?? '')
  return { subject: { kind: 'recorded', file }, view: 'command', entity: undefined }
}

/** What can be done with collections. None is offered before its words are typed: there are many. */
export function collectionActions(app: Pick<App, 'panes'>, collections: Collections): readonly RunAction[] {
  const { router } = app.panes.focused
  const open = (query: Readonly<Record<string, string>>): void => router.go({ ...placeOf(app), query })
  const kept = collections.all.slice(0, mostCollections)
  return [
    ...kept.map(({ id, collection }) => ({
      id: `collection-${id}`,
      label: `Open the collection “${inWords(collection.name)}”`,
      words: ['saved', 'commands'],
      isAsked: true,
      run: () => open({ collection: id }),
    })),
    ...kept.flatMap(({ id, collection }) =>
      releases.toReversed().map((version) => ({
        id: `check-${id}-${version}`,
        label: `What breaks in QEMU ${version}: “${inWords(collection.name)}”`,
        words: checkWords,
        isAsked: true,
        run: () => open({ collection: id, check: fileOfRelease(version) }),
      })),
    ),
    ...starters.map((starter, index) => ({
      id: `starter-${index}`,
      label: `Starter: ${starter.name}`,
      words: wordsOf(starter.note),
      isAsked: true,
      run: () => {
        const own = collections.all.find(({ collection }) => collection.name === starter.name)
        if (own !== undefined) open({ collection: own.id })
        else void collections.create(starter.name, starter).then((id) => open({ collection: id }))
      },
    })),
  ]
}

/** The words of a note, in small letters. */
function wordsOf(note: string): readonly string[] {
  return note
    .toLowerCase()
    .split(/[^\w-]+/)
    .filter((word) => word.length > 2)
}

/** What the palette can do: with the frame, its panes, and the chosen machine. Tested by e2e/without-machine.spec.ts. */
import type { App } from '#state/app.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { Pane } from '#state/page/panes.svelte.ts'
import { viewNames } from '#state/page/route.ts'
import type { Lock } from '#state/page/settings.svelte.ts'
import { verbsOf, whyNot } from '../overview/verbs.svelte.ts'
import { verbs } from '../overview/verbs.ts'
import type { Action } from './palette.ts'

/** An action that can be taken. */
export interface RunAction extends Action {
  readonly run: () => void
}

/** What the frame does itself. */
export interface FrameDoes {
  goToPane(pane: Pane): void
  splitPane(): void
  closePane(): void
  add(): void
  theme(): void
  help(): void
}

const lockNames: Readonly<Record<Lock, string>> = { 'read-only': 'read only', ask: 'ask', free: 'free' }

/** The actions that apply now. Reading them subscribes to all that they depend on. */
export function actionsNow({ panes }: Pick<App, 'panes'>, does: FrameDoes): readonly RunAction[] {
  const { tabs, target } = panes.focused
  return [
    ...tabs.map((each) => ({
      id: `view-${each}`,
      label: `Go to ${viewNames[each]}`,
      run: () => panes.focused.router.go(panes.focused.tab(each)),
    })),
    ...(target === undefined ? [] : actionsOf(target)),
    ...(panes.isSplit
      ? [
          {
            id: 'other',
            label: 'Go to the other pane',
            words: ['focus', 'split'],
            run: () => does.goToPane(panes.other),
          },
          { id: 'swap', label: 'Swap the panes', words: ['split'], run: () => panes.swap() },
          { id: 'unsplit', label: 'Close the second pane', words: ['split'], run: () => does.closePane() },
        ]
      : tabs.length === 0
        ? []
        : [
            {
              id: 'split',
              label: 'Split: open a second pane',
              words: ['beside', 'pane'],
              run: () => does.splitPane(),
            },
          ]),
    { id: 'add', label: 'Add a machine', words: ['connect', 'new'], run: () => does.add() },
    {
      id: 'theme',
      label: 'Change the colour scheme',
      words: ['dark', 'light', 'theme'],
      run: () => does.theme(),
    },
    { id: 'help', label: 'Show the keys', words: ['help', 'shortcuts'], run: () => does.help() },
  ]
}

/** What can be done with the chosen machine. */
function actionsOf(chosen: Machine): readonly RunAction[] {
  return [
    ...verbs
      .filter((verb) => whyNot(chosen, verb.command) === undefined)
      .map((verb) => ({
        id: `verb-${verb.command}`,
        label: `Run ${verb.command} on ${chosen.name}`,
        words: verb.words,
        run: () => void verbsOf(chosen).run(verb),
      })),
    ...(chosen.isWatched ? [] : (['read-only', 'ask', 'free'] as const))
      .filter((lock) => lock !== chosen.commands.lock)
      .map((lock) => ({
        id: `lock-${lock}`,
        label: `Lock of ${chosen.name}: ${lockNames[lock]}`,
        words: lock === 'read-only' ? ['lock'] : ['unlock'],
        run: () => chosen.commands.setLock(lock),
      })),
    { id: 'connect', label: `Connect ${chosen.name}`, run: () => chosen.takeUp() },
    { id: 'disconnect', label: `Disconnect ${chosen.name}`, run: () => chosen.letGo() },
  ]
}

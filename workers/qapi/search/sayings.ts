/** The phrases of the tables, cut into words and looked up by command. */
import type { SayingLine } from './saying-line.ts'
import { blockSayings } from './sayings-block.ts'
import { guestSayings } from './sayings-guest.ts'
import { machineSayings } from './sayings-machine.ts'
import { strongWords } from './words.ts'

/** A phrase for a command. */
export interface Saying {
  readonly phrase: string
  /** Its words, those that say nothing left out. */
  readonly words: readonly string[]
  /** Below 0.3: smaller where the phrase is more usual for its command, and the command is higher up in the table. */
  readonly order: number
}

const lines: readonly SayingLine[] = [...machineSayings, ...blockSayings, ...guestSayings]

const byName: ReadonlyMap<string, readonly Saying[]> = new Map(
  lines.map(([name, phrases], line) => [
    name,
    phrases.split(',').map((each, index) => {
      const phrase = each.trim()
      return { phrase, words: strongWords(phrase), order: index / 200 + line / 10_000 }
    }),
  ]),
)

/** The phrases for a command or event; empty where the tables have none. */
export function sayingsOf(name: string): readonly Saying[] {
  return byName.get(name) ?? []
}

/** The names that have phrases, in the order of the tables. */
export const saidNames: readonly string[] = lines.map(([name]) => name)

/** Words of people for words in QMP's names: what is typed, and the parts of names that it stands for. */
const others: ReadonlyMap<string, readonly string[]> = new Map(
  (
    [
      ['list show info get display view print see read which what lookup', 'query get list'],
      ['delete remove destroy drop rm erase detach unplug', 'del remove delete'],
      ['create make new insert attach plug', 'add create insert'],
      ['change modify update edit alter', 'set change reopen'],
      ['disk drive image volume hdd ssd storage', 'block blockdev drive'],
      ['nic ethernet network interface', 'netdev net nic'],
      ['ram', 'memory mem memdev'],
      ['processor core vcpu', 'cpu cpus vcpu'],
      ['iso cdrom cd dvd floppy disc media', 'medium tray eject'],
      ['abort end', 'cancel stop quit'],
      ['halt pause suspend', 'stop pause suspend'],
      ['start begin launch', 'start add cont'],
      ['limit bandwidth rate', 'throttle limit speed'],
      ['copy clone duplicate replicate', 'mirror backup'],
      ['serial console', 'chardev'],
      ['share publish', 'export nbd'],
      ['password passphrase', 'passwd password'],
      ['statistics metrics counters', 'stats'],
      ['task', 'job'],
      ['key', 'keys key'],
      ['mouse', 'mice input'],
    ] as const
  ).flatMap(([typed, parts]) => typed.split(' ').map((word) => [word, parts.split(' ')] as const)),
)

/** The parts of names that a typed word may stand for; empty where the table has none. */
export function othersOf(word: string): readonly string[] {
  return others.get(word) ?? []
}

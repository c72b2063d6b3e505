/**
 * What is done differently when a machine reports more than anybody can read. The worker measures one level for each
 * batch (host/machine/batch.ts) and everything that slows down reads it. All constants of it stand here.
 * @adr 0052
 */

/** How much comes. `flood`: nobody can read it. `torrent`: to show it often would take time from recording it. */
export type LoadLevel = 'calm' | 'flood' | 'torrent'

/**
 * Rows of one batch from which on they are a flood. Batches are further apart in a flood, so it is one down to 10,000
 * rows a second. Fewer: a large reply slows the page down. More: the page draws rows that nobody sees.
 */
export const floodRows = 1000
/** The same of a torrent: it is one down to 50,000 rows a second. */
export const torrentRows = 10_000

/** How often things are done at a level. */
export interface Pace {
  /** From one batch to the next, in milliseconds: each costs both threads. `calm` is a frame at 60 Hz. */
  readonly batchMs: number
  /** From one drawing of the timeline to the next, in milliseconds, at least. Shorter: the worker falls behind. */
  readonly drawMs: number
  /** From one picture of the strip to the next, in milliseconds: it shows minutes. */
  readonly stripMs: number
}

/** The pace of each level. */
export const paces: Readonly<Record<LoadLevel, Pace>> = {
  calm: { batchMs: 16, drawMs: 0, stripMs: 250 },
  flood: { batchMs: 100, drawMs: 200, stripMs: 250 },
  torrent: { batchMs: 200, drawMs: 400, stripMs: 500 },
}

/** Tracks in one batch at most; the others go with the next. More: one batch blocks the page for longer than a frame. */
export const tracksABatch = 300
/** Names of subscribed events in one batch at most: a server has some sixty, a hostile one any number. */
export const eventNamesABatch = 200
/** After a batch that could not be handed over, in milliseconds. Shorter: a thread that does nothing else. */
export const failedBatchMs = 1000

/** About how many rows one answer to a query has: the page applies it in one step, and must not be blocked by that. */
export const rowsAnAnswer = 65_536
/** How long the worker may look for rows before it answers, in milliseconds: it reads from the wire in between. */
export const queryBudgetMs = 12
/** How long an alert may look at what came, before each batch, in milliseconds. Longer: batches come later. */
export const alertBudgetMs = 5

/** After applying and drawing rows, leave the main thread idle for this many times as long. Smaller: keys wait. */
export const restShare = 4
/** The longest such pause, in milliseconds, of a page that is slow for another reason. */
export const mostRestMs = 250

/** The newest rows that the page holds of each machine: for the consoles, other tabs and a worker that dies. */
export const newestRows = 1000
/** Of these the most that are read at once, in rows: in a flood the others are only counted. */
export const newestAtOnce = 200
/** An event above this size, in bytes, is held there without its data: the record has its text. */
export const newestDataBytes = 16 * 1024

/** Pieces of this size and more wait before they are read, in bytes: more will follow. */
export const largePieceBytes = 32 * 1024
/** What may wait, in bytes: beyond it what arrives waits in front of the worker, and slows its sender down. */
export const mostWaitingBytes = 512 * 1024
/** Pieces that are read before the thread looks for others that have arrived. More: a command waits longer. */
export const piecesATurn = 2

/** Kept rows are written this long after they came, in milliseconds. Longer: more is lost when the tab closes. */
export const keepMs = 150
/** Rows in one write at most: it takes a fraction of a second. The others of a flood are counted. */
export const keepRowsAWrite = 20_000
/** Writing takes at most one part in this many of the time. */
export const keepShare = 3

/** The level of rows that came in one piece. */
export function loadOf(rows: number): LoadLevel {
  if (rows > torrentRows) return 'torrent'
  return rows > floodRows ? 'flood' : 'calm'
}

const levels: readonly LoadLevel[] = ['calm', 'flood', 'torrent']

/** The highest of some levels. */
export function highestLoad(loads: readonly LoadLevel[]): LoadLevel {
  return levels[Math.max(0, ...loads.map((load) => levels.indexOf(load)))] ?? 'calm'
}

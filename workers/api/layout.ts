/** The boundary between the page and the worker that lays out graphs: types only. */
import type { Result } from '#base/result.ts'

/** A graph to be laid out: sizes of cards, and what points to what. */
export interface LayoutGraph {
  readonly cards: readonly { readonly id: string; readonly width: number; readonly height: number }[]
  readonly edges: readonly { readonly from: string; readonly to: string }[]
}

/** Where the upper left corner of each card is. */
export interface GraphLayout {
  readonly places: readonly { readonly id: string; readonly x: number; readonly y: number }[]
}

/** The worker that lays out graphs. */
export interface LayoutWorker {
  /** Answered as soon as the thread is free: a sign of life. */
  ping(): void
  layOut(graph: LayoutGraph): Promise<Result<GraphLayout, string>>
}

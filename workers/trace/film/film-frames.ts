/** The pictures of a film strip: bounded in number and bytes, the oldest go first, counted. Pure. */

/** A picture at its time, milliseconds since the epoch. `bytes` is its size. */
export interface FilmFrame {
  readonly at: number
  readonly bytes: number
}

/** Pictures: at one every 2 s half an hour of a screen that always changes. */
export const mostFrames = 900
/** Bytes of all of them: 900 of a text console take 4 MiB, of a desktop 9. */
export const mostBytes = 16 * 1024 * 1024

/** Some frames in the order of their times, and how many older ones are gone. */
export interface FilmReel<Frame extends FilmFrame> {
  readonly frames: readonly Frame[]
  readonly bytes: number
  readonly gone: number
}

/** A reel with one more frame; `dropped` are those that had to go for it. */
export function withFrame<Frame extends FilmFrame>(
  reel: FilmReel<Frame>,
  frame: Frame,
): { readonly reel: FilmReel<Frame>; readonly dropped: readonly Frame[] } {
  let bytes = reel.bytes + frame.bytes
  let drop = Math.max(0, reel.frames.length + 1 - mostFrames)
  for (const { bytes: size } of reel.frames.slice(0, drop)) bytes -= size
  for (; bytes > mostBytes && drop < reel.frames.length; drop += 1) bytes -= reel.frames[drop]?.bytes ?? 0
  return {
    reel: { frames: [...reel.frames.slice(drop), frame], bytes, gone: reel.gone + drop },
    dropped: reel.frames.slice(0, drop),
  }
}

/**
 * The frames that were on screen in a stretch of time: those taken in it, and the last one before it. All without one.
 * Milliseconds since the epoch.
 */
export function framesWithin<Frame extends FilmFrame>(
  frames: readonly Frame[],
  range: { readonly from: number; readonly to: number } | undefined,
): readonly Frame[] {
  if (range === undefined || frames.length === 0) return frames
  const begin = placeAt(frames, range.from)
  return frames.slice(begin).filter(({ at }) => at <= range.to)
}

/** The place of the frame that was on screen at a time: the last one before it. The first where all are later. */
export function placeAt(frames: readonly FilmFrame[], at: number): number {
  let low = 0
  let high = frames.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((frames[middle]?.at ?? 0) <= at) low = middle
    else high = middle - 1
  }
  return low
}

/** The places of at most `most` frames that stand evenly over the time of the film, first and last among them. */
export function spread(frames: readonly FilmFrame[], most: number): readonly number[] {
  const from = frames[0]?.at ?? 0
  const to = frames.at(-1)?.at ?? 0
  const count = Math.max(1, Math.min(most, frames.length))
  const places = Array.from({ length: count }, (_, index) =>
    placeAt(frames, count === 1 ? to : from + ((to - from) * index) / (count - 1)),
  )
  return frames.length === 0 ? [] : [...new Set(places)]
}

/** The time for which a frame stands: until the next one, or a second for the last. Milliseconds since the epoch. */
export function momentOf(
  frames: readonly FilmFrame[],
  place: number,
): { readonly from: number; readonly to: number } {
  const from = Math.floor(frames[place]?.at ?? 0)
  return { from, to: Math.ceil(frames[place + 1]?.at ?? from + 1000) }
}

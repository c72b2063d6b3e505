/**
 * One picture of a screen: connects, waits for the first frame, and leaves. Nothing goes out to the guest.
 * Tested by e2e/dashboard.spec.ts.
 * @adr 0056
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { GuardedRfb, TooLargeError } from './guarded-rfb.ts'
import { scaledPicture } from './scaled-picture.ts'
import type { ScaledPicture } from './scaled-picture.ts'
import { VncWire } from './vnc-wire.ts'
import { whyClosed, whyFailed, whyTooLarge } from './why-closed.ts'

/** How long it may take, in milliseconds: on this host 0.1 s, over a slow line 2 s. */
const longestMs = 10_000
/** After the first frame, in milliseconds: noVNC draws it a moment later, and servers may send it in pieces. */
const drawnMs = 200

/** Look at a screen. `dial` is its address, `longest` the pixels of a side. The failure is a sentence. */
export function takeOnePicture(dial: string, longest: number): Promise<Result<ScaledPicture, string>> {
  return new Promise((settle) => {
    const place = document.createElement('div')
    let security: string | undefined
    let isOver = false
    const end = (result: Result<ScaledPicture, string>): void => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      wire.close()
      rfb.disconnect()
      settle(result)
    }
    const timer = setTimeout(() => end(err('No picture came within 10 s.')), longestMs)
    const wire = new VncWire(dial, {
      ended: (why) => end(err(`The screen cannot be reached: ${whyClosed(why)}.`)),
      broke: (error) =>
        end(
          err(
            error instanceof TooLargeError
              ? whyTooLarge(error.width, error.height)
              : whyFailed(error instanceof Error ? error.message : String(error), undefined),
          ),
        ),
    })
    const draw = async (): Promise<void> => {
      const canvas = place.querySelector('canvas')
      const picture = canvas === null ? undefined : await scaledPicture(canvas, longest)
      end(picture === undefined ? err('This browser makes no picture of it.') : ok(picture))
    }
    const rfb = new GuardedRfb(place, wire, {
      failed: (details) => end(err(whyFailed(details, security))),
      resized: () => undefined,
      framed: () => void setTimeout(() => void draw(), drawnMs),
    })
    rfb.setLocked(true)
    rfb.addEventListener('credentialsrequired', () =>
      end(err('The screen asks for a password: open it in the console.')),
    )
    rfb.addEventListener('securityfailure', () => (security = ''))
  })
}

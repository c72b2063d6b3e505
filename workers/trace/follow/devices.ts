/** The tracks of devices that are plugged and unplugged while the machine runs. */
import type { JsonObject } from '#base/json/value.ts'
import type { TrackOutcome } from '#record/track.ts'
import type { FollowContext, Events, TrackFollower, Pending } from './context.ts'
import type { EventRow, ReplyRow } from '#record/row.ts'
import type { Live } from './live-tracks.ts'
import { deviceName } from './named-things.ts'
import { nameOf, textOf, wordOf } from './message-values.ts'

/** Follows all devices. */
export class Devices implements TrackFollower {
  readonly #tracks: FollowContext['tracks']
  readonly #causes: FollowContext['causes']
  readonly #pending: FollowContext['pending']
  readonly #devices = new Map<string, Live>()
  readonly events: Events = {
    withData: {
      DEVICE_DELETED: (row, data) => this.#deleted(row, data),
      DEVICE_UNPLUG_GUEST_ERROR: (row, data) => this.#unplugFailed(row, data),
      MEM_UNPLUG_ERROR: (row, data) => this.#unplugFailed(row, data),
    },
  }

  constructor(context: FollowContext) {
    this.#tracks = context.tracks
    this.#causes = context.causes
    this.#pending = context.pending
  }

  forget(): void {
    this.#devices.clear()
  }

  lose(live: Live): void {
    if (this.#devices.get(live.name) === live) this.#devices.delete(live.name)
  }

  /** `device_add` was carried out. */
  plugged(row: ReplyRow, pending: Pending): void {
    const id = nameOf(pending.args.id) ?? ''
    const before = this.#devices.get(id)
    // Its end went unseen: two of one id cannot be.
    if (before !== undefined) this.#end(id, before, row.at, 'unknown')
    const live = this.#tracks.begin('device', id, row.at, {
      type: wordOf(pending.args.driver),
      cause: { exec: pending.exec, proof: 'id' },
    })
    this.#tracks.attach(live, pending.seq)
    this.#tracks.enter(live, 'plugged', row.at, row.seq)
    if (id !== '') this.#devices.set(id, live)
  }

  /** `device_del` was carried out: the guest is asked. */
  unplugAsked(row: ReplyRow, pending: Pending): void {
    // It is gone already, and was told so before the reply.
    if (pending.lives.length > 0) return
    const id = nameOf(pending.args.id)
    if (id === undefined) return
    const live = this.#toUnplug(deviceName(id), row.at, pending)
    this.#tracks.mark(live, { error: null })
    this.#tracks.attach(live, pending.seq)
    this.#tracks.enter(live, 'unplug-asked', row.at, row.seq)
  }

  /** A device that was there before us begins for us when somebody asks for it. */
  #toUnplug(id: string, at: number, pending: Pending): Live {
    const known = this.#devices.get(id)
    if (known !== undefined) return known
    const live = this.#tracks.begin('device', id, at, { cause: { exec: pending.exec, proof: 'id' } })
    this.#devices.set(id, live)
    return live
  }

  #end(id: string, live: Live, at: number, outcome: TrackOutcome): void {
    this.#tracks.finish(live, at, outcome)
    this.#devices.delete(id)
    this.#causes.ended('device', id)
  }

  /** The device that an event is about: its id, and whether the event is about the device as a whole. */
  #deviceOf(data: JsonObject): { id: string; whole: boolean } | undefined {
    const path = nameOf(data.path)
    const named = nameOf(data.device)
    if (named !== undefined) return { id: deviceName(named), whole: true }
    if (path === undefined) return undefined
    const id = deviceName(path)
    return { id, whole: id === path || path === `/machine/peripheral/${id}` }
  }

  #deleted(row: EventRow, data: JsonObject): void {
    const device = this.#deviceOf(data)
    if (device === undefined) return
    const { id, whole } = device
    let live = this.#devices.get(id)
    if (!whole) {
      // Something inside it, such as the disk behind a controller: it goes next.
      if (live !== undefined) this.#tracks.attach(live, row.seq)
      return
    }
    for (const pending of this.#pending.values()) {
      if (pending.name !== 'device_del' || pending.lives.length > 0) continue
      if (!pending.names.some((each) => each.kind === 'device' && each.name === id)) continue
      live ??= this.#toUnplug(id, pending.at, pending)
      pending.lives.push(live)
      this.#tracks.enter(live, 'unplug-asked', pending.at, pending.seq)
    }
    // A device inside another one has a path, and nobody plugged it.
    if (live === undefined && nameOf(data.device) === undefined) return
    if (live === undefined && this.#tracks.passesOver()) {
      this.#causes.ended('device', id)
      return
    }
    live ??= this.#tracks.begin('device', id, row.at)
    this.#tracks.enter(live, 'deleted', row.at, row.seq)
    this.#end(id, live, row.at, 'done')
  }

  #unplugFailed(row: EventRow, data: JsonObject): void {
    const device = this.#deviceOf(data)
    if (device === undefined) return
    let live = this.#devices.get(device.id)
    if (live === undefined) {
      live = this.#tracks.begin('device', device.id, row.at)
      this.#devices.set(device.id, live)
    }
    if (!this.#tracks.enter(live, 'unplug-failed', row.at, row.seq)) this.#tracks.attach(live, row.seq)
    this.#tracks.mark(live, { error: textOf(data.msg) })
  }
}

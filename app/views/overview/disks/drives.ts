/** The block devices of an overview, read from the replies to its queries. Tested by app/views/overview/facts.test.ts. */
import { isJsonObject, objectsIn } from '#base/json/value.ts'
import type { JsonObject } from '#base/json/value.ts'
import { textOf } from '#base/json/print.ts'
import { memberOf } from '#base/json/members.ts'
import { integerOf, unknown, valueOf } from '../facts.ts'
import type { Replies } from '../facts.ts'

/** A block device as the overview lists it. */
export interface Drive {
  readonly name: string
  readonly medium: string
  /** Exact size in bytes. */
  readonly size: bigint | undefined
  readonly file: string
  /** Remarks: read only, an I/O error, an open tray. */
  readonly remarks: readonly string[]
}

/** The block devices and where the list is from; or why there is none. @qapi BlockInfo @qapi BlockDeviceInfo */
export function drives(
  replies: Replies,
):
  | { readonly kind: 'known'; readonly from: 'devices' | 'nodes'; readonly drives: readonly Drive[] }
  | { readonly kind: 'unknown'; readonly text: string } {
  const devices = valueOf(replies, 'query-block')
  if (Array.isArray(devices))
    return { kind: 'known', from: 'devices', drives: objectsIn(devices).map(deviceOf) }
  const nodes = valueOf(replies, 'query-named-block-nodes')
  if (Array.isArray(nodes))
    return { kind: 'known', from: 'nodes', drives: objectsIn(nodes).map((node) => driveOf('', node, [])) }
  const why = unknown(replies, 'query-block')
  return { kind: 'unknown', text: why.text }
}

function deviceOf(device: JsonObject): Drive {
  const name = [device.device, device.qdev].find((each) => typeof each === 'string' && each !== '')
  const remarks: string[] = []
  const status = device['io-status']
  if (typeof status === 'string' && status !== 'ok') remarks.push(`I/O status: ${status}`)
  if (device.tray_open === true) remarks.push('tray open')
  const inserted = device.inserted
  if (inserted === undefined || !isJsonObject(inserted)) {
    return { name: textOf(name), medium: 'empty', size: undefined, file: '', remarks }
  }
  return driveOf(textOf(name), inserted, remarks)
}

function driveOf(name: string, inserted: JsonObject, remarks: readonly string[]): Drive {
  const size = integerOf(memberOf(inserted.image, 'virtual-size'))
  return {
    name: name === '' ? textOf(inserted['node-name']) : name,
    medium: textOf(inserted.drv),
    size,
    file: textOf(inserted.file),
    remarks: inserted.ro === true ? [...remarks, 'read only'] : remarks,
  }
}

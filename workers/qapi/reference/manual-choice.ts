/**
 * Which manual goes with which schema: the one of the same version, else the nearest. A version is a release of QEMU,
 * major and minor: the third number changes no interface.
 */
import type { Reference } from './reference.ts'
import type { Schema } from '../model/schema.ts'

/** The program that a manual describes. */
export type ManualProgram = 'qemu' | 'storage-daemon' | 'agent'

/** The properties of a manual that decide the choice. */
export interface Choosable {
  /** As the manual or a person says it; undefined where nobody does. */
  readonly version: string | undefined
}

/** The release of a version: `10.0` of `10.0.2`. One that is being developed (`10.0.50`) is none but itself. */
export function releaseOf(version: string | undefined): string | undefined {
  const [, major, minor, micro] = /^v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?/.exec(version ?? '') ?? []
  if (major === undefined || minor === undefined) return undefined
  return micro !== undefined && Number(micro) >= 50 ? `${major}.${minor}.${micro}` : `${major}.${minor}`
}

/** Whether two versions are of one release. Undefined where one is not known. */
export function isSameRelease(a: string | undefined, b: string | undefined): boolean | undefined {
  const [one, other] = [releaseOf(a), releaseOf(b)]
  return one === undefined || other === undefined ? undefined : one === other
}

/** A place among QEMU's releases: three a year since 3.0, and before that 2.0 to 2.12. */
function placeOf(version: string): number {
  const [major = 0, minor = 0, micro = 0] = version.split('.').map(Number)
  const developed = micro >= 50 ? 0.5 : 0
  return (major < 3 ? (major - 2) * 13 + minor : 13 + (major - 3) * 3 + minor) + developed
}

/**
 * The manual for a schema of a version: of the same release the first, else the nearest (of two that are equally far
 * the newer), else the first of unknown version. For a schema of unknown version the newest.
 */
export function chooseManual<Manual extends Choosable>(
  manuals: readonly Manual[],
  version: string | undefined,
): Manual | undefined {
  const wanted = releaseOf(version)
  let best: Manual | undefined
  let bestFar = Infinity
  let bestPlace = -Infinity
  for (const manual of manuals) {
    const release = releaseOf(manual.version)
    if (release === undefined) continue
    const place = placeOf(release)
    const far = wanted === undefined ? 0 : release === wanted ? -1 : Math.abs(place - placeOf(wanted))
    if (far < bestFar || (far === bestFar && place > bestPlace)) {
      best = manual
      bestFar = far
      bestPlace = place
    }
  }
  return best ?? manuals[0]
}

/** The version that a path names: of QEMU's sources, unpacked or as an archive. */
export function versionInPath(path: string): string | undefined {
  return /(?:^|\/)qemu-(\d{1,4}\.\d{1,4}(?:\.\d{1,4})?)(?=$|[^\d])/.exec(path)?.[1]
}

/** The program that a reference names. Undefined where it names none: QEMU's QAPI files are for two programs. */
export function subjectOfReference({ form, title, definitions }: Reference): ManualProgram | undefined {
  if (definitions.some((each) => each.name === 'guest-sync' || each.name === 'guest-ping')) return 'agent'
  if (form === 'qapi') return undefined
  return /storage daemon/i.test(title) ? 'storage-daemon' : undefined
}

/**
 * Whether a reference describes just the commands and events of a schema, with just these arguments, except for
 * parts that a build may lack. Then it is of this version, or of one that is the same to a client.
 */
export function isSameInterface(schema: Schema, reference: Reference): boolean {
  let described = 0
  for (const definition of reference.definitions) {
    if (definition.kind !== 'command' && definition.kind !== 'event') continue
    const entity = schema.byName.get(definition.name)
    if (entity === undefined) {
      if (definition.condition === undefined) return false
      continue
    }
    if (entity.kind !== definition.kind) return false
    described += 1
    const type = schema.byName.get(entity.argType)
    if (definition.members.length === 0 || type?.kind !== 'object') continue
    const documented = new Map(definition.members.map((each) => [each.name, each]))
    const has = new Set(type.members.map((each) => each.name))
    if (definition.includes.length === 0 && [...has].some((each) => !documented.has(each))) return false
    if (definition.members.some((each) => each.condition === undefined && !has.has(each.name))) return false
  }
  const named = schema.entities.filter((each) => each.kind === 'command' || each.kind === 'event').length
  return described === named && named > 0
}

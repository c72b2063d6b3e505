/** Which properties of objects may hold a secret: they are read only where a person asks for that one value. */
import { redact } from '#qapi/secrets/secrets.ts'

/** Whether the value may be a secret, by the names of the property and of the object’s type. */
export function mayBeSecret(path: string, type: string | undefined, property: string): boolean {
  if (type?.startsWith('secret') === true && (property === 'data' || property === 'rawdata')) return true
  return redact('qom-set', { path, property, value: 'x' }).paths.length > 0
}

/** Reads the replies of query-vnc and query-mice. Pure. @qapi VncInfo MouseInfo */
import { clip } from '#base/clip.ts'
import { isJsonObject, objectsIn } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'

/** Clients that are named. */
const mostClients = 50

/** The clients of a VNC server, each as a short text: its address, and its login where it has one. */
export function clientsOf(reply: Json): readonly string[] {
  if (!isJsonObject(reply) || !Array.isArray(reply.clients)) return []
  return (reply.clients as readonly Json[]).slice(0, mostClients).map((each) => {
    if (!isJsonObject(each)) return 'unknown'
    const { host, service, family, sasl_username: login } = each
    const text = (value: Json | undefined): string => (typeof value === 'string' ? clip(value, 80) : '')
    const address =
      family === 'unix' ? 'by the bridge or another local program' : `${text(host)}:${text(service)}`
    return login === undefined ? address : `${address} (${text(login)})`
  })
}

/** Whether there is a pointer that tells places, used or not. */
export function hasTablet(reply: Json): boolean {
  return Array.isArray(reply) && objectsIn(reply).some(({ absolute }) => absolute === true)
}

/** Whether there are pointers, and the one that is used tells movements only. */
export function isRelative(reply: Json): boolean {
  if (!Array.isArray(reply)) return false
  const mice = (reply as readonly Json[]).filter(isJsonObject)
  const used = mice.find(({ current }) => current === true) ?? mice[0]
  return used !== undefined && used.absolute === false
}

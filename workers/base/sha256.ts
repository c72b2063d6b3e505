/** SHA-256 by the platform. */

/** SHA-256 of a text in hexadecimal. Undefined where the platform has none: a page by plain HTTP from another host. */
export async function sha256(text: string): Promise<string | undefined> {
  const { subtle } = crypto
  if (subtle === undefined) return undefined
  const bytes = new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

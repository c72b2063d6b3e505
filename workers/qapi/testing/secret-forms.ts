/** Where people and machines write secrets, for properties: each form is a text with the secret in it. */
import fc from 'fast-check'
import { printJson } from '#base/json/print.ts'

/** A form of text that holds a secret. */
export interface SecretForm {
  readonly title: string
  /** Characters that cannot stand in this form, and are taken out of the secret. */
  readonly not: RegExp
  readonly write: (secret: string) => string
}

const none = /[^]{0}/g
const lineEnds = /[\r\n]/g
/** What ends the authority of an address. */
const authority = /[/?#\r\n]/g
const rados = (text: string): string => text.replace(/[\\:=@]/g, '\\$&')
const doubled = (text: string): string => text.replaceAll(',', ',,')
const percent = (text: string): string => encodeURIComponent(text)
const json = (text: string): string => `json:${printJson({ driver: 'https', cookie: text, readahead: 4096 })}`

/** All that are known. */
export const secretForms: readonly SecretForm[] = [
  {
    title: 'a password in an address',
    not: authority,
    write: (s) => `https://me:${s}@host:443/disk.img?a=b`,
  },
  { title: 'an address with a percent sign', not: none, write: (s) => `http://me:${percent(s)}@host/` },
  { title: 'a name with @', not: authority, write: (s) => `ftp://me@corp.example:${s}@host/a@b` },
  { title: 'a name without anything', not: authority, write: (s) => `ssh://:${s}@host/x` },
  { title: 'nbd', not: authority, write: (s) => `nbd+tcp://me:${s}@host/export` },
  { title: 'iSCSI', not: authority, write: (s) => `iscsi://me@corp%${s}@10.0.0.1:3260/iqn.2026-01.x:y/0` },
  { title: 'a slash in a password', not: lineEnds, write: (s) => `https://me:x/${s}@host` },
  { title: 'Rados', not: lineEnds, write: (s) => `rbd:pool/a:id=admin:key=${rados(s)}:mon_host=10.0.0.1` },
  { title: 'json:', not: none, write: json },
  { title: 'json: in json:', not: none, write: (s) => `json:${printJson({ file: { filename: json(s) } })}` },
  {
    title: 'an address in json:',
    not: authority,
    write: (s) => `json:${printJson({ driver: 'raw', file: { url: `https://a:${s}@h/` } })}`,
  },
  { title: 'json: that is cut', not: none, write: (s) => json(s).slice(0, -20) },
  {
    title: 'options',
    not: lineEnds,
    write: (s) => `driver=https,file.proxy-password=${doubled(s)},file.readonly=on`,
  },
  { title: 'json: in options', not: lineEnds, write: (s) => `file=${doubled(json(s))},if=none` },
  {
    title: 'a signed address',
    // A quotation mark ends an address in a line.
    not: /'/g,
    write: (s) => `https://host/a?x=1&X-Amz-Signature=${percent(s)}&y=2`,
  },
  { title: 'a shared access signature', not: /'/g, write: (s) => `https://host/a?sv=1&sig=${percent(s)}` },
  { title: 'a query', not: none, write: (s) => `https://host/a?x=1&access_token=${percent(s)}&y=2` },
  { title: 'a secret object', not: lineEnds, write: (s) => `-object secret,id=s0,data=${doubled(s)}` },
  { title: 'a header', not: lineEnds, write: (s) => `Cookie: session=${s}` },
]

/** A secret whose beginning and end nothing else has: a part of it that is left shows. */
export const anySecret = fc
  .oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.stringMatching(/^[@:%,"'\\/?#=&{}[\] -]{0,12}$/),
    fc.constantFrom('@', 'a@b', 'p@s:s', '%', ',,', '"', '\\', '${x}', '«', 'é€😀'),
  )
  .map((middle) => `zQ9x${middle}W7kz`)

/** Whether a text shows something of such a secret. */
export function showsSecret(text: string): boolean {
  return text.includes('zQ9x') || text.includes('W7kz')
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { JsonObject } from '#base/json/value.ts'
import { anyJson } from '#base/testing/any-json.ts'
import { createKnownSecrets } from './known-secrets.ts'
import { createSecretCleaner } from './secret-cleaner.ts'
import { mayCarrySecret, redact, redactValue, redactWords, secretMark, secretParameters } from './secrets.ts'
import { anySecret, secretForms, showsSecret } from '../testing/secret-forms.ts'

describe.each(secretForms)('$title', ({ not, write }) => {
  const secrets = anySecret.map((each) => each.replace(not, ''))

  test('is left out of arguments, of a line of the human monitor, of words and of replies', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const text = write(secret)
        expect(showsSecret(text)).toBe(true)
        const line = `drive_add 0 if=none,file=${text}`
        const calls: (readonly [string, JsonObject])[] = [
          ['blockdev-add', { driver: 'raw', file: { filename: text } }],
          ['drive-mirror', { device: 'd', target: text }],
          ['human-monitor-command', { 'command-line': text }],
        ]
        if (!/\s/.test(text)) calls.push(['human-monitor-command', { 'command-line': line }])
        for (const [name, args] of calls) {
          const once = redact(name, args)
          expect(showsSecret(printJson(once.arguments ?? null))).toBe(false)
          expect(once.paths).toHaveLength(1)
          expect(mayCarrySecret(name, args)).toBe(true)
          // Once more changes nothing.
          expect(redact(name, once.arguments)).toEqual({ arguments: once.arguments, paths: [], secrets: [] })
        }
        expect(showsSecret(redactWords(text).text)).toBe(false)
        const reply = { return: [{ device: 'd0', inserted: { file: text, image: { filename: text } } }] }
        expect(showsSecret(printJson(redactValue(reply).value))).toBe(false)
        expect(showsSecret(createSecretCleaner().text(printJson(reply)))).toBe(false)
      }),
      { numRuns: runs(100) },
    )
  })

  test('what a command had is left out of what a server says of it, however that is written', () => {
    // In a sentence an address ends at a blank.
    const words = secrets.map((each) => each.replace(/\s/g, ''))
    fc.assert(
      fc.property(words, fc.constantFrom(...secretForms), fc.string(), (secret, other, around) => {
        const cleaner = createSecretCleaner()
        const args = { driver: 'raw', file: { filename: write(secret) } }
        cleaner.learn(1, 'blockdev-add', printJson({ execute: 'blockdev-add', arguments: args }))
        const again = other.write(secret.replace(other.not, ''))
        if (other.not.source !== not.source && again !== other.write(secret)) return
        const said = { error: { class: 'GenericError', desc: `${around}Could not open '${again}': no` } }
        expect(showsSecret(cleaner.text(printJson(said)))).toBe(false)
        // As what is no JSON.
        expect(showsSecret(cleaner.text(`?${printJson(said)}`))).toBe(false)
      }),
      { numRuns: runs(100) },
    )
  })
})

test('a known secret is found as it is and escaped, and nothing else is', () => {
  fc.assert(
    fc.property(anySecret, fc.string(), fc.string(), (secret, before, after) => {
      const known = createKnownSecrets([secret])
      const forms = [
        secret,
        encodeURIComponent(secret),
        encodeURI(secret),
        secret.replaceAll(',', ',,'),
        JSON.stringify(secret).slice(1, -1),
        Array.from(secret, (each) =>
          each < '\u0080' ? `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}` : each,
        ).join(''),
      ]
      for (const each of forms) {
        const clean = known.clean(`${before} ${each} ${after}`)
        expect(showsSecret(clean)).toBe(false)
        expect(clean).toBe(`${before} ${secretMark} ${after}`)
      }
      expect(known.clean(before + after)).toBe(before + after)
    }),
  )
})

describe('what stays', () => {
  test.each([
    'https://host:8080/a@b?x=1',
    'https://me@host/a',
    'ssh://me@host:22/a',
    'iscsi://10.0.0.1:3260/iqn.2026-01.x:y/0',
    'nbd+unix:///name?socket=/run/x',
    'nbd://[::1]:10809/x@y',
    'rbd:pool/image:id=admin:conf=/etc/ceph.conf:keyring=/etc/key',
    'json:{"driver":"qcow2","file":{"driver":"file","filename":"/a"}}',
    'json:{"driver":"luks","key-secret":"sec0","file":{"password-secret":"s"}}',
    'driver=luks,key-secret=sec0,file.password-secret=sec1',
    'object_add rng-random,id=r,data=x',
    'object_add tls-creds-x509,id=t,passwordid=s',
    'device_add virtio-net-pci,mac=52:54:00:12:34:56,compass=on',
    "Parameter 'password' is missing",
    'Invalid JSON syntax: stray token: ]',
    '/var/lib/secret/disk.img',
    'expire_password vnc now',
    `https://me:${secretMark}@host/`,
    'https://me:${password}@host/',
  ])('%s', (text) => {
    expect(redactWords(text)).toEqual({ text, secrets: [] })
    expect(redact('human-monitor-command', { 'command-line': text }).paths).toEqual([])
    const reply = printJson({ return: [{ file: text, description: text }] })
    expect(createSecretCleaner().text(reply)).toBe(reply)
  })

  test('what is around a secret', () => {
    const cut = (text: string): string => redactWords(text).text
    expect(cut('https://me@x:p@ss@host:1/a@b?c=d')).toBe(`https://me@x:${secretMark}@host:1/a@b?c=d`)
    expect(cut('iscsi://u%p@h/iqn/0')).toBe(`iscsi://u%${secretMark}@h/iqn/0`)
    expect(cut('rbd:a/b:id=u:key=A\\=\\=:conf=/c')).toBe(`rbd:a/b:id=u:key=${secretMark}:conf=/c`)
    expect(cut('drive0: json:{"driver": "https", "cookie": "c"} (raw)\n next')).toBe(
      `drive0: json:{"driver":"https","cookie":"${secretMark}"} (raw)\n next`,
    )
    expect(cut('https://h/?token=t&x=1')).toBe(`https://h/?token=${secretMark}&x=1`)
    expect(cut('{"password": "x", "user": "y"}')).toBe(`{"password": "${secretMark}", "user": "y"}`)
    expect(cut('password=a b,c\nuser=d')).toBe(`password=${secretMark}\nuser=d`)
    expect(cut('see https://a:b@c and https://d:e@f.')).toBe(
      `see https://a:${secretMark}@c and https://d:${secretMark}@f.`,
    )
  })
})

test('replies of qom-get and qom-list-get, and the options of a Rados image', () => {
  const cleaner = createSecretCleaner()
  const get = { execute: 'qom-get', arguments: { path: '/objects/s', property: 'data' } }
  cleaner.learn(7, 'qom-get', printJson(get))
  cleaner.learn(8, 'qom-get', printJson({ ...get, arguments: { path: '/x', property: 'type' } }))
  cleaner.learn(
    9,
    'human-monitor-command',
    printJson({ arguments: { 'command-line': 'qom-get /objects/s data' } }),
  )
  expect([7, 8, 9].map(cleaner.isSecretReply)).toEqual([true, false, true])
  const listed = { return: [{ properties: [{ name: 'data', type: 'string', value: 'hunter2' }] }] }
  expect(cleaner.text(printJson(listed))).not.toContain('hunter2')
  const rbd = { driver: 'rbd', pool: 'p', '=keyvalue-pairs': '["key", "hunter2"]' }
  expect(cleaner.text(printJson({ return: { file: `json:${printJson(rbd)}` } }))).not.toContain('hunter2')
})

test('a parameter in the place of a password is secret', () => {
  const args = { filename: 'https://me:${word}@host/${path}', other: 'iscsi://u%${second}@h/' }
  expect([...secretParameters('blockdev-add', args)]).toEqual(['word', 'second'])
})

test('numbers that a command had as a secret', () => {
  const cleaner = createSecretCleaner()
  cleaner.learn(1, 'set_password', '{"execute":"set_password","arguments":{"password":48151623}}')
  expect(cleaner.text('{"return":{"a":48151623,"b":481516230}}')).toBe(
    `{"return":{"a":"${secretMark}","b":481516230}}`,
  )
})

test('any value keeps its shape, and cleaning it again changes nothing', () => {
  fc.assert(
    fc.property(anyJson(), fc.array(anySecret, { maxLength: 3 }), (value, secrets) => {
      const cleaner = createSecretCleaner()
      for (const each of secrets)
        cleaner.learn(1, 'set_password', printJson({ arguments: { password: each } }))
      const text = printJson({ return: value })
      const once = cleaner.text(text)
      expect(cleaner.text(once)).toBe(once)
      const parsed = parseJson(once)
      expect(parsed.ok && isJsonObject(parsed.value)).toBe(true)
    }),
  )
})

test('what is nested too deeply to be searched is left out', () => {
  const deep = `${'{"a":'.repeat(3000)}{"password":"hunter2"}${'}'.repeat(3000)}`
  expect(createSecretCleaner().text(deep)).not.toContain('hunter2')
})

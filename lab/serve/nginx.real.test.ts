/**
 * docs/deploy/nginx.conf with the real nginx: TLS and one login in front of the bridges of two hosts, by path. Page, lists and
 * WebSockets go through, a wrong login does not, an idle monitor is not cut, and no token is in a log.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import WebSocket from 'ws'
import { newKey } from '../bridge/key.ts'
import { readOptions } from '../options.ts'
import { findProgram } from '../packages.ts'
import { root } from '../paths.ts'
import { startChild, waitFor } from '../processes.ts'
import { startLab } from '../start.ts'
import type { Lab } from '../start.ts'
import { freePort, makeCertificate, startQemu } from '../testing.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const [user, password] = ['me', 'right horse']
const login = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** A host: a machine, and a lab of it. */
async function startHost(place: string, key: string, args: readonly string[]): Promise<Lab> {
  mkdirSync(place)
  const qemu = await startQemu(place, 'vm')
  ends.push(() => qemu.kill())
  const options = readOptions(['--no-demo', '--sockets', place, ...args])
  if (!options.ok) throw new Error(options.error)
  const lab = await startLab({ options: options.value, key, say: () => undefined })
  if (!lab.ok) throw new Error(lab.error)
  ends.push(() => lab.value.stop())
  return lab.value
}

/** The configuration of the document with these places, and a server without its settings for comparison. */
function configuration(place: string, ports: { front: number; bare: number; a: number; b: number }): string {
  let text = readFileSync(join(root, 'docs', 'deploy', 'nginx.conf'), 'utf8')
  const put = (from: string, to: string): void => {
    expect(text).toContain(from)
    text = text.replaceAll(from, to)
  }
  put('listen 443 ssl', `listen 127.0.0.1:${ports.front} ssl`)
  put('/etc/ssl/certs/lab.example.pem', join(place, 'cert.pem'))
  put('/etc/ssl/private/lab.example.key', join(place, 'cert.key'))
  put('/etc/nginx/lab.htpasswd', join(place, 'htpasswd'))
  put('/var/log/nginx/lab.access.log', join(place, 'access.log'))
  put('http://127.0.0.1:6081/', `http://127.0.0.1:${ports.a}/`)
  put('https://hostb.example:6080/', `https://localhost:${ports.b}/`)
  put('/etc/ssl/certs/hostb.example.pem', join(place, 'cert.pem'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((each) => `${each}_temp_path ${join(place, each)};`)
    .join('\n')
  return `daemon off; worker_processes 1; pid ${join(place, 'pid')}; error_log ${join(place, 'error.log')} info;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
types { text/html html; text/javascript js; text/css css; }
${temporary}
# What cuts an idle connection that has no time of its own.
proxy_read_timeout 1s;
${text}
server {
  listen 127.0.0.1:${ports.bare};
  access_log off;
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection upgrade;
  location / { proxy_pass http://127.0.0.1:${ports.a}/; }
}
}
`
}

/** A connection that has had its greeting, or why there is none. */
function open(address: string, options: WebSocket.ClientOptions): Promise<WebSocket | string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(address, options)
    socket.once('message', (data: Buffer) =>
      resolve(data.toString().includes('"QMP"') ? socket : 'no greeting'),
    )
    socket.once('error', (error) => resolve(error.message))
    socket.once('close', () => resolve('closed'))
  })
}

test('two hosts behind one login: page, lists, WebSockets, and nothing of the tokens in a log', async () => {
  const place = mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))
  ends.push(() => rmSync(place, { recursive: true, force: true }))
  const { cert, key: certKey, text: ca } = makeCertificate(place)
  const hash = spawnSync('openssl', ['passwd', '-apr1', '-stdin'], {
    input: password,
    encoding: 'utf8',
  }).stdout.trim()
  writeFileSync(join(place, 'htpasswd'), `${user}:${hash}\n`)
  const ports = { front: await freePort(), bare: await freePort(), a: await freePort(), b: await freePort() }
  const origin = `https://localhost:${ports.front}`
  const [keyA, keyB] = [newKey(), newKey()]
  await startHost(join(place, 'a'), keyA, [
    '--port',
    String(ports.a),
    '--origin',
    origin,
    '--host',
    'hostB=/hostB/',
  ])
  const hostB = await startHost(join(place, 'b'), keyB, [
    ...['--port', String(ports.b), '--origin', origin, '--cert', cert, '--key', certKey],
  ])
  writeFileSync(join(place, 'nginx.conf'), configuration(place, ports))
  const nginx = await startChild(findProgram('nginx') ?? 'nginx', [
    ...['-p', place, '-e', join(place, 'error.log'), '-c', join(place, 'nginx.conf')],
  ])
  ends.push(() => nginx.stop())

  const fetched = (
    path: string,
    authorization?: string,
  ): Promise<{ status: number; text: string; csp: string; to: string }> =>
    new Promise((resolve, reject) => {
      const headers = authorization === undefined ? {} : { Authorization: authorization }
      get(`${origin}${path}`, { ca, headers }, (response) => {
        let text = ''
        response.on('data', (data: Buffer) => (text += data.toString()))
        response.once('end', () =>
          resolve({
            ...{ status: response.statusCode ?? 0, text, to: response.headers.location ?? '' },
            csp: String(response.headers['content-security-policy'] ?? ''),
          }),
        )
      }).once('error', reject)
    })
  const up = await waitFor(10_000, () => fetched('/', login).catch(() => undefined))
  expect(up?.to, nginx.words()).toBe(`${origin}/hostA/`)

  // Page and lists of both; the list of A leads to B by a path.
  for (const host of ['hostA', 'hostB']) {
    const page = await fetched(`/${host}/`, login)
    expect([page.status, page.csp]).toEqual([200, "frame-ancestors 'none'"])
    expect(page.text).toContain('<title>QMP Studio</title>')
    expect((await fetched(`/${host}/lab.json`, login)).text).toContain('vm.qmp')
    expect((await fetched(`/${host}/assets/`, login)).status).toBe(404)
    for (const wrong of [undefined, `Basic ${Buffer.from(`${user}:wrong`).toString('base64')}`])
      expect((await fetched(`/${host}/lab.json`, wrong)).status).toBe(401)
  }
  expect(JSON.parse((await fetched('/hostA/lab.json', login)).text)).toMatchObject({
    hosts: [{ name: 'hostB', url: '/hostB/' }],
  })

  const headers = { Authorization: login }
  const at = (host: string, key: string): string =>
    `wss://localhost:${ports.front}/${host}/?token=${key}.vm.qmp`
  const [one, other] = [
    await open(at('hostA', keyA), { ca, origin, headers }),
    await open(at('hostB', keyB), { ca, origin, headers }),
  ]
  if (typeof one === 'string' || typeof other === 'string')
    throw new Error(`not open: ${typeof one}, ${typeof other}`)
  // Without the login, with the key of the other host, from another site.
  expect(await open(at('hostA', keyA), { ca, origin })).toContain('401')
  expect(typeof (await open(at('hostA', keyB), { ca, origin, headers }))).toBe('string')
  expect(await open(at('hostA', keyA), { ca, origin: 'https://evil.example', headers })).toContain('403')

  // Idle for longer than what cuts a connection without a time of its own.
  one.terminate()
  const bare = await open(`ws://127.0.0.1:${ports.bare}/?token=${keyA}.vm.qmp`, { origin })
  if (typeof bare === 'string') throw new Error(bare)
  await new Promise((resolve) => bare.once('close', resolve))
  expect(other.readyState).toBe(WebSocket.OPEN)
  const answer = new Promise<string>((resolve) =>
    other.once('message', (data: Buffer) => resolve(data.toString())),
  )
  other.send(Buffer.from('{"execute":"qmp_capabilities"}'))
  expect(await answer).toContain('"return"')

  // An upstream that is gone: nginx has something to say, and says it without the token.
  await hostB.stop()
  expect(typeof (await open(at('hostB', keyB), { ca, origin, headers }))).toBe('string')
  await nginx.stop()
  const logs = readdirSync(place)
    .filter((name) => name.endsWith('.log'))
    .map((name) => readFileSync(join(place, name), 'utf8'))
    .join('\n')
  expect(logs).toMatch(/me \[.*\] "GET \/hostA\/" 101/)
  expect(logs).toMatch(/"GET \/hostB\/" 502/)
  // The server without the settings does log it, which is why they are there: its errors name host A only.
  expect(logs).not.toContain(keyB)
  expect(logs.split('\n').filter((line) => line.includes(keyA) && line.includes('hostA'))).toEqual([])
}, 60_000)

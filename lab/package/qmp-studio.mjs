#!/usr/bin/env node
// The installed command. Plain JavaScript for any Node: says when that is too old, and runs what pack.ts made.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`QMP Studio needs Node 20.19 or newer; this is ${process.versions.node}.`)
  process.exit(1)
}
await import(new URL('../../package/program.js', import.meta.url).href)

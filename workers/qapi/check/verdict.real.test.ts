/**
 * Our verdict against QEMU's own, on throw-away QEMUs: valid arguments and arguments with one fault, for every command
 * that can be asked about. Nothing runs: every case has a member that no command has, or is itself refused for one.
 */
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { backportsQemu } from '#lab/demo/other-qemu.ts'
import type { Child } from '#lab/processes.ts'
import { killStartedIn, startQemu, temporaryFolder } from '#lab/testing.ts'
import { isJsonObject } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { rangeOf } from '../model/integer-type.ts'
import { buildSchema, entitiesOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import { faultsOf } from '../testing/faults.ts'
import { valuesOf } from '../testing/generate.ts'
import { descOf, Monitor } from '../testing/monitor.ts'
import { validate } from './validate.ts'
import { placeRefusal } from './refusal-place.ts'
import { withProbe } from './probe.ts'
import { ask, learnedWidth, readRefusal, whyNotAsk } from './verdict.ts'
import type { Refusal, Verdict } from './verdict.ts'

const folder = temporaryFolder()
afterAll(async () => {
  await killStartedIn(folder.path)
  folder.remove()
})

interface Running {
  readonly child: Child
  readonly monitor: Monitor
  readonly schema: Schema
}

let count = 0

async function start(program: string | undefined): Promise<Running> {
  count += 1
  const name = `throw-away-${count}`
  const child = await startQemu(folder.path, name, program === undefined ? {} : { program })
  const monitor = new Monitor(join(folder.path, `${name}.qmp`))
  await monitor.run('qmp_capabilities')
  const reply = await monitor.run('query-qmp-schema')
  const schema = buildSchema(reply.return ?? null)
  if (!schema.ok) throw new Error(schema.error)
  return { child, monitor, schema: schema.value }
}

async function stop(running: Running): Promise<void> {
  running.monitor.close()
  await running.child.kill()
}

/** Valid arguments of a command, the same each time. */
function samples(schema: Schema, argType: string, runs: number, seed: number): readonly JsonObject[] {
  return fc.sample(valuesOf(schema, argType), { numRuns: runs, seed }).filter(isJsonObject)
}

/** Deeply nested JSON, and texts that no JSON parser of QEMU takes, are another matter: the request is refused, not the arguments. */
function isPlain(value: Json): boolean {
  const text = printJson(value)
  return (
    text.length < 20_000 &&
    !/\\u0000|\\ud[89a-f]/i.test(text) &&
    !/[\ud800-\udfff]/.test(text) &&
    !hasHugeNumber(text)
  )
}

/**
 * Whether a refusal is put at its place: the one that QEMU names whole, else the one where the fault was made. Only a
 * place that QEMU names itself may be inside of the fault: a member that an empty object lacks.
 */
function isPlace(at: string, fault: string | undefined, refusal: Refusal | undefined): boolean {
  const isWhole =
    refusal !== undefined &&
    (refusal.rule === 'missing' || refusal.rule === 'unexpected' || refusal.path.includes('.'))
  if (isWhole)
    return at === refusal.path && (fault === undefined || at === fault || at.startsWith(`${fault}.`))
  return fault === undefined || at === fault
}

/** Numbers that a double cannot hold come to QEMU as infinite, which is no verdict on their type. */
function hasHugeNumber(text: string): boolean {
  return /\d[eE]\+?[3-9]\d\d/.test(text)
}

const versions: readonly (readonly [name: string, program: string | undefined | false, cases: number])[] =
  (() => {
    const other = backportsQemu()
    if (other.kind === 'not-there')
      process.stdout.write(`not run against a second version of QEMU: ${other.why}\n`)
    return [
      ['the installed QEMU', undefined, 20_000],
      ...(other.kind === 'there' ? ([[`QEMU ${other.version}`, other.program, 20_000]] as const) : []),
    ]
  })()

describe.each(versions)('%s', (_name, program, wanted) => {
  test('the commands that cannot be asked about are those that run', { timeout: 120_000 }, async () => {
    let running = await start(program || undefined)
    const { schema } = running
    const ran: string[] = []
    for (const command of entitiesOf(schema, 'command')) {
      // A random integer may be too wide, and then the extra member is not reached.
      for (const args of samples(schema, command.argType, 40, 7)) {
        if (!isPlain(args)) continue
        const reply = await running.monitor.run(command.name, withProbe(args))
        if (running.monitor.lost) {
          await stop(running)
          running = await start(program || undefined)
        }
        const last = descOf(reply) ?? 'returned'
        const refusal = readRefusal(last)
        if (refusal?.rule === 'width' || /expected: integer$|Expecting|JSON parse/.test(last)) continue
        if (refusal?.rule !== 'unexpected' || !Object.hasOwn(withProbe({}), refusal.path))
          ran.push(command.name)
        break
      }
    }
    await stop(running)
    const refused = entitiesOf(schema, 'command').filter((each) => whyNotAsk(schema, each.name) !== undefined)
    // query-qmp-schema ran on older versions, and is refused as a caution.
    expect([...ran, 'query-qmp-schema'].sort()).toEqual(refused.map((each) => each.name).sort())
  })

  test(`at least ${wanted} cases: the same verdict, at the same member`, { timeout: 240_000 }, async () => {
    const running = await start(program || undefined)
    const { schema, monitor } = running
    const commands = entitiesOf(schema, 'command').filter(
      (each) => whyNotAsk(schema, each.name) === undefined,
    )
    let cases = 0
    let faulty = 0
    let wide = 0
    let undecided = 0
    let placed = 0
    let widths = 0
    const differences: string[] = []
    const elsewhere: string[] = []

    const compare = async (
      name: string,
      argType: string,
      value: JsonObject,
      fault: string,
      place: string | undefined,
    ): Promise<void> => {
      if (!isPlain(value)) return
      const issues = validate(schema, argType, value)
      const unexpected = issues.some(
        (each) => !each.path.includes('.') && each.message.startsWith(`${each.path} is unexpected`),
      )
      const send = async (command: string, args: JsonObject): Promise<{ desc: string }> => {
        const desc = descOf(await monitor.run(command, args))
        if (desc === undefined) throw new Error(`${command} ran with ${printJson(args)}`)
        return { desc }
      }
      // A member that no command has is itself what keeps a case from running.
      const verdict: Verdict = Object.hasOwn(value, 'no-such-member')
        ? await send(name, value).then(({ desc }) => ({ kind: 'refused', desc, refusal: readRefusal(desc) }))
        : await ask(schema, name, value, unexpected, send)
      if (verdict.kind === 'none') {
        undecided += 1
        return
      }
      cases += 1
      if (fault !== 'valid') faulty += 1
      const said = verdict.kind === 'refused' ? verdict.desc : 'accepted'
      const line = `${name} (${fault}): QEMU: ${said}; we: ${issues[0] === undefined ? 'accepted' : `${issues[0].path}: ${issues[0].message}`}; ${printJson(value).slice(0, 300)}`
      if (verdict.kind === 'refused' && issues.length === 0) {
        const width =
          verdict.refusal === undefined ? undefined : learnedWidth(schema, argType, value, verdict.refusal)
        if (width === undefined) differences.push(line)
        else {
          // With what was learned the verdict is the same.
          wide += 1
          expect(rangeOf(width.width), line).toBeDefined()
          const known = validate(schema, argType, value, {
            widthOf: (member) => (member.name === width.member ? width.width : undefined),
          })
          expect(known.length, line).toBeGreaterThan(0)
        }
      } else if (verdict.kind === 'accepted' && issues.length > 0) differences.push(line)
      else if (verdict.kind === 'refused') {
        const { refusal } = verdict
        const found =
          refusal === undefined ? undefined : placeRefusal(schema, argType, value, issues, refusal)
        // The other integers of a sample are random: one that is too wide may be met before the fault.
        if (found?.learned !== undefined) widths += 1
        else if (found?.path !== undefined && isPlace(found.path, place, refusal)) placed += 1
        else elsewhere.push(`${found?.path ?? 'nowhere'} for ${place ?? 'anywhere'}: ${line}`)
      }
    }

    for (let round = 0; cases < wanted && round < 40; round += 1) {
      for (const command of commands) {
        const jobs: Promise<void>[] = []
        for (const value of samples(schema, command.argType, 2, 1000 + round)) {
          jobs.push(compare(command.name, command.argType, value, 'valid', undefined))
          const faults = faultsOf(schema, command.argType, value)
          const stride = Math.max(1, Math.floor(faults.length / 40))
          for (let at = round % stride; at < faults.length; at += stride) {
            const fault = faults[at]
            if (fault === undefined || !isJsonObject(fault.value)) continue
            jobs.push(compare(command.name, command.argType, fault.value, fault.fault, fault.path))
          }
        }
        await Promise.all(jobs)
      }
    }
    await stop(running)
    process.stdout.write(
      `${cases} cases, ${faulty} with a fault; ${wide} hinge on an integer's width; ${undecided} more undecided; ${differences.length} verdicts differ, ${placed} refusals at the place of the fault, ${widths} more at a too wide integer, ${elsewhere.length} elsewhere\n`,
    )
    expect(cases).toBeGreaterThanOrEqual(wanted)
    // No difference is known that has a reason: the list is empty.
    expect(differences).toEqual([])
    expect(elsewhere).toEqual([])
    expect(undecided).toBeLessThan(cases / 1000)
  })
})

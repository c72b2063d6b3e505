import { expect, test } from 'vitest'
import { printJson } from '#base/json/print.ts'
import type { ActionPlan } from '../action/action.ts'
import {
  migrateBetween,
  migrateTo,
  migrateToFile,
  receiveFrom,
  recoverPlan,
  settingsPlan,
} from './migration-plans.ts'

const off = (...names: readonly string[]) => names.map((name) => ({ name, isOn: false }))
const settings = { capabilities: off('events', 'postcopy-ram', 'xbzrle'), parameters: undefined }

/** One line a step: where it goes, its name and arguments, and what takes it back. */
function lines({ steps }: ActionPlan): string[] {
  return steps.map(({ name, args, to, undo }) => {
    const receiver = to?.kind === 'machine' ? `${to.id}: ` : ''
    const short =
      args === undefined
        ? ''
        : ` ${printJson(args)
            .replaceAll('"', '')
            .replaceAll(/capabilit(?:y|ies):|state:/g, '')}`
    return `${receiver}${name}${short}${undo === undefined ? '' : ` <- ${undo.name}`}`
  })
}

test('to an address: events are switched on, cancelling is the way back', () => {
  expect(lines(migrateTo({ from: 'a', uri: 'unix:/m', settings }))).toEqual([
    'migrate-set-capabilities {[{events,true}]} <- migrate-set-capabilities',
    'migrate {uri:unix:/m} <- migrate_cancel',
  ])
  const isReady = { capabilities: [{ name: 'events', isOn: true }], parameters: undefined }
  expect(lines(migrateToFile({ from: 'a', uri: 'file:/m', settings: isReady }, '/m'))).toEqual([
    'migrate {uri:file:/m} <- migrate_cancel',
  ])
})

test('to another machine: both are set alike before it listens', () => {
  const plan = migrateBetween(
    { from: 'a', uri: 'unix:/m', settings, wanted: ['postcopy-ram'] },
    {
      ...{ id: 'b', name: 'b' },
      settings: {
        capabilities: [...off('events', 'postcopy-ram'), { name: 'xbzrle', isOn: true }],
        parameters: undefined,
      },
    },
  )
  expect(lines(plan)).toEqual([
    'b: migrate-set-capabilities {[{events,true},{postcopy-ram,true},{xbzrle,false}]} <- migrate-set-capabilities',
    'b: migrate-incoming {uri:unix:/m}',
    'migrate-set-capabilities {[{events,true},{postcopy-ram,true}]} <- migrate-set-capabilities',
    'migrate {uri:unix:/m} <- migrate_cancel',
  ])
  // What takes it back is sent to the same machine.
  expect(plan.steps[0]?.undo?.to).toEqual({ kind: 'machine', id: 'b' })
})

test('the number of channels of multifd is the same on both sides', () => {
  const multifd = [{ name: 'multifd', isOn: true }]
  const plan = migrateBetween(
    { from: 'a', uri: 'u', settings: { capabilities: multifd, parameters: { 'multifd-channels': 4 } } },
    { id: 'b', name: 'b', settings: { capabilities: multifd, parameters: { 'multifd-channels': 2 } } },
  )
  expect(lines(plan)[0]).toBe('b: migrate-set-parameters {multifd-channels:4}')
})

test('a broken post-copy: the other side listens first, each where it is a machine of this page', () => {
  const source = { id: 'a', name: 'a' }
  const target = { id: 'b', name: 'b', status: 'postcopy-paused' }
  const uri = 'unix:/m'
  expect(lines(recoverPlan({ uri, source, target }))).toEqual([
    'b: migrate-recover {uri:unix:/m}',
    'a: migrate {uri:unix:/m,resume:true}',
  ])
  expect(lines(recoverPlan({ uri, source, target: { ...target, status: 'postcopy-active' } }))[0]).toBe(
    'b: migrate-pause',
  )
  // Its server may wait for memory, and take nothing but this; and it may have paused already.
  const unsure = recoverPlan({ uri, source, target: { ...target, status: 'postcopy-active' } }).steps
  expect(unsure.map((step) => [step.isUrgent === true, step.isOptional === true])).toEqual([
    [true, true],
    [true, false],
    [false, false],
  ])
  expect(lines(recoverPlan({ uri, source, target: undefined }))).toEqual([
    'a: migrate {uri:unix:/m,resume:true}',
  ])
  expect(lines(recoverPlan({ uri, source: undefined, target }))).toEqual(['b: migrate-recover {uri:unix:/m}'])
})

test('a machine that waits reads or listens', () => {
  expect(receiveFrom('b', 'unix:/m', []).verb).toBe('Listen')
  expect(receiveFrom('b', 'exec:cat < x', []).verb).toBe('Read it')
  expect(lines(receiveFrom('b', 'unix:/m', settings.capabilities))).toHaveLength(2)
})

test('settings are one command of each kind, and both go back', () => {
  const plan = settingsPlan(
    'a',
    {
      parameters: { 'downtime-limit': 1, 'tls-creds': 'x' },
      parametersBefore: { 'downtime-limit': 300 },
      staying: ['tls-creds'],
      switches: [{ name: 'xbzrle', isOn: true }],
      switchesBefore: [{ name: 'xbzrle', isOn: false }],
      wrong: new Map(),
    },
    () => undefined,
  )
  expect(lines(plan)).toEqual([
    'migrate-set-capabilities {[{xbzrle,true}]} <- migrate-set-capabilities',
    'migrate-set-parameters {downtime-limit:1,tls-creds:x} <- migrate-set-parameters',
  ])
  expect(plan.steps[1]?.undo?.args).toEqual({ 'downtime-limit': 300 })
  expect(plan.about).toContain('tls-creds')
})

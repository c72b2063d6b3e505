/** The entry of a machine's worker: wiring and nothing else. */
import { expose } from 'comlink'
import { createMachine } from './facade.ts'

// With the endpoint explicit the same file also runs under @vitest/web-worker.
expose(createMachine(), self)

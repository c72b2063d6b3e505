/** The entry of the worker that reads references: wiring and nothing else. */
import { expose } from 'comlink'
import { createReader } from './reader.ts'

expose(createReader(), self)

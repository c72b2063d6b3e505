/** Capabilities negotiation as QEMU does it, for each client on its own. @qmp Capabilities Negotiation */
import { own } from '#base/own.ts'
import type { JsonObject } from '#base/json/value.ts'

/** The command of the negotiation. */
export const negotiate = 'qmp_capabilities'
/** What QEMU says to any other command before. */
export const negotiateFirst = "Expecting capabilities negotiation with 'qmp_capabilities'"
/** What it says to a second one. */
export const negotiatedAlready = 'Capabilities negotiation is already complete, command ignored'

/** Read the arguments. `offered` are the capabilities of the greeting. The failure is what QEMU would say. */
export function readCapabilities(
  args: JsonObject | undefined,
  offered: readonly string[],
): { readonly enabled: readonly string[] } | { readonly desc: string } {
  const other = Object.keys(args ?? {}).find((member) => member !== 'enable')
  if (other !== undefined) return { desc: `Parameter '${other}' is unexpected` }
  const enable = own(args, 'enable')
  if (enable === undefined) return { enabled: [] }
  if (!Array.isArray(enable)) return { desc: "Invalid parameter type for 'enable', expected: array" }
  const enabled: string[] = []
  for (const each of enable as readonly unknown[]) {
    if (typeof each !== 'string') return { desc: "Invalid parameter type for 'null', expected: string" }
    if (each !== 'oob') return { desc: `Parameter 'null' does not accept value '${each}'` }
    if (!offered.includes(each)) return { desc: `Capability ${each} not available` }
    enabled.push(each)
  }
  return { enabled }
}

/** Which arguments may carry a secret: those stay out of addresses. The rules are in workers/qapi/secrets/secrets.ts. */
export { mayCarrySecret } from '#qapi/secrets/secrets.ts'

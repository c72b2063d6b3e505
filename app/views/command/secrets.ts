/** Which arguments may carry a secret: those stay out of addresses. The rules are in workers/qapi/secrets.ts. */
export { mayCarrySecret } from '../../../workers/qapi/secrets.ts'

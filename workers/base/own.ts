/** Members of objects by names that are not known beforehand: only an object's own, whatever the name is. */

/** The member of that name; undefined where the object has none of its own (`constructor` is every object's). */
export function own<Value>(
  object: { readonly [name: string]: Value } | undefined,
  name: string,
): Value | undefined {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined
}

/** Make a member of an object, whatever its name is: assigned, `__proto__` would be the prototype. */
export function put<Value>(object: { [name: string]: Value }, name: string, value: Value): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
}

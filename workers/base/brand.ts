/** A type that cannot be mixed up with its base: made by one door only, which is named where it is declared. */
export type Brand<Base, Name extends string> = Base & { readonly __brand: Name }

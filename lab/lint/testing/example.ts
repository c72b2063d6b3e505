/** The tests of rules that need types read their examples in the place of this file. */
export {}

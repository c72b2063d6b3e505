/** Laying out graphs, for the views: they do not speak with workers themselves. */
export { layOut } from '#link/layout-link.ts'

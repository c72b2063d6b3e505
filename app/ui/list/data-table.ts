/** What a DataTable is told of its columns and cells. */

/** A column of a table. */
export interface DataColumn {
  readonly id: string
  readonly name: string
  /** In characters. Where every column has one, rows are one line, and there may be any number of them. */
  readonly width?: number
  /** Numbers stand at the right edge. */
  readonly isNumber?: boolean
}

/** The column that orders the rows. The owner of the rows sorts them. */
export interface DataSorting {
  readonly column: string
  readonly direction: 'ascending' | 'descending'
}

/** How a cell is drawn: a number, a value that is no text, nothing there at all. */
export type CellTone = 'number' | 'other' | 'number other' | 'absent'

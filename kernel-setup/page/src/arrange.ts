import { proseLanguage, stepCell } from './cellid.ts';

/** Where a cell stands on a page that is wide enough: a right one beside the left one before it. */
export type Column = 'all' | 'left' | 'right' | 'note';

/** What is known of a cell to place it. */
export interface Placed {
  readonly id: string;
  /** the id of the cell that this one, a reader's, translates */
  readonly translates?: string | null;
}

/** What to set side by side. */
export interface Choice {
  /** the languages shown, in the order of their columns; with two they stand side by side */
  readonly languages: readonly string[];
  /** whether a step's Python cell stands beside its Go cell */
  readonly pairs: boolean;
}

/**
 * Arranges a notebook's cells in order. Only neighbours are set side by
 * side, so that reading a page row by row is reading the notebook.
 */
export function arrange(cells: readonly Placed[], choice: Choice): Column[] {
  const columns: Column[] = [];
  for (let i = 0; i < cells.length; i++) {
    const [cell, next] = [cells[i], cells[i + 1]];
    if (!cell) break;
    if (next && beside(cell, next, choice)) {
      columns.push('left', 'right');
      i++;
    } else {
      // Above the first step there is nothing to stand beside.
      columns.push(stepCell(cell.id) || i === 0 ? 'all' : 'note');
    }
  }
  return columns;
}

/** Tells whether a cell and the next one form a row. */
function beside(cell: Placed, next: Placed, choice: Choice): boolean {
  if (next.translates === cell.id) return true;
  const [left, right] = [stepCell(cell.id), stepCell(next.id)];
  if (!left || !right || left.step !== right.step) return false;
  const languages = [proseLanguage(left), proseLanguage(right)];
  if (languages[0] && languages[1]) {
    return left.suffix === right.suffix && languages[0] !== languages[1] &&
      languages.every(l => l !== null && choice.languages.includes(l));
  }
  // 54-09 has py, py-2, go: the neighbours of the two sides belong together.
  return choice.pairs && left.role === 'py' && right.role === 'go';
}

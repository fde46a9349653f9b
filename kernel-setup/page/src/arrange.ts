import { proseLanguage, stepCell } from './cellid.ts';

/** Where a cell stands on a page that is wide enough: a right one beside the left one before it. */
export type Column = 'all' | 'left' | 'right';

/** What to set side by side. */
export interface Choice {
  /** the languages shown, in the order of their columns; with two they stand side by side */
  readonly languages: readonly string[];
  /** whether a step's Python cell stands beside its Go cell */
  readonly pairs: boolean;
}

/**
 * Arranges a notebook's cells, by their ids in order. Only neighbours are set side by
 * side, so that reading a page row by row is reading the notebook.
 */
export function arrange(ids: readonly string[], choice: Choice): Column[] {
  const columns: Column[] = [];
  for (let i = 0; i < ids.length; i++) {
    if (beside(ids, i, choice)) {
      columns.push('left', 'right');
      i++;
    } else {
      columns.push('all');
    }
  }
  return columns;
}

/** Tells whether a cell and the next one form a row. */
function beside(ids: readonly string[], i: number, choice: Choice): boolean {
  const [left, right] = [stepCell(ids[i] ?? ''), stepCell(ids[i + 1] ?? '')];
  if (!left || !right || left.step !== right.step) return false;
  const languages = [proseLanguage(left), proseLanguage(right)];
  if (languages[0] && languages[1]) {
    return left.suffix === right.suffix && languages[0] !== languages[1] &&
      languages.every(l => l !== null && choice.languages.includes(l));
  }
  // 54-09 has py, py-2, go: the neighbours of the two sides belong together.
  return choice.pairs && left.role === 'py' && right.role === 'go';
}

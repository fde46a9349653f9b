/** A step's cell, by its id: 54-04-ko, 54-13-go-2. */
export interface StepCell {
  /** 54-04 */
  readonly step: string;
  /** py, go, chart, test, or the language of prose */
  readonly role: string;
  /** -2 and so on, where a step has several cells of one role */
  readonly suffix: string;
}

const form = /^(\d\d-\d\d)-(py|go|chart|test|[a-z]{2,3}(?:_[A-Z][A-Za-z]{1,3})?)(-(?:[2-9]|[1-9]\d+))?$/;
const code = new Set(['py', 'go', 'chart', 'test']);

/** Takes a cell's id apart. An id of another form is a reader's own: null. */
export function stepCell(id: string): StepCell | null {
  const [, step, role, suffix = ''] = form.exec(id) ?? [];
  return step && role ? { step, role, suffix } : null;
}

/** Returns the language that a step's cell is written in, or null for code. */
export function proseLanguage(cell: StepCell | null): string | null {
  return cell && !code.has(cell.role) ? cell.role : null;
}

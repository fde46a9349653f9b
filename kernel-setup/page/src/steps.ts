import { proseLanguage, stepCell } from './cellid.ts';

/** A cell as far as an overview of steps needs it. */
export interface CellText { readonly id: string; readonly source: string }

/** What stands below one heading of a lesson. */
export interface Section {
  /** the cells' places in the notebook */
  readonly first: number;
  readonly last: number;
  /** the headings by their language */
  readonly titles: Readonly<Record<string, string>>;
  /** the time to read it and look at its code, estimated */
  readonly minutes: number;
}

/** Divides a lesson at its headings of the first two levels. */
export function sections(cells: readonly CellText[]): Section[] {
  const starts: { first: number; key: string; titles: Record<string, string> }[] = [];
  cells.forEach(({ id, source }, i) => {
    const cell = stepCell(id), language = proseLanguage(cell);
    const title = /^##? +(.+)$/m.exec(source)?.[1];
    if (!cell || !language || title === undefined) return;
    const key = cell.step + cell.suffix, now = starts.at(-1);
    if (now?.key === key) now.titles[language] = plain(title);
    else starts.push({ first: i, key, titles: { [language]: plain(title) } });
  });
  return starts.map(({ first, titles }, i) => {
    const last = (starts[i + 1]?.first ?? cells.length) - 1;
    return { first, last, titles, minutes: minutes(cells.slice(first, last + 1)) };
  });
}

function plain(title: string): string {
  return title.replace(/[*`_]/g, '').trim();
}

/** Estimates the time for cells: 180 words of English or 40 lines of code a minute. */
function minutes(cells: readonly CellText[]): number {
  let time = 0;
  for (const { id, source } of cells) {
    const language = proseLanguage(stepCell(id));
    if (language === 'en') time += (source.match(/\S+/g) ?? []).length / 180;
    else if (language === null) time += source.split('\n').length / 40;
  }
  return Math.max(1, Math.round(time));
}

/** Tells whether what a check printed says that all is well. */
export function passes(output: string): boolean {
  return /^(?:PASS|ok\s)/m.test(output) && !/^\s*(?:--- )?FAIL|WARNING: DATA RACE|^panic:/m.test(output);
}

/**
 * Labels in both languages, as the lab's outputs carry them: "코어 · Cores". A reader of
 * one language is shown that one. What cannot be told apart for certain stays as it is.
 */

/** A piece of a text: in one language, or (without one) the same in both. */
export interface Piece {
  readonly text: string;
  readonly language?: 'ko' | 'en' | 'between';
}

const between = ' · ';
/** What stands behind a label without being part of it: ", CPython 3.8", ", Go, 1·1·1". */
const names = /(?:, (?:CPython [\d.]+t?|Go|\d+(?:·\d+)+))+$/;
const hangul = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]/;

/** Tells whether a text can hold a label in both languages at all. */
export function mayBeBilingual(text: string): boolean {
  return hangul.test(text) && (text.includes(between) || text.includes('\n'));
}

/** Takes one line apart, or returns null if it is not in two languages. */
export function takeApart(line: string): Piece[] | null {
  for (let at = line.indexOf(between); at >= 0; at = line.indexOf(between, at + 1)) {
    const [left, right] = [line.slice(0, at), line.slice(at + between.length)];
    if (!hangul.test(left) || hangul.test(right) || right.trim() === '') continue;
    // A label may stand within a longer text: what is around it is the same in both.
    const starts = [0, lastStart(left)], ends = [right.length, firstEnd(left, right)];
    for (const end of ends) {
      for (const start of starts) {
        const [ko, en] = [left.slice(start), right.slice(0, end)];
        if (!same(ko, en)) continue;
        const pieces: Piece[] = [
          { text: left.slice(0, start) },
          { text: ko, language: 'ko' },
          { text: between, language: 'between' },
          { text: en, language: 'en' },
          { text: right.slice(end) },
        ];
        return pieces.filter(p => p.text !== '');
      }
    }
  }
  return null;
}

/** Returns where the last part of a text begins that has Korean in it. */
function lastStart(left: string): number {
  const korean = left.search(hangul);
  const before = left.slice(0, korean);
  let start = 0;
  for (const m of before.matchAll(/, |: | \(|\(|\s{2,}/g)) start = m.index + m[0].length;
  return start;
}

/** Returns where a text ends if what follows has no counterpart on the left. */
function firstEnd(left: string, right: string): number {
  const unmatched = /^[^(]*(\))/.exec(right);
  if (unmatched?.[1] && count(left, /\(/g) > count(left, /\)/g)) return unmatched[0].length - 1;
  const tail = / \(|: /.exec(right) ?? names.exec(right);
  return tail ? tail.index : right.length;
}

function count(text: string, what: RegExp): number {
  return (text.match(what) ?? []).length;
}

/** Tells whether two texts can say the same: they have the same numbers and brackets. */
function same(ko: string, en: string): boolean {
  const balanced = (s: string): boolean => count(s, /\(/g) === count(s, /\)/g);
  if (!balanced(ko) || !balanced(en)) return false;
  const numbers = (s: string): string =>
    (s.match(/\d+(?:[.,]\d+)*/g) ?? []).map(n => n.replaceAll(',', '')).sort().join(' ');
  if (numbers(ko) !== numbers(en) || names.test(en) && !names.test(ko)) return false;
  return numbers(ko) !== '' || count(ko, /\(|: /g) === count(en, /\(|: /g);
}

/** Tells whether a line is a sentence: a note of a chart, which has a line for each language. */
function isSentence(line: string): boolean {
  return line.endsWith('.');
}

/** Takes a text apart, in which both languages may also have a line each. */
export function takeLinesApart(text: string): Piece[] {
  const lines = text.split('\n');
  const pieces: Piece[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '', next = lines[i + 1];
    if (i > 0) pieces.push({ text: '\n' });
    const parts = hangul.test(line) ? takeApart(line) : null;
    if (parts) {
      pieces.push(...parts);
    } else if (next !== undefined && hangul.test(line) && !hangul.test(next) && /[a-z]/i.test(next) &&
      (same(line, next) || isSentence(line) && isSentence(next))) {
      pieces.push({ text: line, language: 'ko' }, { text: '\n', language: 'between' }, { text: next, language: 'en' });
      i++;
    } else {
      pieces.push({ text: line });
    }
  }
  return pieces;
}

/** Returns a text as a reader of these languages sees it. */
export function inLanguages(text: string, languages: readonly string[]): string {
  if (languages.includes('ko') && languages.includes('en') || !mayBeBilingual(text)) return text;
  const wanted = languages.includes('ko') ? 'ko' : 'en';
  return takeLinesApart(text).filter(p => !p.language || p.language === wanted).map(p => p.text).join('');
}

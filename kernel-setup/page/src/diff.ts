/** A line of a difference: in both texts, only in the old, or only in the new. */
export interface DiffLine { readonly kind: 'same' | 'gone' | 'new'; readonly text: string }

/** Returns what a text has otherwise than an older one, line by line. */
export function diff(from: string, to: string): DiffLine[] {
  const a = from.split('\n'), b = to.split('\n');
  // The longest common sequence of lines; cells are short.
  const common = a.map(() => new Array<number>(b.length).fill(0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row) row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    const old = a[i], now = b[j];
    if (old !== undefined && old === now) {
      lines.push({ kind: 'same', text: old });
      i++;
      j++;
    } else if (old !== undefined && (now === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: 'gone', text: old });
      i++;
    } else if (now !== undefined) {
      lines.push({ kind: 'new', text: now });
      j++;
    }
  }
  return lines;
}

/** Leaves out the lines that are far from any change, as null for each gap. */
export function nearChanges(lines: readonly DiffLine[], context: number): (DiffLine | null)[] {
  const near = lines.map((_, i) => lines.slice(Math.max(0, i - context), i + context + 1).some(l => l.kind !== 'same'));
  const kept: (DiffLine | null)[] = [];
  lines.forEach((line, i) => {
    if (near[i]) kept.push(line);
    else if (kept.at(-1) !== null) kept.push(null);
  });
  return kept;
}

/** Tells whether a code cell's first line hands the rest to Python. */
export function isPython(source: string): boolean {
  return /^%%(?:script\s+(?:\S*\/)?python[\d.]*t?(?:\s|$)|writefile\s+\S+\.py\s*$)/.test(firstLine(source));
}

function firstLine(source: string): string {
  const end = source.indexOf('\n');
  return end < 0 ? source : source.slice(0, end);
}

const keywords = (
  'False None True and as assert async await break case class continue def del elif else except finally for from ' +
  'global if import in is lambda match nonlocal not or pass raise return try type while with yield ' +
  'abs all any bool bytes callable chr dict dir divmod enumerate filter float format frozenset getattr hasattr hash hex ' +
  'id input int isinstance issubclass iter len list map max min next object open ord pow print property range ' +
  'repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip'
).split(' ');

/** Returns the words that may follow a beginning: those of the cells, then Python's own. */
export function completions(beginning: string, sources: readonly string[]): string[] {
  if (beginning === '') return [];
  const found = new Set<string>();
  for (const source of sources) {
    for (const [word] of source.matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)) {
      if (word.length > 1) found.add(word);
    }
  }
  const fits = (word: string): boolean => word.startsWith(beginning) && word !== beginning;
  const own = [...found].filter(fits).sort();
  return [...own, ...keywords.filter(k => fits(k) && !found.has(k))];
}

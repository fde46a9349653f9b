/** What the extension says, in the two languages of the lab. */
const words = {
  languages: ['이 노트북에 보일 언어', 'Languages shown in this notebook'],
  both: ['둘 다', 'Both'],
  bothTitle: ['한국어와 영어를 함께 본다', 'Show Korean and English together'],
  koTitle: ['한국어만 본다', 'Show Korean only'],
  enTitle: ['영어만 본다', 'Show English only'],
  translationTitle: ['%s로 본다. 옮긴 문단은 %s%이고, 나머지는 영어로 보인다', 'Show in %s: %s% of the text is translated, the rest is in English'],
  pairs: ['파이썬 | Go', 'Python | Go'],
  pairsTitle: ['넓은 화면에서 파이썬 셀과 Go 셀을 나란히 놓는다', "Set a step's Python and Go cells side by side where there is room"],
  showHarness: ['실험을 실행하는 코드 %s줄 펼치기', 'Show the code that runs the experiment (%s lines)'],
  hideHarness: ['실험을 실행하는 코드 접기', 'Hide the code that runs the experiment'],
  showRows: ['나머지 %s행 펼치기', 'Show %s more rows'],
  hideRows: ['나머지 행 접기', 'Show fewer rows'],
  saved: ['%s에 저장했다', 'Saved as %s'],
} as const;

export type Word = keyof typeof words;
export type Interface = 'ko' | 'en';

/** Returns a text of the interface, with %s replaced by the arguments in turn. */
export function say(language: Interface, word: Word, ...args: (string | number)[]): string {
  const rest = [...args];
  return words[word][language === 'ko' ? 0 : 1].replace(/%s/g, () => String(rest.shift() ?? ''));
}

/**
 * Returns the language to speak to the reader in: the one that they read the notebooks
 * in, and with both that of JupyterLab's menus.
 */
export function interfaceLanguage(chosen: string, menus: string): Interface {
  if (chosen === 'ko' || chosen === 'en') return chosen;
  return chosen === 'both' && menus.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}

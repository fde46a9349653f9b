/** What the extension says, in the two languages of the lab. */
const words = {
  languages: ['이 노트북에 표시할 언어', 'Languages shown in this notebook'],
  both: ['둘 다', 'Both'],
  bothTitle: ['한국어와 영어를 함께 본다', 'Show Korean and English together'],
  koTitle: ['한국어만 본다', 'Show Korean only'],
  enTitle: ['영어만 본다', 'Show English only'],
  translationTitle: ['%s(으)로 본다. 전체의 %s%를 번역했고, 나머지는 영어로 나온다',
    'Show in %s: %s% of the text is translated, the rest is in English'],
  pairs: ['파이썬 | Go', 'Python | Go'],
  pairsTitle: ['화면이 넓으면 한 단계의 파이썬 셀과 Go 셀을 나란히 놓는다', "Set a step's Python and Go cells side by side where there is room"],
  showHarness: ['실험 실행 코드 %s줄 펼치기', 'Show the code that runs the experiment (%s lines)'],
  hideHarness: ['실험 실행 코드 접기', 'Hide the code that runs the experiment'],
  showRows: ['나머지 행 %s개 펼치기', 'Show %s more rows'],
  hideRows: ['나머지 행 접기', 'Show fewer rows'],
  saved: ['%s(으)로 저장했다', 'Saved as %s'],
  changedTitle: ['처음 받은 셀과 다르다', 'Differs from what was shipped'],
  changed: ['고친 셀', 'Changed by you'],
  whatChanged: ['바뀐 곳 보기', 'What changed'],
  hideChanged: ['바뀐 곳 접기', 'Hide what changed'],
  asShipped: ['처음으로 되돌리기', 'As shipped'],
  asShippedTitle: ['이 셀만 처음 받은 상태로 되돌린다. 실행 취소(Ctrl+Z)하면 고친 내용이 돌아온다',
    'Put this one cell back to what was shipped; Undo (Ctrl+Z) brings yours back'],
  gone: ['지운 줄', 'removed'],
  new: ['추가한 줄', 'added'],
  elsewhere: ['다른 컴퓨터', 'elsewhere'],
  elsewhereTitle: ['다른 컴퓨터에서 실행한 결과다. 셀을 실행하면 이 컴퓨터의 결과로 바뀐다',
    "This output comes from another machine; run the cell, and this one's takes its place"],
  earlier: ['이전 커널', 'earlier'],
  earlierTitle: ['지금 커널을 시작하기 전에 실행한 결과다', 'This output was made before the kernel was started this time'],
  old: ['고치기 전', 'old code'],
  oldTitle: ['셀의 코드를 고치기 전에 실행한 결과다', "This output was made by the cell's code as it was before"],
  passed: ['통과', 'passed'],
  open: ['풀기 전', 'open'],
  solution: ['풀이를 봄', 'solution shown'],
  steps: ['단계', 'Steps'],
  stepsOf: ['%s의 단계', 'Steps of %s'],
  noLesson: ['실험실 노트북을 열면 단계가 여기에 나온다.', 'Open a notebook of the lab, and its steps are listed here.'],
  goOn: ['이어서 보기: %s', 'Continue: %s'],
  minutes: ['약 %s분', 'about %s min'],
  stepChanged: ['고친 셀 %s개', '%s changed'],
  stepRan: ['모두 실행함', 'all run'],
  stepNotRun: ['실행하지 않은 셀 %s개', '%s not run'],
  stepOwn: ['내가 넣은 셀 %s개', '%s of your own'],
  exercise: ['연습', 'exercise'],
  own: ['내가 넣은 셀', 'Your own cell'],
  note: ['내 노트: %s', 'Your note: %s'],
  ownTranslation: ['내 번역', 'Your translation'],
  fold: ['접기', 'Hide'],
  unfold: ['펼치기', 'Show'],
  addTranslation: ['번역 추가', 'Add a translation'],
  addTranslationTitle: ['이 노트의 번역을 적을 셀을 바로 아래에 만든다. 화면이 넓으면 나란히 놓인다',
    'Add a cell below for a translation of this note; where there is room it stands beside it'],
  untranslated: ['번역하지 않은 문단 %s개', '%s paragraphs not translated'],
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

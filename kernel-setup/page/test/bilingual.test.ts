import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inLanguages, takeApart } from '../src/bilingual.ts';

const cases: Record<string, [string, string]> = {
  '코어 · Cores': ['코어', 'Cores'],
  '시간 (ms) · time (ms)': ['시간 (ms)', 'time (ms)'],
  '3.8.18, GIL 있음 · with the GIL': ['3.8.18, GIL 있음', '3.8.18, with the GIL'],
  '289,706 (274,931–312,341, 10회 · 10 runs)': ['289,706 (274,931–312,341, 10회)', '289,706 (274,931–312,341, 10 runs)'],
  'total = 3: 이상 없음 · ok (AAB): 6 / 6': ['total = 3: 이상 없음 (AAB): 6 / 6', 'total = 3: ok (AAB): 6 / 6'],
  '교착 상태 · Deadlock: rent → B → rent': ['교착 상태: rent → B → rent', 'Deadlock: rent → B → rent'],
  '실행 순서 ABABAB: 사라진 갱신 · Order ABABAB: lost update': ['실행 순서 ABABAB: 사라진 갱신', 'Order ABABAB: lost update'],
  '실행 순서 20가지를 모두 실행한 결과 · How all 20 orders end': ['실행 순서 20가지를 모두 실행한 결과', 'How all 20 orders end'],
  '이상 없음 6. 괄호 안은 예. · 6 ok. In brackets: one.': ['이상 없음 6. 괄호 안은 예.', '6 ok. In brackets: one.'],
  '한꺼번에 · all at once, CPython 3.11.7': ['한꺼번에, CPython 3.11.7', 'all at once, CPython 3.11.7'],
  '수마다 하나씩, 동시에 · one each, at once, Go, 1·1': ['수마다 하나씩, 동시에, Go, 1·1', 'one each, at once, Go, 1·1'],
  '1,000개에 폴링 3009번 · 3009 polls for 1000 items': ['1,000개에 폴링 3009번', '3009 polls for 1000 items'],
  '작업자 1 · workers: 1': ['작업자 1', 'workers: 1'],
  'barrier false  median 2.66 µs (2.15–5.55, 10회 · 10 runs)':
    ['barrier false  median 2.66 µs (2.15–5.55, 10회)', 'barrier false  median 2.66 µs (2.15–5.55, 10 runs)'],
  '음수는 신호의 번호다.\nBelow 0 it is the signal.': ['음수는 신호의 번호다.', 'Below 0 it is the signal.'],
  '코어 2개. 시간은 나눈 것이다.\n2 cores. The time is divided.': ['코어 2개. 시간은 나눈 것이다.', '2 cores. The time is divided.'],
};

test('a label in both languages is shown in one', () => {
  for (const [both, [ko, en]] of Object.entries(cases)) {
    assert.equal(inLanguages(both, ['ko']), ko);
    assert.equal(inLanguages(both, ['en']), en);
    assert.equal(inLanguages(both, ['ja']), en);
    assert.equal(inLanguages(both, ['ko', 'en']), both);
  }
});

test('what is not in both languages stays', () => {
  for (const text of ['000 · 001', 'sync.Mutex', '한국어 · 일본어', '중앙값 · median 3, 구간 · interval 4', '값: 3 · 4', '안녕', '안녕\nhello 3']) {
    assert.equal(inLanguages(text, ['ko']), text);
    assert.equal(inLanguages(text, ['en']), text);
  }
});

test('the pieces together are the line', () => {
  for (const line of Object.keys(cases).filter(c => !c.includes('\n'))) {
    assert.equal(takeApart(line)?.map(p => p.text).join(''), line);
  }
});
